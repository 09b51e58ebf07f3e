from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "sen_dashboard.reports"
    label = "reports"

    def ready(self) -> None:
        """Register the work on reports that a worker can do."""
        from sen_dashboard.reports import work  # noqa: F401  (models can be imported only now)
