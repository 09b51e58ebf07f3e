"""A case's costs beside the costs agreed for similar children: median and quartiles, part by part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from panel.models import Outcome, Panel, PanelCase, PanelDecision
from panel.requested import asked_for
from placements.models import CostKind, Placement
from placements.querysets import line_counted, line_in_force
from sen_dashboard.core.codes import Attendance, Provision, need_label
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.sql import select_from

TOGETHER = "TOGETHER"
"""The kind of the row that totals all parts, without transport."""

# A quartile is one of the costs. The median is the middle cost, or the mean of the two middle ones.
OF_A_KIND = """
    PERCENTILE_DISC(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY "{kind}") AS "{kind}_quartiles",
    (PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY "{kind}")
        + PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY "{kind}" DESC)) / 2 AS "{kind}_median",
    COUNT(*) FILTER (WHERE "{kind}" <= %s) AS "{kind}_not_higher"
"""


@dataclass(frozen=True)
class Compared:
    """A part of the cost: the amount asked for, and the quartiles of similar agreed costs, all in £ a year.

    The quartiles are None if there are no similar costs. ``not_higher`` counts similar costs up to that asked for.
    """

    kind: str
    asked: Decimal
    lower_quartile: Decimal | None
    median: Decimal | None
    upper_quartile: Decimal | None
    not_higher: int

    @property
    def part(self) -> str:
        """The part in words."""
        return "Total" if self.kind == TOGETHER else CostKind(self.kind).label


@dataclass(frozen=True)
class Comparison:
    """The parts of the cost that a case asks for, then their total, beside ``similar`` agreed costs.

    ``what`` describes the similar costs in words.
    """

    parts: tuple[Compared, ...]
    similar: int
    what: str
    panel: str

    @property
    def together(self) -> Compared:
        """The total of all parts."""
        return self.parts[-1]

    @property
    def one_similar(self) -> str:
        """What a single similar cost is for: "similar placement"."""
        return "similar placement" if self.panel == Panel.INDEPENDENT else "similar agreement"


def compare(case: PanelCase, day: date) -> Comparison:
    """Compare the costs a case asks for with similar costs on the day: one statement.

    For a place: INMSS placements open on the day with known costs, for the same need and attendance; a part that one of
    them lacks counts as £0. For additional funding: the totals agreed by the day for the same need.
    """
    if case.panel == Panel.INDEPENDENT:
        asked, similar = asked_for(case), _placements(case, day)
    else:
        asked, similar = {}, _agreements(case, day)
    together: Mapping[str, Decimal] = {TOGETHER: case.annual_cost}
    asked = {**asked, **together}
    columns = ",".join(OF_A_KIND.format(kind=kind) for kind in asked)
    (found,) = select_from(
        similar.values(*asked), f"SELECT COUNT(*) AS similar, {columns} FROM records", *asked.values()
    )
    parts = tuple(_compared(kind, amount, found) for kind, amount in asked.items())
    return Comparison(parts, found["similar"], _what(case), case.panel)


def _placements(case: PanelCase, day: date) -> QuerySet[Any, Any]:
    """Similar placements, with a column for each kind of cost, and one for their total."""
    similar = (
        Placement.objects.in_provision(Provision.INMSS)
        .open_on(day)
        .filter(plan__primary_need=case.primary_need, attendance=case.attendance)
        .exclude(plan__child=case.child_id)
    )
    running = line_in_force(day, day, "cost_lines__") & Q(cost_lines__void=False)
    of_kinds = {
        kind.value: Coalesce(
            Sum("cost_lines__annual_amount", filter=running & Q(cost_lines__kind=kind)), Decimal(0)
        )
        for kind in CostKind
    }
    together = Sum("cost_lines__annual_amount", filter=running & line_counted("cost_lines__"))
    return similar.annotate(**of_kinds, **{TOGETHER: together}).filter(**{f"{TOGETHER}__isnull": False})


def _agreements(case: PanelCase, day: date) -> QuerySet[Any, Any]:
    """The annual amounts agreed by the day for the same need in the panel's other cases."""
    agreed = PanelDecision.objects.counted().of(case.panel).until(day).filter(outcome=Outcome.AGREED)
    similar = agreed.of_a_year().filter(case__primary_need=case.primary_need).exclude(case=case.pk)
    return similar.with_worth().annotate(**{TOGETHER: F("worth")})


def _compared(kind: str, asked: Decimal, found: Mapping[str, Any]) -> Compared:
    lower, upper = found[f"{kind}_quartiles"] or (None, None)
    median = found[f"{kind}_median"]
    return Compared(
        kind,
        asked,
        lower,
        None if median is None else to_penny(median),
        upper,
        found[f"{kind}_not_higher"],
    )


def _what(case: PanelCase) -> str:
    need = need_label(case.primary_need)
    if case.panel == Panel.INDEPENDENT:
        attendance = f"{Attendance(case.attendance).label.lower()} " if case.attendance else ""
        return f"{attendance}placements in independent and non-maintained special schools for {need}"
    return f"additional funding agreed before for {need}"
