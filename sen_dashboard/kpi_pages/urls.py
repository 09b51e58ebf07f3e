"""The addresses of the overview, the KPIs and their explanations."""

from django.urls import path, register_converter

from sen_dashboard.core.kpi.definition import Group
from sen_dashboard.kpi_pages import reference, views


class GroupConverter:
    """A group of KPIs in an address: "money". The programme has a different kind of page."""

    regex = "|".join(group.slug for group in Group if group is not Group.PROGRAMME)

    def to_python(self, value: str) -> Group:
        return next(group for group in Group if group.slug == value)

    def to_url(self, value: Group) -> str:
        return value.slug


register_converter(GroupConverter, "group")

urlpatterns = [
    path("", views.overview, name="overview"),
    path("figures/<group:group>/", views.group, name="group"),
    path("kpis/", reference.dictionary, name="dictionary"),
    path("kpis/<slug:slug>/", views.kpi, name="kpi"),
    path("kpis/<slug:slug>/chart.json", views.kpi_chart, name="kpi_chart"),
    path("kpis/<slug:slug>.json", views.kpi_json, name="kpi_json"),
    path("kpis/<slug:slug>.<form:form>", views.kpi_file, name="kpi_file"),
    path("kpis/<slug:slug>/records/<slug:key>/", views.records, name="records"),
    path("kpis/<slug:slug>/records/<slug:key>.<form:form>", views.records_file, name="records_file"),
    path("accessibility/", reference.accessibility, name="accessibility"),
]
