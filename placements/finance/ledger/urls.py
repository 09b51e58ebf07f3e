"""The pages of the ledger, under "finance/ledger/"."""

from django.urls import path

from placements.finance.ledger import views

urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("postings.<form:form>", views.ledger_file, name="ledger_file"),
    path("suppliers/", views.suppliers, name="ledger_suppliers"),
    path("suppliers.<form:form>", views.suppliers_file, name="ledger_suppliers_file"),
    path("suppliers/<int:posting_id>/match/", views.MatchSupplier.as_view(), name="ledger_match"),
    path("load/", views.LoadFiles.as_view(), name="ledger_load"),
    path("load/<int:upload_id>/columns/", views.ChooseColumns.as_view(), name="ledger_columns"),
    path("load/<int:upload_id>/", views.preview, name="ledger_preview"),
    path("load/<int:upload_id>/discard/", views.discard, name="ledger_discard"),
]
