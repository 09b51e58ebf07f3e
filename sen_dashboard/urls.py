"""Where everything is. All of it needs an account (`LoginRequiredMiddleware`) but the sign-in page and the
accessibility statement."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path, register_converter

from sen_dashboard import audit_views, panel_views, record_views, reference_views, views
from sen_dashboard.core.addresses import KeyConverter

register_converter(KeyConverter, "key")

urlpatterns = [
    path("", views.overview, name="overview"),
    path("kpis/<slug:slug>/", views.kpi, name="kpi"),
    path("kpis/<slug:slug>.json", views.kpi_json, name="kpi_json"),
    path("kpis/<slug:slug>.csv", views.kpi_csv, name="kpi_csv"),
    path("kpis/<slug:slug>/records/<slug:key>/", views.records, name="records"),
    path("kpis/<slug:slug>/records/<slug:key>.csv", views.records_csv, name="records_csv"),
    path("benchmarks/", include("sen_dashboard.benchmarking.urls")),
    path("", include("sen_dashboard.accounts.urls")),
    path("reports/", include("sen_dashboard.reports.urls")),
    path("events/", include("sen_dashboard.programme.urls")),
    path("panel/", panel_views.panel_work, name="panel"),
    path("panel/queues/<slug:key>/", panel_views.queue, name="queue"),
    path("panel/queues/<slug:key>/bulk/", panel_views.queue_bulk, name="queue_bulk"),
    path("panel/queues/<slug:key>.csv", panel_views.queue_csv, name="queue_csv"),
    path("panel/expected/<int:expected_id>/", panel_views.expected_placement, name="expected_placement"),
    path("panel/meetings/<int:meeting_id>/trail/", panel_views.meeting_trail, name="meeting_trail"),
    path("panel/", include("panel.urls")),
    path("kpis/", reference_views.dictionary, name="dictionary"),
    path("children/<key:child_id>/trail/", record_views.child_trail, name="child_trail"),
    path("placements/<key:placement_id>/trail/", record_views.placement_trail, name="placement_trail"),
    path("cases/<key:case_id>/trail/", record_views.case_trail, name="case_trail"),
    path("children/<key:child_id>/", record_views.child, name="child"),
    path("placements/<key:placement_id>/", record_views.placement, name="placement"),
    path("schools/<key:school_id>/", record_views.school, name="school"),
    path("cases/<key:case_id>/", record_views.case, name="case"),
    path("search/", record_views.search, name="search"),
    path("audit/", audit_views.reads, name="reads"),
    path("audit/readings.csv", audit_views.reads_csv, name="reads_csv"),
    path("audit/changes/", audit_views.changes, name="changes"),
    path("accessibility/", reference_views.accessibility, name="accessibility"),
    path("accounts/sign-in/", views.sign_in, name="sign_in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign_out"),
]
