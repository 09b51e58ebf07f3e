from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "sen_dashboard.reports"
    label = "reports"
