from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "sen_dashboard.jobs"
    label = "jobs"
    verbose_name = "Jobs"
