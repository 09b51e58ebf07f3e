from django.apps import AppConfig


class ClockConfig(AppConfig):
    name = "sen_dashboard.clock"
    label = "clock"
