from django.urls import path, register_converter
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from sen_dashboard.reports import views
from sen_dashboard.reports.addresses import AudienceConverter, FormatConverter
from sen_dashboard.reports.digest_page import digest
from sen_dashboard.reports.extracts.views import extract, extract_file, extracts

register_converter(AudienceConverter, "audience")
register_converter(FormatConverter, "format")

MOVED = require_safe(RedirectView.as_view(pattern_name="job"))
"""The address of a job until November 2026."""

REPORT = "<month:month>/v<int:version>/"

urlpatterns = [
    path("", views.reports, name="reports"),
    path("digest/", digest, name="digest"),
    path("extracts/", extracts, name="extracts"),
    path("extracts/<slug:slug>/", extract, name="extract"),
    path("extracts/<slug:slug>.<form:form>", extract_file, name="extract_file"),
    path("archive.<form:form>", views.reports_file, name="reports_file"),
    path("collect/", views.BeginReport.as_view(), name="report_begin"),
    path("jobs/<int:job_id>/", MOVED, name="report_job"),
    path(f"{REPORT}<audience:audience>/", views.report, name="report"),
    path(f"{REPORT}<audience:audience>.<format:suffix>", views.report_file, name="report_file"),
    path(f"{REPORT}comment/<slug:section>/", views.CommentOnSection.as_view(), name="report_comment"),
    path(f"{REPORT}collect/", views.CollectAgain.as_view(), name="report_collect"),
    path(f"{REPORT}approve/", views.Approve.as_view(), name="report_approve"),
    path(f"{REPORT}return/", views.ReturnToDraft.as_view(), name="report_return"),
    path(f"{REPORT}publish/", views.Publish.as_view(), name="report_publish"),
    path(f"{REPORT}discard/", views.Discard.as_view(), name="report_discard"),
]
