from django.apps import AppConfig


class PlacementsConfig(AppConfig):
    name = "placements"

    def ready(self) -> None:
        """Register the work that a worker can do."""
        from placements.finance.ledger import work  # noqa: F401  (models can be imported only now)
