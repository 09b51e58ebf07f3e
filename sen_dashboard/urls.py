"""Where everything is. All of it needs an account (`LoginRequiredMiddleware`) but the sign-in page and the
accessibility statement."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, include, path, register_converter

from sen_dashboard import audit_views, panel_views, programme_views, record_views, reference_views, views
from sen_dashboard.core.addresses import (
    FinancialYearConverter,
    FormConverter,
    GroupConverter,
    KeyConverter,
    MonthConverter,
)
from sen_dashboard.programme.views.actions import AddAction, ChangeAction
from sen_dashboard.programme.views.notes import AddNote, ChangeNote, RemoveNote
from sen_dashboard.programme_views import FIGURES

register_converter(KeyConverter, "key")
register_converter(MonthConverter, "month")
register_converter(GroupConverter, "group")
register_converter(FinancialYearConverter, "financial_year")
register_converter(FormConverter, "form")


def _programme_records(kind: str, folder: str) -> list[URLPattern]:
    """The page of a record of the programme, and its history; ``kind`` is the name of its page."""
    address, given = f"programme/{folder}/<key:{kind}_id>/", {"kind": kind}
    return [
        path(f"{address}trail/", programme_views.programme_trail, given, name=f"{kind}_trail"),
        path(address, programme_views.programme_record, given, name=kind),
    ]


handler400 = "sen_dashboard.refusing.refused"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("figures/<group:group>/", views.group, name="group"),
    path("kpis/<slug:slug>/", views.kpi, name="kpi"),
    path("kpis/<slug:slug>/chart.json", views.kpi_chart, name="kpi_chart"),
    path("kpis/<slug:slug>.json", views.kpi_json, name="kpi_json"),
    path("kpis/<slug:slug>.<form:form>", views.kpi_file, name="kpi_file"),
    path("kpis/<slug:slug>/records/<slug:key>/", views.records, name="records"),
    path("kpis/<slug:slug>/records/<slug:key>.<form:form>", views.records_file, name="records_file"),
    path("benchmarks/", include("sen_dashboard.benchmarking.urls")),
    path("", include("sen_dashboard.accounts.urls")),
    path("reports/", include("sen_dashboard.reports.urls")),
    path("months/", include("placements.urls")),
    path("commissioning-plan/", programme_views.commissioning_plan, name="commissioning_plan"),
    path(
        "events/<key:event_id>/before-and-after/",
        programme_views.before_and_after,
        name="event_before_and_after",
    ),
    path("events/", include("sen_dashboard.programme.event_urls")),
    path("programme/", programme_views.programme, name="programme"),
    path("programme/highlight-report/", programme_views.programme_sheet, name="programme_sheet"),
    path("programme/actions/add/", AddAction.as_view(figures=FIGURES), name="action_add"),
    path(
        "programme/actions/<key:action_id>/change/",
        ChangeAction.as_view(figures=FIGURES),
        name="action_change",
    ),
    path("programme/notes/add/", AddNote.as_view(figures=FIGURES), name="kpi_note_add"),
    path(
        "programme/notes/<key:kpi_note_id>/change/",
        ChangeNote.as_view(figures=FIGURES),
        name="kpi_note_change",
    ),
    path("programme/notes/<key:kpi_note_id>/remove/", RemoveNote.as_view(), name="kpi_note_remove"),
    path("programme/", include("sen_dashboard.programme.urls")),
    *_programme_records("workstream", "workstreams"),
    *_programme_records("action", "actions"),
    *_programme_records("risk", "risks"),
    *_programme_records("decision_needed", "decisions"),
    *_programme_records("commissioning_change", "commissioning-changes"),
    path("programme/<slug:key>/", programme_views.programme_list, name="programme_list"),
    path("programme/<slug:key>.<form:form>", programme_views.programme_list_file, name="programme_list_file"),
    path("panel/", panel_views.panel_work, name="panel"),
    path("panel/queues/<slug:key>/", panel_views.queue, name="queue"),
    path("panel/queues/<slug:key>/bulk/", panel_views.queue_bulk, name="queue_bulk"),
    path("panel/queues/<slug:key>.<form:form>", panel_views.queue_file, name="queue_file"),
    path("panel/expected/<int:expected_id>/", panel_views.expected_placement, name="expected_placement"),
    path("panel/meetings/<int:meeting_id>/trail/", panel_views.meeting_trail, name="meeting_trail"),
    path("panel/", include("panel.urls")),
    path("kpis/", reference_views.dictionary, name="dictionary"),
    path("children/<key:child_id>/trail/", record_views.child_trail, name="child_trail"),
    path("placements/<key:placement_id>/trail/", record_views.placement_trail, name="placement_trail"),
    path("cases/<key:case_id>/trail/", record_views.case_trail, name="case_trail"),
    path("children/<key:child_id>/", record_views.child, name="child"),
    path("placements/<key:placement_id>/", include("sen_dashboard.placement_work.urls")),
    path("placements/<key:placement_id>/", record_views.placement, name="placement"),
    path("schools/<key:school_id>/placements.<form:form>", record_views.school_file, name="school_file"),
    path("schools/<key:school_id>/", record_views.school, name="school"),
    path("cases/<key:case_id>/", record_views.case, name="case"),
    path("search/", record_views.search, name="search"),
    path("audit/", audit_views.reads, name="reads"),
    path("audit/readings.<form:form>", audit_views.reads_file, name="reads_file"),
    path("audit/changes/", audit_views.changes, name="changes"),
    path("audit/changes.<form:form>", audit_views.changes_file, name="changes_file"),
    path("audit/exports/", audit_views.exports, name="exports"),
    path("audit/exports.<form:form>", audit_views.exports_file, name="exports_file"),
    path("accessibility/", reference_views.accessibility, name="accessibility"),
    path("accounts/sign-in/", views.sign_in, name="sign_in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign_out"),
]
