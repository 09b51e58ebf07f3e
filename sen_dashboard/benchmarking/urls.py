"""The addresses of the benchmarks, below /benchmarks/."""

from django.urls import path

from sen_dashboard.benchmarking import views

urlpatterns = [
    path("", views.benchmarks, name="benchmarks"),
    path("<slug:slug>/", views.benchmark, name="benchmark"),
    path("<slug:slug>.<form:form>", views.benchmark_file, name="benchmark_file"),
]
