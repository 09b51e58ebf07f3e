"""Requests to the two panels and their decisions.

An agreed case is a new placement, a renewal or move of a child already in INMSS, or a future start; so there are far
more agreed cases than new children. A case may be presented more than once, the later decision superseding the earlier.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import fsum
from random import Random

from . import council
from .council import Provision
from .draws import between, chance, day_between, heavy_tailed, pick, settle, share_out, shuffle, weighted
from .records import Placement, Register, age_in_august
from .schools import Schools

INDEPENDENT = "INDEPENDENT"
ADDITIONAL_FUNDING = "ADDITIONAL_FUNDING"
DECIDED_BY = {INDEPENDENT: "Independent placement panel", ADDITIONAL_FUNDING: "Additional funding panel"}
LABEL_NEEDS = {"CL": ("MLD", "SPLD")}
"""The needs of plans behind a label of the panel, if the label is not itself a need."""
DAY_REQUEST = 34_500
RESIDENTIAL_REQUEST = 108_000
"""Average annual cost of a request for a child who is not yet in INMSS."""
Label = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One presentation of a case; `value` in pounds, or None for the case's annual cost."""

    meeting_on: date
    outcome: str
    value: int | None = None
    due_on: date | None = None
    note: str = ""
    void: bool = False


@dataclass(slots=True)
class Case:
    """A request put to a panel; amounts are whole pounds."""

    case_id: str
    panel: str
    child_id: str
    primary_need: str
    secondary_need: str
    received_on: date
    reasons: str
    profile: str
    school_id: str
    attendance: str
    annual_cost: int
    part_year: bool = False
    decisions: list[Decision] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Request:
    """The subject of a case, before it has a date and an outcome."""

    placement: Placement
    label: Label
    cost: float
    attendance: str
    latest: date | None = None
    """For a child who starts in the year: the panel must have agreed before this day."""


def meetings(year: int) -> list[date]:
    """Return the panel's fortnightly Tuesdays of a financial year, none in August."""
    first = date(year, 4, 8)
    first += timedelta(days=(1 - first.weekday()) % 7)
    days = [first + timedelta(days=14 * number) for number in range(26)]
    return [day for day in days if day.month != 8 and day <= date(year + 1, 3, 30)]


