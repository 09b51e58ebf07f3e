"""The pages of extracts, and reading their addresses: the year, the audience and, for some, the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from placements.closing import provisional_on
from placements.scope_form import ScopeField
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats
from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.scope import EARLIEST, LATEST, ScopeError, parse_day
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.exports.downloads import Download
from sen_dashboard.reports import services
from sen_dashboard.reports.collected import Audience, Cell, Column, Table
from sen_dashboard.reports.extracts import EXTRACTS
from sen_dashboard.reports.extracts.extract import (
    Extract,
    ExtractAnswer,
    PublicExtract,
    internal_answer,
    public_answer,
)
from sen_dashboard.reports.keeping_back import described
from sen_dashboard.reports.tables import table_of
from sen_dashboard.reports.writers import public_symbols

YEARS = FinancialYear.containing(EARLIEST), FinancialYear.containing(LATEST).plus(-1)
"""The first and last year of which every day can be asked for."""
HOW_TO_WRITE_A_YEAR = f"Enter a year such as 2018-19, from {YEARS[0].plus(1)} to {YEARS[1]}."
INTERNAL_ONLY = "This extract names schools or checks records, so it is for internal use only."


@dataclass(frozen=True)
class Asked:
    """An extract, its day and its audience."""

    extract: Extract[Any]
    day: date
    audience: Audience

    def answer(self) -> ExtractAnswer:
        """The answer that the audience may read."""
        if self.audience is Audience.INTERNAL:
            return internal_answer(self.extract, self.day)
        return self._public(services.public_protections())[0]

    @transaction.atomic
    def given_out(self, *, by: User, at: datetime) -> ExtractAnswer:
        """The answer for a file. A public one is recorded, since nothing published later may reveal what it hides."""
        if self.audience is Audience.INTERNAL:
            return self.answer()
        services.give_one_at_a_time()
        before = services.public_protections()
        answer, protection = self._public(before)
        services.keep_given_out(
            what=self.extract.slug,
            day=self.day,
            protection=protection,
            public_before=len(before),
            by=by,
            at=at,
        )
        return answer

    def _public(self, before: Sequence[Protection]) -> tuple[ExtractAnswer, Protection]:
        assert isinstance(self.extract, PublicExtract)  # `ask` refuses the others
        return public_answer(self.extract, self.day, before, settings.SUPPRESSION_THRESHOLD)


def default_year(extract: Extract[Any], as_at: date) -> FinancialYear:
    """The latest year whose extract day is not after the as-at day."""
    year = FinancialYear.containing(as_at)
    return year if extract.day(year) <= as_at else year.plus(-1)


def ask(extract: Extract[Any], given: Mapping[str, str], *, as_at: date) -> Asked:
    """Read what an address asks for; ``as_at`` decides the year if it names none.

    Raises ScopeError with a sentence for every wrong value.
    """
    errors: dict[str, str] = {}
    typed = {name: given.get(name, "").strip() for name in ("year", "day", "audience")}
    day, audience = date.min, Audience.INTERNAL
    try:
        day = extract.day(_parse_year(typed["year"]) if typed["year"] else default_year(extract, as_at))
    except ValueError as error:
        errors["year"] = str(error)
    try:
        day = parse_day(typed["day"]) if extract.any_day and typed["day"] else day
    except ValueError as error:
        errors["day"] = str(error)
    try:
        audience = _parse_audience(extract, typed["audience"] or Audience.INTERNAL)
    except ValueError as error:
        errors["audience"] = str(error)
    if errors:
        raise ScopeError(errors)
    return Asked(extract, day, audience)


def _parse_year(text: str) -> FinancialYear:
    """Read a year. Raises ValueError with a sentence if it is not a year or is out of range."""
    try:
        year = FinancialYear.parse(text)
    except ValueError:
        year = YEARS[0]
    if not YEARS[0] < year <= YEARS[1]:
        raise ValueError(HOW_TO_WRITE_A_YEAR)
    return year


def _parse_audience(extract: Extract[Any], text: str) -> Audience:
    """Read an audience. Raises ValueError with a sentence if it is not one of the extract's."""
    if text not in tuple(Audience):
        raise ValueError(f"“{text[:20]}” is not one of {', '.join(Audience)}.")
    if text not in extract.audiences:
        raise ValueError(INTERNAL_ONLY)
    return Audience(text)


def fields(
    extract: Extract[Any], given: Mapping[str, str], as_at: date, errors: Mapping[str, str]
) -> list[ScopeField]:
    """The fields of the form above the table."""

    def field(name: str, label: str, default: str, **more: Any) -> ScopeField:
        value = given.get(name, "").strip() or default
        return ScopeField(name, label, value, error=errors.get(name, ""), **more)

    shown = [field("year", "Financial year, such as 2018-19", str(default_year(extract, as_at)))]
    if extract.any_day:
        shown.append(field("day", "Another day", "", is_day=True))
    choices = tuple((audience.value, audience.value.capitalize()) for audience in extract.audiences)
    return [*shown, field("audience", "For", Audience.INTERNAL.value, choices=choices)]


def index() -> dict[str, Any]:
    """The context of the list of extracts."""
    return {"here": "Reports", "extracts": EXTRACTS}


def outline(
    extract: Extract[Any], given: Mapping[str, str], as_at: date, errors: Mapping[str, str]
) -> dict[str, Any]:
    """The part of the context that does not need an answer."""
    return {
        "here": "Reports",
        "extract": extract,
        "fields": fields(extract, given, as_at, errors),
        "errors": errors,
    }


def context(asked: Asked, answer: ExtractAnswer) -> dict[str, Any]:
    """The part of the context that comes from the answer."""
    is_public = asked.audience is Audience.PUBLIC
    symbols = public_symbols(settings.SUPPRESSION_THRESHOLD) if is_public else {}
    return {
        "asked": asked,
        "is_public": is_public,
        "answer": answer,
        **(described(answer.protection) if answer.protection else {}),
        "table": table_of(answer.table),
        "caption": answer.table.caption,
        "provisional": provisional_on(asked.day),
        "legend": list(symbols.items()),
    }


def download(asked: Asked, table: Table) -> Download:
    """The table as a file, named with the day and the audience."""
    day = asked.day.isoformat()
    return Download(
        what=f"Extract: {asked.extract.title}, {formats.day(asked.day)}, {asked.audience}",
        name=f"{asked.extract.slug}-{day}-{asked.audience}",
        number=len(table.rows),
        rows=iter(
            [[c.key for c in table.columns], *(list(map(_in_file, table.columns, row)) for row in table.rows)]
        ),
        pounds={column.key for column in table.columns if column.kind is Kind.POUNDS},
    )


def _in_file(column: Column, cell: Cell) -> Any:
    """A number, day or code; otherwise the text, including symbols. Empty if not available."""
    if cell.value is not None:
        return cell.value_of(column.kind)
    return None if cell.text == formats.NOT_AVAILABLE else cell.text
