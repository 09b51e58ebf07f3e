"""The make-up of the fictional council: the totals, shares and prices every other module of the package works towards.

The council is modelled on a published slide deck about one large county as at 31 March 2019. The figures it published
are in `fixtures/published_2019.csv`, which this package never reads: a test makes a data set, computes the KPIs from
its records and compares them with that file. The numbers here are the generator's own.

Money is whole pounds unless a name says otherwise. "Stock" is what is open on a 31 March; a year is the one in which
that 31 March falls, and a financial year is named by the year in which it starts.
"""

from datetime import date
from enum import StrEnum
from typing import Final


class Provision(StrEnum):
    """The provision of a child with a plan, in the data contract's words; AWAITING is a plan without a placement."""

    INMSS = "INMSS"
    SPECIAL = "SPECIAL"
    SRP = "SRP"
    OTHER = "OTHER"
    POST_16 = "POST_16"
    MAINSTREAM = "MAINSTREAM"
    AWAITING = "AWAITING"


DEFAULT_SEED: Final = 1
"""The seed of the demonstration: its prices per child rise evenly from year to year."""

FIRST_YEAR: Final = 2013
"""Records run from 1 April of this year."""
LAST_YEAR: Final = 2019
"""Records run to 31 March of this year."""
FIRST_DAY: Final = date(LAST_YEAR, 4, 30)
"""The working day when the demonstration has just been loaded into a store."""
OPEN_FROM: Final = date(LAST_YEAR, 3, 1)
"""The first month that is then open to postings."""
LAST_DAY: Final = date(LAST_YEAR, 3, 31)
"""Nothing is recorded after this day except what was already known on it."""
STATEMENTS_UNTIL: Final = date(2014, 9, 1)
"""Before this day a statement of SEN is stored as the plan, without an assessment."""
COSTS_FROM: Final = 2012
"""Cost lines are kept from the academic year that starts in this year."""

EVENTS: Final = (
    ("E1", STATEMENTS_UNTIL, "Education, health and care plans replace statements"),
    ("E2", date(2018, 3, 31), "Last day to replace a statement by a plan"),
    ("E3", date(2019, 4, 29), "New statutory assessment process"),
)
"""Key, day and title of each event.

The first two are for all of England (Children and Families Act 2014 and its transitional order), the last is from the
slide deck.
"""

DISTRICTS: Final = (
    "Ashford",
    "Canterbury",
    "Dartford",
    "Dover",
    "Folkestone and Hythe",
    "Gravesham",
    "Maidstone",
    "Sevenoaks",
    "Swale",
    "Thanet",
    "Tonbridge and Malling",
    "Tunbridge Wells",
)
DISTRICT_WEIGHTS: Final = (9, 9, 8, 8, 7, 8, 11, 7, 11, 11, 8, 6)
"""Weights of the districts that children live in, roughly by population with more in the coastal districts."""

# Children and plans on each 31 March, 2013 to 2019.
PLANS: Final = (6450, 6600, 7000, 7350, 8100, 9284, 12000)
"""Plans in force; the last two years are the ones published."""
STOCK: Final = {
    Provision.INMSS: (492, 526, 588, 671, 776, 875, 842),
    Provision.SPECIAL: (3040, 3120, 3260, 3420, 3620, 3840, 4056),
    Provision.SRP: (560, 600, 640, 690, 740, 800, 863),
    Provision.OTHER: (60, 70, 90, 110, 130, 160, 260),
    Provision.POST_16: (20, 60, 240, 440, 680, 1000, 1560),
    Provision.AWAITING: (40, 50, 60, 70, 90, 120, 190),
}
"""Children in each provision; MAINSTREAM is the rest of PLANS. 842 / 526 is +60 %, 4,056 / 3,120 is +30 %."""

