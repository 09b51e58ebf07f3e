"""`python manage.py kpi SLUG`: a KPI on the command line, from the same result as its page."""

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from placements.as_at import default_as_at
from sen_dashboard import kpis
from sen_dashboard.clock.day import working_day
from sen_dashboard.core.kpi.definition import Kpi, Result, ask
from sen_dashboard.core.kpi.scope import Filter, ScopeError, parse_scope
from sen_dashboard.core.web.tables import kind_of


class Command(BaseCommand):
    help = "Prints a KPI: the answer, its figures and its rows. Without SLUG, lists the KPIs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", metavar="SLUG", help=f"one of {', '.join(_slugs())}")
        parser.add_argument("--as-at", metavar="YYYY-MM-DD", help="the day; otherwise the last month posted")
        parser.add_argument("--json", action="store_true", help="print the data of the page as JSON")
        for name, known in _filters().items():
            having = ", ".join(kpi.slug for kpi in kpis.KPIS if name in _names(kpi))
            parser.add_argument(f"--{name}", dest=name, metavar="VALUE", help=f"{known.label} (of {having})")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["slug"] is None:
            return self.write_columns([(kpi.slug, kpi.title) for kpi in kpis.KPIS])
        kpi = _find(options["slug"])
        result = _ask(kpi, options)
        if options["json"]:
            self.stdout.write(json.dumps(kpi.data(result), indent=2, ensure_ascii=False))
        else:
            self.write_result(kpi, result)

    def write_result(self, kpi: Kpi[Any, Any], result: Result[Any, Any]) -> None:
        """Write the page as text: the choices, the answer, the figures with their counts, the table, the caveats."""
        chosen = result.scope.filtered(kpi.filters)
        if chosen:
            self.stdout.write(f"Filtered: {'; '.join(chosen)}")
        self.stdout.write(f"{kpi.sentence(result)}\n\n")
        self.write_columns([(fact.label, fact.text, fact.raw) for fact in kpi.facts(result)])
        self.stdout.write(f"\n{kpi.caption(result)}\n")
        table = kpi.table(result.rows)
        headings = tuple(column.header for column in table.columns)
        numeric = [kind_of(column.column).is_number for column in table.columns]
        self.write_columns(
            [headings, *(tuple(cell for _, cell in row.items()) for row in table.rows)], numeric
        )
        for caveat in result.caveats:
            self.stdout.write(f"\n{caveat}")

    def write_columns(self, lines: list[tuple[str, ...]], numeric: Sequence[bool] = ()) -> None:
        """Write lines of cells, each column as wide as its widest; those that are ``numeric`` right-aligned."""
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = (
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip_longest(line, widths, numeric)
            )
            self.stdout.write("  ".join(cells).rstrip())


def _filters() -> dict[str, Filter[Any]]:
    """Return the filters of all KPIs by their names."""
    return {f.name: f for kpi in kpis.KPIS for f in kpi.filters}


def _slugs() -> list[str]:
    return [kpi.slug for kpi in kpis.KPIS]


def _find(slug: str) -> Kpi[Any, Any]:
    try:
        return kpis.find(slug)
    except KeyError:
        raise CommandError(f"There is no KPI {slug}. The KPIs are {', '.join(_slugs())}.") from None


def _ask(kpi: Kpi[Any, Any], options: dict[str, Any]) -> Result[Any, Any]:
    """Return the KPI's answer for the command line's scope. Raises CommandError with a sentence."""
    given = {name: options[name] for name in ("as_at", *_filters()) if options.get(name) is not None}
    unknown = [f"--{name}" for name in given if name != "as_at" and name not in _names(kpi)]
    if unknown:
        raise CommandError(f"{kpi.slug} has no {', '.join(unknown)}: {_filters_of(kpi)}")
    try:
        scope = parse_scope(given, kpi.filters, default_as_at=default_as_at(working_day()).day)
    except ScopeError as error:
        raise CommandError(str(error)) from None
    return ask(kpi, scope)


def _names(kpi: Kpi[Any, Any]) -> set[str]:
    return {f.name for f in kpi.filters}


def _filters_of(kpi: Kpi[Any, Any]) -> str:
    options = [f"--{f.name}" for f in kpi.filters]
    return f"its filters are {', '.join(options)}." if options else "it has no filters."
