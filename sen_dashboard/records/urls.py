"""The pages of single records, and the search that finds them."""

from django.urls import include, path

from sen_dashboard.records import views

urlpatterns = [
    path("children/<key:child_id>/trail/", views.child_trail, name="child_trail"),
    path("placements/<key:placement_id>/trail/", views.placement_trail, name="placement_trail"),
    path("cases/<key:case_id>/trail/", views.case_trail, name="case_trail"),
    path("children/<key:child_id>/", views.child, name="child"),
    path("placements/", include("sen_dashboard.records.work.urls")),
    path("placements/<key:placement_id>/", views.placement, name="placement"),
    path("schools/<key:school_id>/placements.<form:form>", views.school_file, name="school_file"),
    path("schools/<key:school_id>/", views.school, name="school"),
    path("cases/<key:case_id>/", views.case, name="case"),
    path("search/", views.search, name="search"),
]
