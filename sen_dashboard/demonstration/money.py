"""Budgets, monthly forecasts and the ledger of two budget lines.

INMSS schools bill each term in advance for the children on their roll, send a supplement for those who join later and a
credit for those who leave early; some bill by the half term or month, and some invoices are posted months late. Fees
that accrue by days or months are billed every month. Besides agreed fees, a few schools bill uplifts that nobody
agreed, and some one-off payments name no school. All amounts are scaled so that 2018-19 comes to the outturn that the
council reports.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import fsum
from random import Random

from . import council
from .costs import fee_in_year
from .council import Provision
from .draws import between, chance, settle
from .records import ONE_DAY, Placement, Register, academic_year, financial_year

LAST_YEARS_BEGINNING = f"{council.LAST_YEAR - 1}-03"
"""The month before the last financial year."""

BILLING_OFFSETS = {"TERM": (0,), "HALF_TERM": (0, 2), "MONTH": (0, 1, 2)}
"""Months after the start of a term in which a school bills its shares of the term."""

BILLED_MONTHLY = ("DAYS", "MONTHS")
"""The accruals whose fees are billed in every month of a term."""

MONTHS_OF_TERM = {"T1": 4, "T2": 3, "T3": 5}
"""Months of a term billed by the month: from September, January and April."""

BESIDE_THE_FEES = 0.0172
"""The share of the outturn not explained by fees: the cost lines of 2018-19 accrue so much less."""

OVERBILLING_SCHOOLS = 9
"""The number of schools a year that bill more than was agreed."""

WITHOUT_A_SCHOOL = 0.4
"""The share of payments other than fees that name no school."""

TOP_UPS = {Provision.SPECIAL: 7_650, Provision.SRP: 3_900}
"""Average top-up of a child, in pounds a year."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Actual spending posted to a month, in pence; credits are negative."""

    month: str
    line: str
    school_id: str
    reference: str
    pence: int


@dataclass(frozen=True, slots=True)
class Term:
    """A billing term: a third of the annual fee."""

    name: str
    year: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Forecast:
    """The full-year spending expected on a day, in whole pounds."""

    year: int
    line: str
    made_on: date
    amount: int


def terms() -> list[Term]:
    """Return the terms billed from April 2013 to March 2019."""
    found = []
    for year in range(council.FIRST_YEAR - 1, council.LAST_YEAR):
        found += [
            Term("T1", year, date(year, 9, 1), date(year, 12, 31)),
            Term("T2", year, date(year + 1, 1, 1), date(year + 1, 3, 31)),
            Term("T3", year, date(year + 1, 4, 1), date(year + 1, 8, 31)),
        ]
    return [term for term in found if date(council.FIRST_YEAR, 4, 1) <= term.first <= council.LAST_DAY]


