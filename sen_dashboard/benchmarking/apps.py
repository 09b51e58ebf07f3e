from django.apps import AppConfig


class BenchmarkingConfig(AppConfig):
    name = "sen_dashboard.benchmarking"
    label = "benchmarking"
