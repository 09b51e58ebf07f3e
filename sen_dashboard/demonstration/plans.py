"""Plans and placements, year by year: who leaves, moves and is new between one 31 March and the next.

Each year first draws the leavers that age and circumstances bring, then fills every provision up to its number for the
next 31 March with children who move there and with new plans. So the numbers on each 31 March are exact by
construction, and everything in between follows the school year. A child moves at most once in a financial year.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from . import children, council
from .children import Cell
from .council import Provision
from .draws import between, chance, day_between, pick, shuffle
from .records import ONE_DAY, Child, Placement, Plan, Register, School, age_in_august
from .schools import Bench, Schools, quota

FILL_ORDER = (
    Provision.INMSS,
    Provision.SPECIAL,
    Provision.SRP,
    Provision.OTHER,
    Provision.POST_16,
    Provision.MAINSTREAM,
    Provision.AWAITING,
)
"""A provision takes children from those after it, so the scarcest come first."""
PULLED = {Provision.INMSS: 0.62, Provision.SPECIAL: 0.45, Provision.SRP: 0.4, Provision.OTHER: 0.3}
"""The share of the children joining a provision who move there from another."""
PULLED_FROM = {
    Provision.INMSS: {Provision.SPECIAL: 0.3, Provision.MAINSTREAM: 0.6, Provision.SRP: 0.1},
    Provision.SPECIAL: {Provision.MAINSTREAM: 0.85, Provision.SRP: 0.15},
    Provision.SRP: {Provision.MAINSTREAM: 1.0},
    Provision.OTHER: {Provision.MAINSTREAM: 1.0},
}

MOVES = {Provision.INMSS: 0.025, Provision.SPECIAL: 0.005, Provision.SRP: 0.0}
"""Chance in a year that a child moves to another school in the same provision."""


@dataclass(slots=True)
class Life:
    """A child with a plan in force, and the open placement, if any."""

    plan: Plan
    cell: Cell
    placement: Placement | None = None

    def age(self, year: int) -> int:
        """Age on 31 August of a year."""
        return age_in_august(self.plan.child.born_on, year)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A child about to be placed; the school is found once all arrivals of a bench are known."""

    life: Life
    starts_on: date