def month_after(day: date, months: int) -> str:
    """Return a month some months after a day, but never after the last day of the records."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(f"{years:04d}-{month + 1:02d}", council.LAST_DAY.isoformat()[:7])


def term_fee(placement: Placement, year: int) -> float:
    """Return a third of the annual fee that the education budget bears, in pence."""
    return (
        fsum(
            fee_in_year(placement, kind, year)
            * (float(placement.boarding_share) / 100 if kind == "BOARDING" else 1)
            for kind in placement.fees
        )
        / 3
    )


class Biller:
    """Collects each INMSS school's postings, in unscaled pence by school, month and reference."""

    def __init__(self, rng: Random, prefix: str) -> None:
        self.rng = rng
        self.prefix = prefix
        self.billing: dict[str, str] = {}
        self.on_roll: dict[tuple[str, int, str], float] = defaultdict(float)
        self.monthly: dict[tuple[str, date], float] = defaultdict(float)
        self.postings: dict[tuple[str, str, str], float] = defaultdict(float)

    def bill(self, placement: Placement, term: Term) -> None:
        """Add a placement's part of a term to its school's bill."""
        last = placement.ends_on or council.LAST_DAY + 365 * ONE_DAY
        if placement.plan.ceased_on is not None:
            last = min(last, placement.plan.ceased_on - ONE_DAY)
        if placement.accrual in BILLED_MONTHLY:
            self._bill_months(placement, term, last)
            return
        if last < term.first or placement.starts_on > term.last:
            return
        fee = term_fee(placement, term.year)
        length = (term.last - term.first).days + 1
        school = placement.school.school_id
        name = f"{term.year}{term.name}"
        if placement.starts_on <= term.first + timedelta(days=10):
            self.on_roll[school, term.year, term.name] += fee
        else:
            part = (term.last - placement.starts_on).days + 1
            self.postings[school, month_after(placement.starts_on, 1), f"SUP-{name}"] += fee * part / length
        if last < term.last - timedelta(days=14):
            unused = (term.last - last).days / length
            self.postings[school, month_after(last, between(self.rng, 1, 3)), f"CRN-{name}"] -= (
                fee * unused * 0.6
            )
        elif chance(self.rng, 0.008):
            self.postings[school, month_after(term.last, 1), f"ATT-{name}"] -= fee * 0.12

    def _bill_months(self, placement: Placement, term: Term, last: date) -> None:
        """Add the fee of each month of a term, by the days on which the child is there."""
        fee = term_fee(placement, term.year) / 4  # a twelfth of the year
        for number in range(MONTHS_OF_TERM[term.name]):
            first = date(term.first.year, term.first.month + number, 1)
            end = first.replace(day=monthrange(first.year, first.month)[1])
            days = (min(end, last) - max(first, placement.starts_on)).days + 1
            if days > 0 and first <= council.LAST_DAY:
                self.monthly[placement.school.school_id, first] += fee * days / end.day

    def post_invoices(self, every_term: list[Term]) -> None:
        """Turn the fees of the children on roll into invoices, one in twelve of them posted late.

        At the year-end nearly all late invoices for the spring term are included.
        """
        for term in every_term:
            for (school, year, name), fee in self.on_roll.items():
                if (year, name) != (term.year, term.name):
                    continue
                offsets = BILLING_OFFSETS[self.billing_of(school)]
                for number, offset in enumerate(offsets, start=1):
                    month = month_after(term.first, offset)
                    if chance(self.rng, 0.08):
                        late = month_after(term.first, offset + between(self.rng, 1, 4))
                        year_end = f"{financial_year(term.first) + 1}-03"
                        month = late if chance(self.rng, 0.1) else max(month, min(late, year_end))
                    self.postings[school, month, f"INV-{year}{name}-{number}"] += fee / len(offsets)

        for (school, first), fee in self.monthly.items():
            months_late = int(chance(self.rng, 0.05))
            self.postings[school, month_after(first, months_late), f"MON-{first:%Y-%m}"] += fee

    def post_beside_the_fees(self, part: float) -> None:
        """Add ``part`` of each year's bills as uplifts nobody agreed, and payments that name no school."""
        by_year: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for (school, month, _), amount in self.postings.items():
            by_year[financial_year(date.fromisoformat(f"{month}-01"))][school] += amount
        for year, schools in sorted(by_year.items()):
            beside = part * fsum(schools.values())
            largest = sorted(schools, key=lambda school: (-schools[school], school))[
                : 3 * OVERBILLING_SCHOOLS
            ]
            chosen = self.rng.sample(largest, min(OVERBILLING_SCHOOLS, len(largest)))
            for school in chosen:
                month = month_after(date(year, 4, 1), between(self.rng, 6, 10))
                self.postings[school, month, f"UPLIFT-{year}"] += (
                    beside * (1 - WITHOUT_A_SCHOOL) / len(chosen)
                )
            for number in range(12):
                month = month_after(date(year, 4, 1), number)
                self.postings["", month, f"{self.prefix}ONE-OFF-{month}"] += beside * WITHOUT_A_SCHOOL / 12

    def billing_of(self, school: str) -> str:
        """Return how often a school bills: most by the term."""
        if school not in self.billing:
            share = self.rng.random()
            self.billing[school] = "TERM" if share < 0.72 else "HALF_TERM" if share < 0.88 else "MONTH"
        return self.billing[school]


