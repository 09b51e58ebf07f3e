"""The figures that an action may be meant to move, as its form offers them and pages name them."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need
from sen_dashboard.core.glossary import GLOSSARY
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Kpi
from sen_dashboard.core.published import Key

ABBREVIATIONS = {short.upper() for short, _ in GLOSSARY} | set(Need.values)
BETWEEN = ":"
"""What stands between a KPI's slug and the key of one of its numbers."""


class Figures:
    """The KPIs and their numbers; records name them by slug and key, and know no more of them."""

    def __init__(self, kpis: Iterable[Kpi[Any, Any]]) -> None:
        self._kpis = {kpi.slug: kpi for kpi in kpis}

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
        """A figure in words: "Cost of a place by need: Premium, SEMH"; of an unknown one what is recorded."""
        named = f"{kpi}{BETWEEN}{key}" if key else kpi
        told = self.numbers.get(named) or f"{named} (no figure of this dashboard)"
        return f"{told}, {self._row_in_words(kpi, row)}" if row else told

    def _row_in_words(self, kpi: str, row: str) -> str:
        try:
            row_key = self._kpis[kpi].keys.row_key
            return row_key.told(row_key.parse(row))
        except (KeyError, ValueError):
            return row

    def change(self, kpi: str, key: str, change: Decimal) -> str:
        """A change of a number in its unit: "−£1,000", "+10.0 percentage points"; of an unknown one as it is."""
        keys = self._kpis[kpi].keys if kpi in self._kpis else None
        found = {**keys.row, **keys.headline}.get(key) if keys else None
        if found is None:
            return f"{change:+f}".replace("-", formats.MINUS)
        if found.kind is Kind.PERCENT:
            return f"{Kind.POINTS.text(change)} {Kind.POINTS.unit}"
        return found.kind.change(change)

    def problem(self, kpi: str, key: str, row: str) -> str:
        """Why there is no such number, as a sentence; empty where there is one."""
        keys = self._kpis[kpi].keys
        if not row:
            return "" if not key or key in keys.headline else "Name the row: only the rows have this number."
        if key not in keys.row:
            return "Leave the row empty: the rows do not have this number."
        try:
            keys.row_key.parse(row)
        except ValueError:
            return f"“{row}” is no row of {self.titles[kpi]}. Write it as the address of its records does."
        return ""


def _words(name: str, key: Key, *, is_row: bool) -> str:
    """What a number is called: as its list of records, its column, or else its key."""
    own = (key.behind.title if key.behind else key.heading) or _as_words(name)
    return f"{own} (of a row)" if is_row else own


def _as_words(name: str) -> str:
    """A key as words: "ASD or SEMH in percent"."""
    words = [
        word.upper() if word.upper() in ABBREVIATIONS else word for word in name.split("_") if word != "pct"
    ]
    return " ".join([*words, "in percent"] if "pct" in name.split("_") else words)