class Cohort:
    """All children with a plan, carried from one 31 March to the next."""

    def __init__(self, rng: Random, register: Register, schools: Schools) -> None:
        self.rng = rng
        self.register = register
        self.schools = schools
        self.lives: dict[Provision, list[Life]] = {provision: [] for provision in FILL_ORDER}
        self.bound_for: dict[Provision, list[tuple[Life, date]]] = {}

    # The first 31 March

    def begin(self) -> None:
        """Make the children with a statement on 31 March of the first year."""
        year = council.FIRST_YEAR
        for provision in FILL_ORDER:
            arrivals: dict[Bench, list[Arrival]] = defaultdict(list)
            for cell, number in children.cells(provision, year).items():
                for _ in range(number):
                    life, starts_on = self.long_standing(provision, cell, year)
                    self.lives[provision].append(life)
                    arrivals[cell.bench].append(Arrival(life, starts_on))
            self.place(provision, arrivals, [], year)

    def long_standing(self, provision: Provision, cell: Cell, year: int) -> tuple[Life, date]:
        """Return a child who has been in a provision since some earlier September."""
        rng = self.rng
        child = self.new_child(children.STOCK_AGES[provision], cell, year)
        age = age_in_august(child.born_on, year)
        latest = date(year - 1, 9, between(rng, 1, 6))
        years_before = between(rng, 0, max(0, min(age - children.first_age(provision, cell, age), 5)))
        starts_on = latest.replace(year=latest.year - years_before)
        earliest_plan = child.born_on + timedelta(days=900)
        issued_on = day_between(rng, max(earliest_plan, starts_on - timedelta(days=500)), starts_on)
        issued_on = min(issued_on, starts_on)
        return self.new_life(provision, cell, child, issued_on), starts_on

    # One year

    def advance(self, year: int) -> None:
        """Carry everybody from 31 March of `year` to 31 March of the year after."""
        self.bound_for = {provision: [] for provision in FILL_ORDER}
        for provision in FILL_ORDER:
            self.lives[provision] = [
                life for life in self.lives[provision] if not self.leaves(provision, life, year)
            ]
        for provision in FILL_ORDER:
            self.fill(provision, year)

    def leaves(self, provision: Provision, life: Life, year: int) -> bool:
        """Return whether a child leaves a provision in the year; if so, begin the move."""
        rng = self.rng
        age = life.age(year)
        if provision is Provision.AWAITING:
            self.bound_for[children.after_waiting(rng, age)].append(
                (life, date(year, 4, between(rng, 5, 28)))
            )
            return True
        if chance(rng, children.leaving_chance(provision, age)):
            ended_on = date(year, 8, 31)
        elif chance(rng, children.IN_YEAR_LEAVERS[provision]):
            ended_on = day_between(rng, date(year, 4, 25), date(year + 1, 3, 10))
        else:
            return False
        self.send_on(provision, life, ended_on, children.destination(rng, provision, age, year))
        return True

    def send_on(
        self, provision: Provision, life: Life, ended_on: date, destination: Provision | None
    ) -> None:
        """End a placement, and either pass the child on to another provision or cease the plan."""
        moves = destination is not None
        self.end(life, ended_on, children.end_reason(self.rng, provision, ended_on, moves))
        if destination is None:
            self.cease(life, ended_on)
        else:
            self.bound_for[destination].append((life, ended_on))

    def end(self, life: Life, ended_on: date, end_reason: str) -> None:
        """End the open placement."""
        if life.placement is not None:
            life.placement.ends_on = ended_on
            life.placement.end_reason = end_reason
            life.placement = None

    def cease(self, life: Life, ended_on: date) -> None:
        """Cease a plan on the day after its last placement or, one in three, within six weeks."""
        days = 1 if chance(self.rng, 0.67) else between(self.rng, 2, 42)
        last = date(ended_on.year + (ended_on.month > 3), 3, 31)
        life.plan.ceased_on = min(ended_on + timedelta(days=days), last)
        life.plan.cease_reason = children.cease_reason(
            self.rng, age_in_august(life.plan.child.born_on, ended_on.year)
        )

    def fill(self, provision: Provision, year: int) -> None:
        """Bring a provision to its number on the next 31 March."""
        staying: dict[Cell, list[Life]] = defaultdict(list)
        for life in self.lives[provision]:
            staying[life.cell].append(life)
        waiting: dict[Cell, list[tuple[Life, date]]] = defaultdict(list)
        for life, ended_on in self.bound_for[provision]:
            waiting[children.cell_of(provision, life.age(year))].append((life, ended_on))
        arrivals: dict[Bench, list[Arrival]] = defaultdict(list)
        kept: list[Life] = []
        for cell, number in children.cells(provision, year + 1).items():
            here = staying[cell]
            coming = waiting[cell]
            if provision is Provision.MAINSTREAM and len(here) + len(coming) > number:
                self.release(provision, here, len(here) + len(coming) - number, year)
            elif len(here) > number:
                self.release(provision, here, len(here) - number, year)
            wanted = number - len(here)
            for life, ended_on in coming[:wanted]:
                arrivals[cell.bench].append(Arrival(life, self.start_after(ended_on)))
                life.cell = cell
            for life, ended_on in coming[wanted:]:
                self.turn_away(provision, life, ended_on, year)
            for _ in range(wanted - len(coming)):
                arrivals[cell.bench].append(self.arrive(provision, cell, year))
            kept += here
        self.lives[provision] = kept + [arrival.life for bench in arrivals.values() for arrival in bench]
        self.place(provision, arrivals, kept, year + 1)

    def release(self, provision: Provision, here: list[Life], number: int, year: int) -> None:
        """Let the oldest leave at the end of August, if a provision shrinks by more than its leavers."""
        here.sort(key=lambda life: (life.plan.child.born_on, life.plan.plan_id))
        for life in here[:number]:
            onward = Provision.POST_16 if life.age(year) >= 16 and provision in PULLED else None
            self.send_on(provision, life, date(year, 8, 31), onward)
        del here[:number]

    def turn_away(self, provision: Provision, life: Life, ended_on: date, year: int) -> None:
        """Keep a child for whom a provision has no room in mainstream or, if too old, cease the plan."""
        if provision in PULLED and life.age(year) < 16:
            self.bound_for[Provision.MAINSTREAM].append((life, ended_on))
        else:
            self.cease(life, ended_on)

    def start_after(self, ended_on: date) -> date:
        """Return the first day in the next placement: in September after a 31 August, otherwise within three weeks."""
        latest = 4 if (ended_on.month, ended_on.day) == (8, 31) else 20
        return ended_on + timedelta(days=between(self.rng, 1, latest))

    # Arrivals

    def arrive(self, provision: Provision, cell: Cell, year: int) -> Arrival:
        """Return a child who moves here from another provision or has a new plan."""
        starts_on = children.start_day(self.rng, provision, year)
        if chance(self.rng, PULLED.get(provision, 0)):
            life = self.pull(provision, cell, year)
            if life is not None:
                autumn = (starts_on.year, starts_on.month) == (year, 9)
                ended_on = date(year, 8, 31) if autumn and starts_on.day < 8 else starts_on - ONE_DAY
                self.end(life, ended_on, "MOVED")
                life.cell = cell
                return Arrival(life, starts_on)
        child = self.new_child(children.ENTRY_AGES[provision], cell, year)
        lead = 0 if provision in (Provision.MAINSTREAM, Provision.AWAITING) else between(self.rng, 3, 60)
        issued_on = max(starts_on - timedelta(days=lead), date(year, 4, 1))
        return Arrival(self.new_life(provision, cell, child, issued_on), starts_on)

    def pull(self, provision: Provision, cell: Cell, year: int) -> Life | None:
        """Return a child of the right need and age from another provision; None if none is found at once."""
        rng = self.rng
        source = self.lives[children.weighted_provision(rng, PULLED_FROM[provision])]
        for _ in range(40):
            index = int(rng.random() * len(source))
            life = source[index]
            if children.suits(provision, cell, life.plan.primary_need, life.age(year)):
                source[index] = source[-1]
                source.pop()
                return life
        return None

    def new_child(self, ages: dict[int, float], cell: Cell, year: int) -> Child:
        """Return a child of an age that suits the cell, living anywhere in the county."""
        born_on = children.birthday(self.rng, children.age_in_cell(self.rng, ages, cell), year)
        return self.register.new_child(born_on, children.home(self.rng))

    def new_life(self, provision: Provision, cell: Cell, child: Child, issued_on: date) -> Life:
        """Return a child with a new plan, with needs that suit the cell."""
        primary = children.primary_need(self.rng, provision, cell)
        secondary = children.secondary_need(self.rng, primary)
        return Life(self.register.new_plan(child, issued_on, primary, secondary), cell)

    # Schools

    def place(
        self, provision: Provision, arrivals: dict[Bench, list[Arrival]], kept: list[Life], year: int
    ) -> None:
        """Find a school for every arrival; quotas of the 31 March of `year` are met exactly if there are any."""
        if provision is Provision.AWAITING:
            return
        shares = self.schools.shares(provision)
        if not shares:
            self.place_freely(provision, arrivals, kept, year)
            return
        for bench, weights in shares.items():
            target = sum(n for cell, n in children.cells(provision, year).items() if cell.bench == bench)
            here = [life for life in kept if life.cell.bench == bench]
            self.place_by_quota(provision, bench, quota(weights, target), arrivals[bench], here, year)

    def place_by_quota(
        self,
        provision: Provision,
        bench: Bench,
        quotas: dict[School, int],
        arrivals: list[Arrival],
        kept: list[Life],
        year: int,
    ) -> None:
        """Fill the vacancies of each school; some children, and those above a quota, move to another school."""
        vacancies = dict(quotas)
        left: dict[str, School] = {}
        arriving = list(arrivals)
        shuffle(self.rng, kept)
        for life in kept:
            placement = life.placement
            assert placement is not None
            if vacancies[placement.school] > 0 and not chance(self.rng, MOVES[provision]):
                vacancies[placement.school] -= 1
                continue
            left[life.plan.plan_id] = placement.school
            ended_on = date(year - 1, 8, 31)
            self.end(life, ended_on, "MOVED")
            arriving.append(Arrival(life, ended_on + ONE_DAY))
        seats = [school for school, free in vacancies.items() for _ in range(free)]
        shuffle(self.rng, seats)
        if provision is Provision.SPECIAL:
            shuffle(self.rng, arriving)
            arriving.sort(
                key=lambda arrival: children.SPECIALISMS.index(children.specialism(arrival.life.plan))
            )
            seats.sort(key=lambda school: children.SPECIALISMS.index(school.needs[0]))
        keep_apart(seats, [left.get(arrival.life.plan.plan_id) for arrival in arriving])
        for arrival, school in zip(arriving, seats, strict=True):
            self.start(provision, arrival, school, "RESIDENTIAL" if bench == "RESIDENTIAL" else "DAY")

    def place_freely(
        self, provision: Provision, arrivals: dict[Bench, list[Arrival]], kept: list[Life], year: int
    ) -> None:
        """Place children in provisions without quotas; mainstream children go on to a secondary school at 11."""
        for bench in arrivals.values():
            for arrival in bench:
                self.start(
                    provision, arrival, self.free_choice(provision, arrival.life, arrival.starts_on), "DAY"
                )
        if provision is not Provision.MAINSTREAM:
            return
        for life in kept:
            if life.age(year - 1) == 11 and life.placement and life.placement.school.phase == "Primary":
                self.end(life, date(year - 1, 8, 31), "TRANSITION")
                starts_on = date(year - 1, 9, between(self.rng, 1, 5))
                self.start(
                    provision, Arrival(life, starts_on), self.free_choice(provision, life, starts_on), "DAY"
                )

    def free_choice(self, provision: Provision, life: Life, starts_on: date) -> School:
        """Return a school, college or setting for the child's age, in mainstream near home."""
        if provision is Provision.POST_16:
            return pick(self.rng, self.schools.colleges)
        if provision is Provision.OTHER:
            independent = chance(self.rng, 0.15)
            return pick(self.rng, self.schools.independent_mainstream if independent else self.schools.other)
        last_august = starts_on.year if starts_on.month >= 9 else starts_on.year - 1
        phase = "Secondary" if life.age(last_august) >= 11 else "Primary"
        return pick(self.rng, self.schools.mainstream[phase, life.plan.child.district])

    def start(self, provision: Provision, arrival: Arrival, school: School, attendance: str) -> None:
        """Open a placement."""
        placement = self.register.new_placement(
            arrival.life.plan, school, provision, attendance, arrival.starts_on
        )
        children.describe(self.rng, placement)
        arrival.life.placement = placement


def keep_apart(seats: list[School], left: list[School | None]) -> None:
    """Swap seats so that nobody gets one in the school that they have just left."""
    for index, school in enumerate(left):
        if school is None or seats[index] is not school:
            continue
        for other in range(len(seats)):
            if seats[other] is not school and left[other] is not school:
                seats[index], seats[other] = seats[other], seats[index]
                break


def make_plans(rng: Random, register: Register, schools: Schools) -> None:
    """Make all plans and placements of one council, from the first to the last 31 March."""
    cohort = Cohort(rng, register, schools)
    cohort.begin()
    for year in range(council.FIRST_YEAR, council.LAST_YEAR):
        cohort.advance(year)
    children.know_ahead(rng, register)
    children.go_astray(rng, register)
