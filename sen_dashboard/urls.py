"""The addresses of the site: each room lists its own pages.

All pages need an account (`LoginRequiredMiddleware`) except the sign-in page and the accessibility statement.
"""

from django.urls import include, path, register_converter

from placements.finance.months import CloseMonths, moved
from sen_dashboard import kpis
from sen_dashboard.core.web.converters import (
    FinancialYearConverter,
    FormConverter,
    KeyConverter,
    MonthConverter,
)

register_converter(KeyConverter, "key")
register_converter(MonthConverter, "month")
register_converter(FinancialYearConverter, "financial_year")
register_converter(FormConverter, "form")

handler400 = "sen_dashboard.running.refusing.refused"

urlpatterns = [
    path("", include("sen_dashboard.kpi_pages.urls")),
    path("", include("sen_dashboard.records.urls")),
    path("", include("sen_dashboard.accounts.urls")),
    path("benchmarks/", include("sen_dashboard.benchmarking.urls")),
    path("jobs/", include("sen_dashboard.jobs.urls")),
    path("reports/", include("sen_dashboard.reports.urls")),
    path(
        "finance/months/<month:month>/close/",
        CloseMonths.as_view(outturn=kpis.find("outturn_vs_forecast")),
        name="month_close",
    ),
    path("finance/ledger/", include("placements.finance.ledger.urls")),
    path("finance/mappings/", include("placements.finance.ledger.mapping_urls")),
    path("finance/", include("placements.finance.urls")),
    path("months/", moved, name="months_moved"),
    path("months/<path:rest>", moved, name="month_moved"),
    path("commissioning-plan/", include("sen_dashboard.programme.commissioning_urls")),
    path("events/", include("sen_dashboard.programme.event_urls")),
    path("programme/", include("sen_dashboard.programme.urls")),
    path("panel/", include("panel.urls")),
    path("audit/", include("sen_dashboard.audit.urls")),
]
