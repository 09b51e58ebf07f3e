"""`state_diagram`: write the states of a panel case and the actions possible in each, as a Mermaid diagram."""

from typing import Any

from django.core.management.base import BaseCommand

from panel.states import diagram


class Command(BaseCommand):
    """Writes the diagram."""

    help = "Writes the states of a panel case and the moves between them as a Mermaid state diagram."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(diagram(), ending="")
