from django.urls import path, register_converter
from django.views.generic import RedirectView

from sen_dashboard.reports import views
from sen_dashboard.reports.addresses import AudienceConverter, FormatConverter
from sen_dashboard.reports.digest_page import digest
from sen_dashboard.reports.extracts.views import extract, extract_file, extracts

register_converter(AudienceConverter, "audience")
register_converter(FormatConverter, "format")

REPORT = "<month:month>/v<int:version>/"

urlpatterns = [
    path("", views.reports, name="reports"),
    path("digest/", digest, name="digest"),
    path("extracts/", extracts, name="extracts"),
    path("extracts/<slug:slug>/", extract, name="extract"),
    path("extracts/<slug:slug>.<form:form>", extract_file, name="extract_file"),
    path("archive.<form:form>", views.reports_file, name="reports_file"),
    path("collect/", views.BeginReport.as_view(), name="report_begin"),
    path("jobs/<int:job_id>/", RedirectView.as_view(pattern_name="job")),  # the address until November 2026
    path(f"{REPORT}<audience:audience>/", views.report, name="report"),
    path(f"{REPORT}<audience:audience>.<format:suffix>", views.report_file, name="report_file"),
    path(f"{REPORT}comment/<slug:section>/", views.CommentOnSection.as_view(), name="report_comment"),
    path(f"{REPORT}collect/", views.CollectAgain.as_view(), name="report_collect"),
    path(f"{REPORT}approve/", views.Approve.as_view(), name="report_approve"),
    path(f"{REPORT}return/", views.ReturnToDraft.as_view(), name="report_return"),
    path(f"{REPORT}publish/", views.Publish.as_view(), name="report_publish"),
    path(f"{REPORT}discard/", views.Discard.as_view(), name="report_discard"),
]
