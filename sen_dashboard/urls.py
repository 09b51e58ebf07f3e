"""Where everything is. All of it needs an account but the sign-in page (`LoginRequiredMiddleware`)."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path, register_converter

from sen_dashboard import views
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
    path("events/", include("sen_dashboard.programme.urls")),
    path("accounts/sign-in/", views.sign_in, name="sign_in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign_out"),
]