class PanelMaker:
    """Makes the cases of one council, year by year."""

    def __init__(self, rng: Random, register: Register, schools: Schools) -> None:
        self.rng = rng
        self.register = register
        self.inmss = list(schools.inmss["DAY"])
        self.made = {INDEPENDENT: 0, ADDITIONAL_FUNDING: 0}

    # The independent placement panel

    def independent(self, year: int) -> Iterator[Case]:
        """Yield the cases whose last decision falls in a financial year."""
        number = council.PANEL_CASES[year]
        published = year == council.LAST_YEAR - 1
        outcomes = dict(council.PANEL_2018) if published else share_out(number, council.PANEL_SHARES)
        requests = self.requests(year, share_out(number, council.PANEL_LABELS), outcomes["AGREED"])
        agreed, rest = requests[: outcomes["AGREED"]], requests[outcomes["AGREED"] :]
        shuffle(self.rng, rest)
        for outcome, cases in outcomes.items():
            about, rest = (agreed, rest) if outcome == "AGREED" else (rest[:cases], rest[cases:])
            shares_of_year = [self.share_of_year(outcome) for _ in about]
            raw = [request.cost * share for request, share in zip(about, shares_of_year, strict=True)]
            total = (
                council.PANEL_VALUE_2018[outcome] if published else int(fsum(raw) * council.PRICE_INDEX[year])
            )
            for request, share, value in zip(about, shares_of_year, settle(raw, total), strict=True):
                yield self.decided(year, request, outcome, value, share)

    def share_of_year(self, outcome: str) -> float:
        """Return the part of a year that the amount covers: most agreed cases start part-way through it."""
        if outcome == "AGREED" and chance(self.rng, 0.5):
            return pick(self.rng, (0.33, 0.5, 0.58, 0.67))
        return 1.0

    def requests(self, year: int, labels: dict[Label, int], agreed: int) -> list[Request]:
        """Return as many requests as there are labels, those to be agreed first; each child at most once a year."""
        starters, settled, elsewhere = self.candidates(year)
        found: list[Request] = []
        seen: dict[str, bool] = {}
        for placement in starters:
            label = self.label_of(placement)
            if labels.get(label, 0) and len(found) < agreed * 0.5:
                labels[label] -= 1
                seen[placement.plan.child.child_id] = True
                cost = sum(placement.fees.values()) / 100 or DAY_REQUEST
                found.append(Request(placement, label, cost, placement.attendance, placement.starts_on))
        to_come = [label for label, number in labels.items() for _ in range(number)]
        shuffle(self.rng, to_come)
        renewals_until = int(agreed * 0.82)
        for label in to_come:
            renewed = take(settled, label, seen) if len(found) < renewals_until else None
            if renewed is not None:
                cost = sum(renewed.fees.values()) / 100 or DAY_REQUEST
                found.append(Request(renewed, label, cost, renewed.attendance))
            else:
                found.append(self.first_request(elsewhere, label, seen))
        return found

    def first_request(
        self, elsewhere: dict[str, list[Placement]], label: Label, seen: dict[str, bool]
    ) -> Request:
        """Return a request for a child who is not in INMSS."""
        placement = take(elsewhere, label, seen)
        assert placement is not None, label
        boards = chance(self.rng, 0.06)
        cost = (RESIDENTIAL_REQUEST if boards else DAY_REQUEST) * heavy_tailed(self.rng)
        return Request(placement, label, cost, "RESIDENTIAL" if boards else "DAY")

    def candidates(
        self, year: int
    ) -> tuple[list[Placement], dict[str, list[Placement]], dict[str, list[Placement]]]:
        """Return the year's INMSS starts agreed by the panel; by need, children long in INMSS and elsewhere."""
        first_meeting = meetings(year)[0]
        starters: list[Placement] = []
        settled: dict[str, list[Placement]] = defaultdict(list)
        elsewhere: dict[str, list[Placement]] = defaultdict(list)
        autumn = date(year, 10, 15)
        for placement in self.register.placements:
            need = placement.plan.primary_need
            if placement.provision == Provision.INMSS:
                if first_meeting + timedelta(days=7) < placement.starts_on <= date(year + 1, 3, 31):
                    if placement.route == "PANEL":
                        starters.append(placement)
                elif placement.open_on(autumn):
                    settled[need].append(placement)
            elif placement.provision in (Provision.SPECIAL, Provision.MAINSTREAM, Provision.SRP):
                age = age_in_august(placement.plan.child.born_on, year)
                if (
                    6 <= age <= 15
                    and placement.open_on(autumn)
                    and placement.plan.issued_on < date(year, 4, 1)
                ):
                    elsewhere[need].append(placement)
        shuffle(self.rng, starters)
        for pool in (settled, elsewhere):
            for placements in pool.values():
                shuffle(self.rng, placements)
        return starters, settled, elsewhere

    def label_of(self, placement: Placement) -> Label:
        """Return the label under which the panel records a child's needs."""
        plan = placement.plan
        if plan.primary_need == "ASD":
            return ("ASD", "SEMH" if plan.secondary_need == "SEMH" else "")
        if plan.primary_need in LABEL_NEEDS["CL"]:
            return ("CL", "")
        return ("VI", "PD") if plan.primary_need == "VI" else (plan.primary_need, "")

    def decided(self, year: int, request: Request, outcome: str, value: int, share: float) -> Case:
        """Return a case with its presentations, the last of them in the financial year."""
        days = meetings(year)
        if request.latest is not None:
            in_time = [day for day in days if day < request.latest - timedelta(days=3)]
            last = max(len(in_time) - between(self.rng, 1, 4), 0)
        else:
            last = self.last_meeting(days, outcome)
        presented = [Decision(days[last], outcome, value if share < 1 or chance(self.rng, 0.2) else None)]
        if outcome == "MORE_INFORMATION":
            due_on = days[last] + timedelta(days=42)
            presented = [
                Decision(days[last], outcome, due_on=due_on, note="Updated professional advice requested")
            ]
        presented = [*self.presented_before(year, last, "Costed offer requested"), *presented]
        if chance(self.rng, 0.004) and last + 1 < len(days):
            presented.append(
                Decision(days[last + 1], "DECLINED", note="Entered on the wrong case", void=True)
            )
        case = self.case(INDEPENDENT, request.placement, request.label, presented[0].meeting_on)
        case.attendance = request.attendance
        case.annual_cost = int(value / share + 0.5)
        case.part_year = share < 1
        case.school_id = self.school_asked_for(request)
        case.decisions = presented
        return case

    def last_meeting(self, days: list[date], outcome: str) -> int:
        """Return the index of a case's last meeting in the year; a recent one if it still awaits information."""
        draws = 6 if outcome == "MORE_INFORMATION" else 1
        return max(between(self.rng, 0, len(days) - 1) for _ in range(draws))

    def presented_before(self, year: int, last: int, wanted: str) -> list[Decision]:
        """Return an earlier presentation for one case in six, up to four meetings before, maybe in the year before."""
        if not chance(self.rng, 0.17):
            return []
        carried = meetings(year - 1)[-4:] if year > council.FIRST_YEAR else []
        before = [*carried, *meetings(year)[:last]][-between(self.rng, 1, 4) :]
        if not before:
            return []
        if chance(self.rng, 0.7):
            due_on = before[0] + timedelta(days=28)
            return [Decision(before[0], "MORE_INFORMATION", due_on=due_on, note=wanted)]
        return [Decision(before[0], "DEFERRED", note="Not heard for lack of time")]

    def school_asked_for(self, request: Request) -> str:
        """Return the child's own INMSS school, or another one; some requests name none."""
        if request.placement.provision == Provision.INMSS:
            return request.placement.school.school_id
        return pick(self.rng, self.inmss).school_id if chance(self.rng, 0.85) else ""

    def case(self, panel: str, placement: Placement, label: Label, first_meeting: date) -> Case:
        """Return a case received one to seven weeks before a meeting, without costs and decisions."""
        self.made[panel] += 1
        code = "IP" if panel == INDEPENDENT else "AF"
        received_on = first_meeting - timedelta(days=between(self.rng, 7, 48))
        return Case(
            case_id=f"{self.register.prefix}{code}{self.made[panel]:05d}",
            panel=panel,
            child_id=placement.plan.child.child_id,
            primary_need=label[0],
            secondary_need=label[1],
            received_on=max(received_on, placement.plan.child.born_on),
            reasons=self.reasons(panel),
            profile=self.profile(label[0]),
            school_id="",
            attendance="DAY",
            annual_cost=0,
        )

    def reasons(self, panel: str) -> str:
        """Return one or two of the panel's reasons."""
        if panel == INDEPENDENT:
            return weighted(
                self.rng, {"COMPLEXITY": 56, "CAPACITY": 22, "COMPLEXITY;CAPACITY": 16, "OTHER": 6}
            )
        return weighted(
            self.rng,
            {
                "ONE_TO_ONE": 44,
                "STAFF_RATIO": 22,
                "AWAITING_PLACEMENT": 18,
                "ONE_TO_ONE;STAFF_RATIO": 12,
                "OTHER": 4,
            },
        )

    def profile(self, need: str) -> str:
        """Return the main profile behind a request."""
        if need == "ASD":
            return "BEHAVIOUR_ANXIETY" if chance(self.rng, 0.68) else "OTHER"
        if need == "SEMH":
            return "COMPLEX_MENTAL_HEALTH" if chance(self.rng, 0.62) else "OTHER"
        return "OTHER"

    # The additional funding panel

    def funding(self, year: int) -> Iterator[Case]:
        """Yield requests for support beyond a placement in a state special school, an SRP or mainstream."""
        _, _, elsewhere = self.candidates(year)
        pool = [placement for placements in elsewhere.values() for placement in placements]
        shuffle(self.rng, pool)
        pool.sort(
            key=lambda placement: placement.provision == Provision.MAINSTREAM and chance(self.rng, 0.85)
        )
        days = meetings(year)
        shares = council.FUNDING_SHARES if year == council.LAST_YEAR - 1 else council.PANEL_SHARES
        for placement in pool[: council.FUNDING_CASES[year]]:
            outcome = weighted(self.rng, shares)
            last = self.last_meeting(days, outcome)
            due_on = days[last] + timedelta(days=21) if outcome == "MORE_INFORMATION" else None
            before = self.presented_before(year, last, "Support plan requested")
            plan, presented = placement.plan, [*before, Decision(days[last], outcome, due_on=due_on)]
            needs = (plan.primary_need, plan.secondary_need)
            case = self.case(ADDITIONAL_FUNDING, placement, needs, presented[0].meeting_on)
            case.school_id = placement.school.school_id
            case.annual_cost = int(9_400 * heavy_tailed(self.rng))
            case.decisions = presented
            yield case

    # Not heard yet

    def awaiting(self, panel: str, number: int) -> Iterator[Case]:
        """Yield cases received by the last day without a decision."""
        _, _, elsewhere = self.candidates(council.LAST_YEAR - 1)
        labels = council.PANEL_LABELS
        for _ in range(number):
            label = weighted(self.rng, labels)
            placement = take(elsewhere, label, {})
            assert placement is not None
            case = self.case(panel, placement, label, council.LAST_DAY)
            case.received_on = day_between(self.rng, date(council.LAST_YEAR, 2, 11), council.LAST_DAY)
            average = DAY_REQUEST if panel == INDEPENDENT else 9_400
            case.annual_cost = int(average * heavy_tailed(self.rng))
            case.school_id = "" if panel == INDEPENDENT else placement.school.school_id
            yield case


def take(pool: dict[str, list[Placement]], label: Label, seen: dict[str, bool]) -> Placement | None:
    """Take out of a pool a placement of a child with the label's need who has not been used yet."""
    for need in LABEL_NEEDS.get(label[0], (label[0],)):
        while pool[need]:
            placement = pool[need].pop()
            if placement.plan.child.child_id not in seen:
                seen[placement.plan.child.child_id] = True
                return placement
    return None


def make_cases(rng: Random, register: Register, schools: Schools) -> Iterator[Case]:
    """Yield all cases of one council."""
    maker = PanelMaker(rng, register, schools)
    for year in council.PANEL_CASES:
        yield from maker.independent(year)
    for year in council.FUNDING_CASES:
        yield from maker.funding(year)
    yield from maker.awaiting(INDEPENDENT, council.PANEL_AWAITING)
    yield from maker.awaiting(ADDITIONAL_FUNDING, council.FUNDING_AWAITING)