# Children in independent and non-maintained special schools (INMSS).
INMSS_MIX_2013: Final = {
    ("ASD", "DAY"): 0.345,
    ("ASD", "RESIDENTIAL"): 0.070,
    ("SEMH", "DAY"): 0.210,
    ("SEMH", "RESIDENTIAL"): 0.055,
    ("REST", "DAY"): 0.275,
    ("REST", "RESIDENTIAL"): 0.045,
}
"""Shares of need and attendance on 31 March 2013; they change evenly to the last year's by 31 March 2018."""
INMSS_MIX_2019: Final = {
    ("ASD", "DAY"): 346,
    ("ASD", "RESIDENTIAL"): 58,
    ("SEMH", "DAY"): 158,
    ("SEMH", "RESIDENTIAL"): 36,
    ("REST", "DAY"): 214,
    ("REST", "RESIDENTIAL"): 30,
}
"""Children on 31 March 2019: 718 day and 124 residential; ASD 404 (48 %), SEMH 194 (23 %), together 71 %."""
LARGE_INMSS_DAY: Final = (62, 56, 52, 46, 42, 40, 36, 33, 30, 27, 25, 22, 19)
LARGE_INMSS_RESIDENTIAL: Final = (0, 0, 3, 0, 2, 4, 0, 3, 2, 4, 5, 3, 4)
"""Children on 31 March 2019 in each of the thirteen schools the council uses most: 490 day and 30 residential."""
SMALL_INMSS_DAY_SCHOOLS: Final = 56
SMALL_INMSS_RESIDENTIAL_SCHOOLS: Final = 32
"""The number of other schools, which share the remaining 228 day and 94 residential children."""
INMSS_WITHOUT_COST: Final = {"DAY": 2, "RESIDENTIAL": 1}
"""Placements open on 31 March 2019 whose cost lines nobody has entered yet (outside the thirteen large schools)."""

SPECIAL_SCHOOLS: Final = 24
SPECIAL_RESIDENTIAL_SHARE: Final = 0.015
"""The share of children in state special schools who board."""
SRP_PRIMARY_SHARE: Final = 0.45
SRP_PRIMARY_UNITS: Final = 36
SRP_SECONDARY_UNITS: Final = 26
PRIMARY_SCHOOLS: Final = 220
SECONDARY_SCHOOLS: Final = 64
INDEPENDENT_MAINSTREAM_SCHOOLS: Final = 8
COLLEGES: Final = 14
OTHER_SETTINGS: Final = 10

# Prices, as annual cost on 31 March 2019.
INMSS_DAY_AVERAGE: Final = 36_100
INMSS_DAY_AVERAGE_BY_NEED: Final = {"ASD": 36_233, "SEMH": 38_502}
"""Other needs result from the average over all day placements, which is INMSS_DAY_AVERAGE."""
INMSS_RESIDENTIAL_AVERAGES: Final = {"LARGE": 108_000, "SMALL": 125_000}
"""About £121k over both; the large schools charge less for boarding, which brings them to just over £40k a place."""
SPECIAL_DAY_AVERAGE: Final = 17_500
SPECIAL_DAY_AVERAGE_BY_NEED: Final = {"ASD": 19_041, "SEMH": 16_572}
"""Place funding and top-up together; other needs result from the average over all, SPECIAL_DAY_AVERAGE."""
SPECIAL_BOARDING: Final = 16_500
PLACE_FUNDING: Final = 10_000
PRICE_INDEX: Final = {2012: 0.885, 2013: 0.9, 2014: 0.917, 2015: 0.934, 2016: 0.952, 2017: 0.975, 2018: 1.0}
"""Price of an academic year (by its first year) relative to 2018-19: prices rise each September."""

# Money of budget line 1.2.3, whole council, financial years by their first year.
INMSS_LINE: Final = "1.2.3"
TOP_UP_LINE: Final = "1.2.1"
INMSS_OUTTURN_2018: Final = 41_000_842.16
INMSS_FORECAST_2018: Final = 41_700_000
INMSS_BUDGETS: Final = {
    2013: 21_900_000,
    2014: 24_300_000,
    2015: 27_600_000,
    2016: 32_400_000,
    2017: 38_000_000,
    2018: 40_900_000,
    2019: 42_600_000,
}
"""The budget of 2019-20 was set before 31 March 2019."""

# Panel, financial years by their first year.
PANEL_CASES: Final = {2013: 240, 2014: 292, 2015: 356, 2016: 431, 2017: 563, 2018: 699}
"""Cases of the independent placement panel by the year of their last decision."""
PANEL_SHARES: Final = {
    "AGREED": 0.60,
    "DECLINED": 0.32,
    "MORE_INFORMATION": 0.01,
    "DEFERRED": 0.01,
    "WITHDRAWN": 0.06,
}
"""Last decisions of the years before 2018-19: almost all cases then deferred or lacking information are settled."""
PANEL_2018: Final = {"AGREED": 345, "DECLINED": 222, "MORE_INFORMATION": 132}
PANEL_VALUE_2018: Final = {"AGREED": 10_308_960, "DECLINED": 8_678_040, "MORE_INFORMATION": 4_894_020}
"""Cases and value of 2018-19 by last decision: £10,309k, £8,678k and £4,894k."""
PANEL_LABELS: Final = {
    ("ASD", ""): 0.50,
    ("ASD", "SEMH"): 0.03,
    ("SEMH", ""): 0.26,
    ("PD", ""): 0.04,
    ("PMLD", ""): 0.02,
    ("CL", ""): 0.03,
    ("SLCN", ""): 0.04,
    ("SLD", ""): 0.06,
    ("VI", "PD"): 0.02,
}
"""Primary and secondary need as the panel records them, shares of cases."""
PANEL_AWAITING: Final = 41
FUNDING_CASES: Final = {2014: 96, 2015: 131, 2016: 188, 2017: 246, 2018: 318}
"""Cases of the additional funding panel."""
FUNDING_SHARES: Final = {
    "AGREED": 0.61,
    "DECLINED": 0.21,
    "MORE_INFORMATION": 0.13,
    "DEFERRED": 0.03,
    "WITHDRAWN": 0.02,
}
"""Its last decisions of 2018-19; those of earlier years are PANEL_SHARES."""
FUNDING_AWAITING: Final = 17

