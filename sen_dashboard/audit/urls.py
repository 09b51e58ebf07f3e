"""The auditor's pages, under "audit/"."""

from django.urls import path

from sen_dashboard.audit import views

urlpatterns = [
    path("", views.reads, name="reads"),
    path("readings.<form:form>", views.reads_file, name="reads_file"),
    path("changes/", views.changes, name="changes"),
    path("changes.<form:form>", views.changes_file, name="changes_file"),
    path("exports/", views.exports, name="exports"),
    path("exports.<form:form>", views.exports_file, name="exports_file"),
]