def inmss_postings(rng: Random, register: Register) -> list[Posting]:
    """Return the ledger of line 1.2.3, in order of month, school and reference."""
    biller = Biller(rng, register.prefix)
    every_term = terms()
    for placement in register.placements:
        if placement.provision == Provision.INMSS and placement.fees:
            for term in every_term:
                biller.bill(placement, term)
    biller.post_invoices(every_term)
    biller.post_beside_the_fees(BESIDE_THE_FEES / (1 - BESIDE_THE_FEES))
    keys = sorted(biller.postings, key=lambda key: (key[1], key[0], key[2]))
    last_year = [key for key in keys if key[1] > LAST_YEARS_BEGINNING]
    raw = [biller.postings[key] for key in last_year]
    target = round(council.INMSS_OUTTURN_2018 * 100)
    factor = target / fsum(raw)
    exact = dict(zip(last_year, settle_signed(raw, target), strict=True))
    return [
        Posting(
            key[1], council.INMSS_LINE, key[0], key[2], exact.get(key, round(biller.postings[key] * factor))
        )
        for key in keys
    ]


def settle_signed(raw: list[float], total: int) -> list[int]:
    """Do the same as `settle`, for amounts of which some are credits."""
    credit = round(fsum(value for value in raw if value < 0) * total / fsum(raw))
    debits = iter(settle([value for value in raw if value >= 0], total - credit))
    credits_ = iter(settle([-value for value in raw if value < 0], -credit))
    return [next(debits) if value >= 0 else -next(credits_) for value in raw]


def top_up_postings(rng: Random, prefix: str) -> Iterator[Posting]:
    """Yield line 1.2.1, top-ups of state special schools and resourced provision: a posting a month, without school."""
    for year in range(council.FIRST_YEAR, council.LAST_YEAR):
        for number in range(12):
            month = month_after(date(year, 4, 1), number)
            annual = fsum(
                top_up * children_between(provision, year, number / 12)
                for provision, top_up in TOP_UPS.items()
            )
            price = council.PRICE_INDEX[academic_year(date.fromisoformat(f"{month}-01"))]
            pence = int(annual * price / 12 * (0.99 + 0.02 * rng.random()) * 100)
            yield Posting(month, council.TOP_UP_LINE, "", f"{prefix}TOP-UP-{month}", pence)


def children_between(provision: Provision, year: int, progress: float) -> float:
    """Return the number of children in a provision between one 31 March and the next."""
    return council.stock(provision, year) * (1 - progress) + council.stock(provision, year + 1) * progress


def forecasts(rng: Random, scale: int, outturns: dict[tuple[str, int], int]) -> Iterator[Forecast]:
    """Yield a forecast on the 15th of each month: from the budget towards the outturn, above it in the autumn."""
    for line in (council.INMSS_LINE, council.TOP_UP_LINE):
        for year in range(council.FIRST_YEAR, council.LAST_YEAR):
            outturn = outturns[line, year] / 100
            first = budget(line, year, scale, outturns)
            last = outturn * (0.99 + 0.03 * rng.random())
            if line == council.INMSS_LINE and year == council.LAST_YEAR - 1:
                last = council.INMSS_FORECAST_2018 * scale
            for number in range(12):
                progress = number / 11
                expected = first + (last - first) * progress + last * 0.03 * progress * (1 - progress) * 2
                expected *= 1 + (0.006 * (rng.random() - 0.5) if 0 < number < 11 else 0)
                month = month_after(date(year, 4, 1), number)
                yield Forecast(year, line, date.fromisoformat(f"{month}-15"), round(expected / 1000) * 1000)


def budget(line: str, year: int, scale: int, outturns: dict[tuple[str, int], int]) -> int:
    """Return the budget of a line and year, in whole pounds; that of top-ups is set close to their outturn."""
    if line == council.INMSS_LINE:
        return council.INMSS_BUDGETS[year] * scale
    known = outturns.get((line, year))
    outturn = known if known is not None else outturns[line, year - 1] * 1.06
    return round(outturn / 100 * 0.985 / 1000) * 1000


def add_up(totals: dict[tuple[str, int], int], posting: Posting) -> None:
    """Add a posting to the outturn of its line and financial year."""
    year = financial_year(date.fromisoformat(f"{posting.month}-01"))
    totals[posting.line, year] = totals.get((posting.line, year), 0) + posting.pence
