"""What is the status of each workstream, and how many actions are late?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, Tone, bars, series
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Group, InReport, Kpi, ReportSection, Result, fact
from sen_dashboard.core.kpi.published import Behind, Key, Keys, Open, RowKey, code, text
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.programme.models import Action, Status, Workstream
from sen_dashboard.programme.querysets import ActionQuerySet
from sen_dashboard.programme.standing import how_many_stand_how


@dataclass(frozen=True)
class Headline:
    workstreams: int
    actions: int
    overdue: int
    off_track: int
    at_risk: int
    done: int


@dataclass(frozen=True)
class Row:
    workstream: str  # its title
    actions: int
    done: int
    on_track: int
    at_risk: int
    off_track: int
    overdue: int
    status: str | None
    workstream_id: str
    not_started: int


def query(scope: Scope) -> Result[Headline, Row]:
    """Return the status of each workstream on the day, and the actions that belong to none: two statements."""
    standing: Any = Workstream.objects.with_standing(scope.as_at)
    rows = tuple(map(_row, standing.order_by("pk")))
    summed = ("actions", "overdue", "off_track", "at_risk", "done")
    sums = {name: sum(getattr(row, name) for row in rows) for name in summed}
    return Result(scope, Headline(len(rows), **sums), rows, _caveats(scope))


def _row(standing: Any) -> Row:
    return Row(
        workstream=standing.title,
        actions=standing.action_count,
        done=standing.done,
        on_track=standing.on_track,
        at_risk=standing.at_risk,
        off_track=standing.off_track,
        overdue=standing.overdue,
        status=standing.status or None,
        workstream_id=standing.pk,
        not_started=standing.not_started,
    )


def _caveats(scope: Scope) -> tuple[str, ...]:
    without = Action.objects.known_on(scope.as_at).filter(workstream=None).count()
    if not without:
        return ()
    actions = formats.plural(without, "action belongs", "actions belong")
    return (f"{actions} to no workstream and {'is' if without == 1 else 'are'} not counted.",)


# Counted sets


def _known(scope: Scope, workstream: str | None) -> ActionQuerySet:
    """Return the actions known on the day, of one workstream or of all."""
    of = Q(workstream__isnull=False) if workstream is None else Q(workstream=workstream)
    return Action.objects.known_on(scope.as_at).filter(of)


def _overdue(scope: Scope, workstream: str | None) -> ActionQuerySet:
    return _known(scope, workstream).filter(is_late=True)


def _number(title: str, of: Callable[[Scope, Any], QuerySet[Any, Any]], heading: str) -> Key:
    return Key(Kind.COUNT, Open("actions of the programme"), heading, Behind(title, of))


def _that_are(status: Status) -> Key:
    return _number(
        f"Actions that are {status.label.lower()}",
        lambda scope, workstream: _known(scope, workstream).filter(status=status),
        str(status.label),
    )


def _all_workstreams(scope: Scope, _: None) -> QuerySet[Any, Any]:
    return Workstream.objects.all()


def _parse(workstream_id: str) -> str:
    if not workstream_id.isprintable() or not Workstream.objects.filter(pk=workstream_id).exists():
        raise ValueError(f"“{workstream_id}” is the key of no workstream.")
    return workstream_id


def _title(workstream_id: str) -> str:
    return str(Workstream.objects.get(pk=workstream_id))


KEYS = Keys(
    RowKey(lambda row: str(row.workstream_id), _parse, _title),
    headline={
        "workstreams": Key(
            Kind.COUNT,
            Open("workstreams of the programme"),
            behind=Behind("Workstreams", _all_workstreams),
        ),
        "actions": _number("Actions of workstreams", _known, ""),
        "overdue": _number("Late actions of workstreams", _overdue, ""),
        "off_track": _that_are(Status.OFF_TRACK),
        "at_risk": _that_are(Status.AT_RISK),
        "done": _that_are(Status.DONE),
    },
    row={
        "workstream": text("Workstream"),
        "status": code(Status, "Status"),
        "actions": _number("Actions", _known, "Actions"),
        "overdue": _number("Late actions", _overdue, "Late"),
        "off_track": _that_are(Status.OFF_TRACK),
        "at_risk": _that_are(Status.AT_RISK),
        "on_track": _that_are(Status.ON_TRACK),
        "not_started": _that_are(Status.NOT_STARTED),
        "done": _that_are(Status.DONE),
        "workstream_id": text(),
    },
    open_caveats=True,  # they count actions
)


# In words


def sentence(result: Result[Headline, Row]) -> str:
    """Return the answer in words: how many actions are late, and the workstreams by status, the worst first."""
    now = result.headline
    if not now.actions:
        return f"{_none_known(result)}."
    standings = how_many_stand_how(row.status for row in result.rows)
    return f"{_late(now)}. Of {formats.plural(now.workstreams, 'workstream')}, {standings}."


def message(result: Result[Headline, Row]) -> str:
    """Return "3 of 27 actions are late, and 1 workstream is off track"."""
    if not result.headline.actions:
        return _none_known(result)
    number = sum(row.status == Status.OFF_TRACK for row in result.rows)
    off_track = formats.plural(number, "workstream is", "workstreams are") if number else "no workstream is"
    return f"{_late(result.headline)}, and {off_track} off track"


def _none_known(result: Result[Headline, Row]) -> str:
    return f"No workstream actions are recorded on {formats.day(result.scope.as_at)}"


def _late(now: Headline) -> str:
    if not now.overdue:
        return "No action is late"
    return f"{formats.of(now.overdue, now.actions, 'action')} {'is' if now.overdue == 1 else 'are'} late"


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    """Return late actions, then those off track, at risk and done, each out of all actions."""
    now = result.headline
    of_all = f"of {formats.plural(now.actions, 'action')}"
    late = fact(KEYS, now, "overdue", "Late actions", of_all)
    return (
        late if now.actions else replace(late, value=None),
        fact(KEYS, now, "off_track", "Actions off track", of_all),
        fact(KEYS, now, "at_risk", "Actions at risk", of_all),
        fact(KEYS, now, "done", "Actions done", of_all),
    )


def chart(result: Result[Headline, Row]) -> Chart:
    """Return the actions of each workstream, and those that are late."""
    return bars(
        (row.workstream for row in result.rows),
        Axis("Actions", Kind.COUNT),
        series("Actions", "actions", result.rows, KEYS.row_key, label=lambda row: formats.count(row.actions)),
        series(
            "Late",
            "overdue",
            result.rows,
            KEYS.row_key,
            tone=Tone.SECOND,
            label=lambda row: formats.count(row.overdue),
        ),
    )


KPI = Kpi(
    slug="workstreams",
    title="Workstreams",
    question="What is the status of each workstream, and how many actions are late?",
    group=Group.PROGRAMME,
    kind=Kind.COUNT,
    numerator=(
        "Actions of workstreams that are open on the day and were due before it. An action has the "
        "status of its latest dated update by the day; a workstream has that of its worst open action: "
        "off track, at risk, on track, not started; done where all of them are."
    ),
    denominator="Actions of workstreams with an update by the day.",
    left_out="Actions without an update by the day, and those that belong to no workstream.",
    undefined="Not available where no actions are recorded on the day.",
    better=Better.LOWER,
    owner="Programme manager",
    reviewed_on=date(2026, 11, 1),
    source="Workstreams, actions and their updates",
    query=query,
    counts_children=False,
    in_words=sentence,
    figures=facts,
    chart=chart,
    caption=lambda result: f"Workstreams and their actions, {formats.day(result.scope.as_at)}",
    keys=KEYS,
    counts=(Workstream,),
    message=message,
    report=(InReport(ReportSection.AIM, is_public=False),),
    draws_year_before=False,  # a programme's actions cannot be compared with those of a year earlier
)
