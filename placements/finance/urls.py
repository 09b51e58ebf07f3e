"""Finance's pages, under "finance/". Closing months is in the site's own URLs, which know the KPIs."""

from django.urls import path

from placements.finance import billing, months, views, working_through

urlpatterns = [
    path("", views.home, name="finance"),
    path("schools.<form:form>", views.schools_file, name="finance_schools_file"),
    path("months/", months.months, name="months"),
    path("months/<financial_year:year>/", months.months, name="months_of_year"),
    path("months/<month:month>/", months.month, name="month"),
    path("months/<month:month>/open-again/", months.ReopenMonth.as_view(), name="month_reopen"),
    path("billing-terms/", billing.BillingTerms.as_view(), name="billing_terms"),
    path("reconciliation/", working_through.findings, name="reconciliation"),
    path("reconciliation.<form:form>", working_through.findings_file, name="reconciliation_file"),
    path("reconciliation/<slug:key>/", working_through.finding, name="finding"),
    path("reconciliation/<slug:key>/note/", working_through.NoteFinding.as_view(), name="finding_note"),
]