# Places, by the first year of the academic year.
PLACES: Final = {
    "SPECIAL": {2013: 3190, 2014: 3330, 2015: 3490, 2016: 3690, 2017: 3910, 2018: 4130, 2019: 4546},
    "SRP": {2013: 672, 2014: 716, 2015: 770, 2016: 824, 2017: 890, 2018: 959, 2019: 1044},
}
"""Commissioned places over all schools."""
NEW_SPECIAL_SCHOOL_PLACES: Final = 96
"""The places of the growth to 2019-20 that a new free special school adds when it opens in September 2019."""
NEW_SPECIAL_SCHOOL_DISTRICT: Final = "Swale"
"""The district that contains the Isle of Sheppey."""

# Requests for an assessment.
ON_TIME: Final = {2014: 0.61, 2015: 0.63, 2016: 0.60, 2017: 0.47, 2018: 0.32}
"""Share of plans issued within 20 weeks, by financial year of issue."""
REFUSED: Final = {2014: 260, 2015: 300, 2016: 340, 2017: 420, 2018: 560}
"""Requests of each financial year that ended, or will end, without a plan."""
OPEN_REQUESTS: Final = 930
"""Requests open on 31 March 2019 that will not be refused."""
MORE_REFUSED: Final = {2015: 20, 2016: 90, 2017: 220, 2018: 380}
MORE_OPEN_REQUESTS: Final = 130
"""More of both, from a separate stream of random numbers, so that all other records stay as they were.

With them some 3,500 requests are received in 2018-19, and about a fifth of those decided are refused (DfE: Kent
received 2,992 in 2019, and refused 827).
"""

NEED_MIX: Final = {
    Provision.SPECIAL: {
        "ASD": 40, "SLD": 15, "SEMH": 13, "MLD": 10, "PMLD": 7, "SLCN": 6, "PD": 5, "VI": 1, "HI": 1, "SPLD": 1,
        "OTH": 1,
    },
    Provision.SRP: {"ASD": 45, "SLCN": 25, "PD": 8, "HI": 8, "SPLD": 6, "VI": 4, "MLD": 4},
    Provision.OTHER: {"SEMH": 42, "ASD": 38, "SLCN": 7, "PD": 5, "MLD": 5, "OTH": 3},
    Provision.POST_16: {"ASD": 40, "MLD": 17, "SEMH": 15, "SLCN": 9, "SLD": 8, "PD": 6, "HI": 2, "VI": 2, "OTH": 1},
    Provision.MAINSTREAM: {
        "ASD": 36, "SLCN": 18, "SEMH": 18, "MLD": 8, "PD": 7, "SPLD": 5, "HI": 3, "VI": 2, "SLD": 1, "OTH": 1, "MSI": 1,
    },
    Provision.AWAITING: {"ASD": 46, "SEMH": 30, "SLCN": 10, "SLD": 6, "MLD": 5, "PD": 3},
}  # fmt: skip
"""Weights of primary need among children who start in a provision with a new plan."""
INMSS_REST_MIX: Final = {
    "SLCN": 27, "SLD": 16, "MLD": 14, "PD": 13, "SPLD": 11, "PMLD": 7, "VI": 5, "HI": 4, "OTH": 2, "MSI": 1,
}  # fmt: skip
"""The same in INMSS, for needs other than ASD and SEMH."""


def stock(provision: Provision, year: int) -> int:
    """Return the number of children in a provision on 31 March of a year."""
    if provision is Provision.MAINSTREAM:
        return PLANS[year - FIRST_YEAR] - sum(numbers[year - FIRST_YEAR] for numbers in STOCK.values())
    return STOCK[provision][year - FIRST_YEAR]
