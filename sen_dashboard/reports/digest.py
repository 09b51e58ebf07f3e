"""The monthly digest: targets and limits crossed, movement of the forecast, and breaches and actions to come.

It goes by email, so it gives the status of figures about children but never the figures themselves; the only amounts
are the whole council's. The programme's actions appear in their own words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from placements.as_at import default_as_at
from sen_dashboard import kpis
from sen_dashboard.accounts.permissions import Permission, may
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.definition import Kpi, Result, ask, no_goal
from sen_dashboard.core.kpi.movements import can_move
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.kpi.status import Standing, judge, standing
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs.kinds import JobError
from sen_dashboard.programme.models import Action, Status
from sen_dashboard.programme.queue import SOON_DAYS
from sen_dashboard.reports import mailing
from sen_dashboard.reports.models import DigestRequest

FORECAST = "outturn_vs_forecast"
PACE_MONTHS = 3
"""The number of months that the pace is measured over, and that it is projected."""
WORST_FIRST = (Standing.OUTSIDE_LIMIT, Standing.WITHIN_LIMIT, Standing.TARGET_MET)

Answered = tuple[Kpi[Any, Any], Result[Any, Any]]


@dataclass(frozen=True)
class Digest:
    """What happened in a month, in sentences."""

    month: Month
    crossed: tuple[str, ...]
    forecast: str
    to_come: tuple[str, ...]
    late: tuple[str, ...]
    soon_due: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The subject of the email."""
        return f"SEN monthly digest: {formats.month_in_words(self.month.start)}"

    @property
    def text(self) -> str:
        """The text of the email."""
        before = formats.month_in_words(self.month.plus(-1).start)
        paragraphs = [
            self.subject,
            _section(
                f"Targets and limits crossed since {before}",
                self.crossed,
                "No figure crossed its target or limit.",
            ),
            _section("Forecast for the year", [self.forecast], ""),
            _section(
                "Expected breaches, if the trend of the last three months continues",
                self.to_come,
                "On this trend no figure will breach its target or limit within three months.",
            ),
            _section(
                f"Actions of the programme that are late on {formats.day(self.month.end)}",
                self.late,
                "No action is late.",
            ),
            _section(
                f"Actions that are due by {formats.day(_soon(self.month.end))}",
                self.soon_due,
                "No action is due by then.",
            ),
            "Expected breaches are calculated from the last three months; they are not a forecast.",
            f"The figures: {settings.SITE_URL}{reverse('overview')}?as_at={self.month.end.isoformat()}",
            f"You asked for this digest. To stop receiving it: {settings.SITE_URL}{reverse('digest')}",
        ]
        return "\n\n".join(paragraphs) + "\n"


def _section(heading: str, lines: Sequence[str], otherwise: str) -> str:
    return "\n".join([heading, *(f"- {line}" for line in lines or [otherwise])])


def latest_month(today: date) -> Month:
    """The latest month in the ledger that is over."""
    month = Month.containing(default_as_at(today).day)
    return month if month.end < today else month.plus(-1)


def digest(month: Month) -> Digest:
    """The digest of the month, compared with the month before."""
    with_goal = [(kpi, result) for kpi, result in _answers(month.end) if kpi.goal(result) is not None]
    return Digest(
        month,
        tuple(_sentences(_crossed, with_goal)),
        _forecast(month),
        tuple(_sentences(_to_come, with_goal)),
        tuple(map(_action, Action.objects.late_on(month.end).by_due())),
        tuple(map(_action, Action.objects.due_within(month.end, SOON_DAYS).by_due())),
    )


def send(month: Month) -> str:
    """Email the digest to everyone who asked for it and may still read reports; returns the outcome in words.

    Raises JobError.
    """
    asked = DigestRequest.objects.select_related("user").exclude(user__email="").order_by("asked_at")
    addresses = [request.user.email for request in asked if may(request.user, Permission.READ_REPORTS)]
    if not addresses:
        return "No email was sent: nobody has asked for the digest."
    if missing := mailing.what_is_missing():
        raise JobError(missing)
    found = digest(month)
    return mailing.send(found.subject, found.text, addresses)


def _answers(day: date) -> Iterator[Answered]:
    """The KPIs that can have a goal, with their answers."""
    return ((kpi, ask(kpi, Scope(day))) for kpi in kpis.KPIS if kpi.goal is not no_goal)


def _sentences(say: Callable[[Answered], str], answered: Sequence[Answered]) -> Iterator[str]:
    return filter(None, map(say, answered))


def _crossed(answered: Answered) -> str:
    """A figure's change of status since the month before; empty if there is none."""
    kpi, result = answered
    now = standing(kpi, result)
    before = standing(kpi, ask(kpi, Scope(_end(result.scope.as_at, -1))))
    if now in (before, Standing.FOR_INFORMATION):
        return ""
    if before is Standing.FOR_INFORMATION:
        return f"{kpi.title}: {now}. Not available for the month before."
    return f"{kpi.title}: {now}. The month before: {before}."


def _forecast(month: Month) -> str:
    """How the forecast of the whole year moved since the month before, in £."""
    kpi = kpis.find(FORECAST)
    now, before = (ask(kpi, Scope(day)).headline for day in (month.end, month.plus(-1).end))
    if now.forecast is None:
        return f"No forecast of {now.financial_year} has been made."
    forecast = f"The forecast of {now.financial_year}"
    if before.financial_year != now.financial_year or before.forecast is None:
        return f"{forecast} is {formats.pounds_short(now.forecast)}; the month before there was none."
    change = now.forecast - before.forecast
    if not change:
        return f"{forecast} is {formats.pounds_short(now.forecast)}, as it was the month before."
    return (
        f"{forecast} {'rose' if change > 0 else 'fell'} by {formats.pounds_short(abs(change))}, from "
        f"{formats.pounds_short(before.forecast)} to {formats.pounds_short(now.forecast)}."
    )


def _to_come(answered: Answered) -> str:
    """The first month end at which a figure would have a worse status at its recent pace; empty if none is near.

    The goal is taken as it is now. A figure that starts afresh each year has no pace.
    """
    kpi, result = answered
    now, as_at = kpi.held_to_goal(result), result.scope.as_at
    then = kpi.held_to_goal(ask(kpi, Scope(_end(as_at, -PACE_MONTHS))))
    if not can_move(kpi) or now.label != then.label or now.number is None or then.number is None:
        return ""
    pace = (now.number - then.number) / PACE_MONTHS
    stands = standing(kpi, result)
    for months in range(1, PACE_MONTHS + 1):
        ahead = judge(kpi.better, replace(now, value=now.number + pace * months), kpi.goal(result))
        if WORST_FIRST.index(ahead) < WORST_FIRST.index(stands):
            when = formats.day(_end(as_at, months))
            return f"{kpi.title}: {ahead} by {when}. Now: {stands}."
    return ""


def _action(action: Any) -> str:
    """An open action with its status: "Negotiate fees. At risk; due on 15 March 2019; owner: Head of SEN"."""
    owner = f"; owner: {action.owner}" if action.owner else ""
    return f"{action.title.rstrip('.')}. {Status(action.status).label}; due on {formats.day(action.due_on)}{owner}"


def _soon(day: date) -> date:
    """The last due date that counts as soon."""
    return day + timedelta(days=SOON_DAYS)


def _end(day: date, months: int) -> date:
    """The end of the month that is so many months after the day's."""
    return Month.containing(day).plus(months).end
