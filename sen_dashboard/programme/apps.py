from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "sen_dashboard.programme"
    label = "programme"
