"""The figures that actions may be meant to change, as forms offer them and pages name them, and their values."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need
from sen_dashboard.core.glossary import GLOSSARY
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Kpi, Result, ask
from sen_dashboard.core.kpi.published import Key
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.core.web.tables import KindColumn

ABBREVIATIONS = {short.upper() for short, _ in GLOSSARY} | set(Need.values)
BETWEEN = ":"
"""Separates a KPI's slug from the key of one of its numbers."""
Ask = Callable[[Kpi[Any, Any], Scope], Result[Any, Any]]
"""Asks a KPI and returns its answer, like `core.kpi.ask`."""


@dataclass(frozen=True)
class Figure:
    """A number in a KPI's headline, or in one of its rows if ``row`` is given, by the KPI's own definition."""

    kpi: Kpi[Any, Any]
    name: str
    row: str = ""
    ask: Ask = ask

    @property
    def kind(self) -> Kind:
        """The kind of the number."""
        keys = self.kpi.keys
        return (keys.row if self.row else keys.headline)[self.name].kind

    def starts_again_between(self, day: date, later: date) -> bool:
        """Return whether it covers the financial year so far and the days, in different years, are not comparable."""
        years = FinancialYear.containing(day), FinancialYear.containing(later)
        return self.kpi.restarts_each_year and years[0] != years[1]

    def on(self, day: date) -> Decimal | None:
        """Return its value on a day; None if it is unknown, or there is no such row."""
        record = self._record(day)
        value = None if record is None else getattr(record, self.name)
        return None if value is None else Decimal(str(value))

    def _record(self, day: date) -> Any:
        if not self.row:
            return self.ask(self.kpi, Scope(day)).headline
        key = self.kpi.keys.row_key
        rows = self.ask(self.kpi, Scope(day, key.shown_by(self.row))).rows
        return next((row for row in rows if key.text(row) == self.row), None)


class Figures:
    """The KPIs and their numbers; records name them only by slug and key."""

    def __init__(self, kpis: Iterable[Kpi[Any, Any]]) -> None:
        self._kpis = {kpi.slug: kpi for kpi in kpis}
        self.ask: Ask = ask

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of each KPI, by its slug."""
        return {slug: kpi.title for slug, kpi in self._kpis.items()}

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Each KPI, and each of its numbers under "slug:key", in words."""
        return dict(self._offered())

    def _offered(self) -> Iterator[tuple[str, str]]:
        for slug, kpi in self._kpis.items():
            yield slug, kpi.title
            for name, key in {**kpi.keys.row, **kpi.keys.headline}.items():
                if key.kind.is_number and not key.by_code and not name.endswith("_year_before"):
                    words = _words(name, key, is_row=name not in kpi.keys.headline)
                    yield f"{slug}{BETWEEN}{name}", f"{kpi.title}: {words}"

    def words(self, kpi: str, key: str, row: str) -> str:
        """Return a figure in words: "Cost of a place by need: Premium, SEMH"; for an unknown one, its slug and key."""
        named = f"{kpi}{BETWEEN}{key}" if key else kpi
        label = self.numbers.get(named) or f"{named} (not a figure on this dashboard)"
        return f"{label}, {self._row_in_words(kpi, row)}" if row else label

    def _row_in_words(self, kpi: str, row: str) -> str:
        try:
            row_key = self._kpis[kpi].keys.row_key
            return row_key.describe(row_key.parse(row))
        except (KeyError, ValueError):
            return row

    def change(self, kpi: str, key: str, change: Decimal) -> str:
        """Return a number's change in its unit: "−£1,000", "+10.0 percentage points"; unchanged if it is unknown."""
        keys = self._kpis[kpi].keys if kpi in self._kpis else None
        found = {**keys.row, **keys.headline}.get(key) if keys else None
        return found.kind.change_in_words(change) if found else f"{change:+f}".replace("-", formats.MINUS)

    def find(self, kpi: str, key: str, row: str) -> Figure | None:
        """Return the number that a record names; None if there is no such number."""
        if kpi not in self._kpis or not key or self.problem(kpi, key, row):
            return None
        return Figure(self._kpis[kpi], key, row, self.ask)

    def problem(self, kpi: str, key: str, row: str) -> str:
        """Return why there is no such number, as a sentence; empty if there is one."""
        keys = self._kpis[kpi].keys
        if not row:
            return "" if not key or key in keys.headline else "Enter a row: only the rows have this number."
        if key not in keys.row:
            return "Leave the row empty: the rows do not have this number."
        try:
            keys.row_key.parse(row)
        except ValueError:
            return f"“{row}” is not a row of {self.titles[kpi]}. Enter it as it appears in the address of its records."
        return ""


class Reading(Figures):
    """The figures for one page: each answer is asked for only once. Made anew for each request."""

    def __init__(self, kpis: Iterable[Kpi[Any, Any]]) -> None:
        super().__init__(kpis)
        self.ask = cache(ask)
        self._found, self._words = cache(super().find), cache(super().words)

    def find(self, kpi: str, key: str, row: str) -> Figure | None:
        return self._found(kpi, key, row)

    def words(self, kpi: str, key: str, row: str) -> str:
        return self._words(kpi, key, row)


class ChangeColumn(KindColumn):
    """Changes of numbers of a kind, each with its sign; for percentages the heading says that they are points."""

    def __init__(self, kind: Kind) -> None:
        is_percent = kind is Kind.PERCENT
        super().__init__(kind, verbose_name="Change in percentage points" if is_percent else "Change")

    def render(self, value: Decimal) -> str:
        return self.kind.change(value)


def _words(name: str, key: Key, *, is_row: bool) -> str:
    """Return the name of a number: the title of its list of records, its column's heading, or else its key."""
    own = (key.behind.title if key.behind else key.heading) or _as_words(name)
    return f"{own} (of a row)" if is_row else own


def _as_words(name: str) -> str:
    """Return a key as words: "ASD or SEMH in percent"."""
    words = [
        word.upper() if word.upper() in ABBREVIATIONS else word for word in name.split("_") if word != "pct"
    ]
    return " ".join([*words, "in percent"] if "pct" in name.split("_") else words)
