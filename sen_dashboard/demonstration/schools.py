"""The fictional schools, and how many children each has when a provision holds a given number.

Names are made from invented place names, so no real school is meant. A quota is the number of children a school has on
a 31 March; schools keep their share of the children as a provision grows or shrinks.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

from . import council
from .council import Provision
from .draws import below, between, chance, pick, share_out, shuffle, weighted
from .records import School

PLACE_BEGINNINGS = (
    "Amberl", "Thistlem", "Quillb", "Sorrelw", "Wrenf", "Corvell", "Hazelm", "Tarnh", "Ivelm", "Brackend", "Ollerm",
    "Pendrel", "Marlsh", "Fenwyc", "Skylarn", "Rushendr", "Teasel", "Withym", "Larkenf", "Mossenh", "Elverst",
    "Dunmarr", "Hopsend", "Oastlem", "Cobbenh", "Saltwyn", "Gorsem", "Plovern", "Kilnb", "Yarrowm", "Merrow",
    "Sandern", "Chalkend", "Orchel", "Weldrun", "Bellinh", "Fairhol", "Netherl", "Highmarr", "Rowanth",
)  # fmt: skip
PLACE_ENDINGS = (
    "ey", "ingley", "ington", "ow", "ell", "enden", "ash", "olme", "ingham", "erley", "ock", "aston", "idge",
)  # fmt: skip
PROVIDER_GROUPS = (
    "Alderwane Learning and Care",
    "Brightmarr Education Group",
    "Corvell Schools Partnership",
    "Fenwyck Specialist Education",
    "Oastlemere Care and Education",
    "Teaselhurst Trust",
    "Withymoor Learning",
)
SPECIAL_NEEDS = (
    ("ASD", "SLCN"),
    ("SLD", "PMLD", "PD"),
    ("MLD", "SLCN", "ASD"),
    ("ASD", "SEMH"),
    ("SLD", "PMLD", "ASD"),
    ("SEMH",),
    ("ASD",),
    ("SLD", "PD", "VI"),
)
"""The needs of state special schools, repeated over the schools."""
Bench = str
"""The children that a quota counts: DAY or RESIDENTIAL, or in resourced provision PRIMARY or SECONDARY."""


@dataclass(frozen=True)
class Schools:
    """Every school of one council."""

    everyone: tuple[School, ...]
    large_inmss: tuple[School, ...]
    inmss: dict[Bench, dict[School, float]]
    special: dict[Bench, dict[School, float]]
    srp: dict[Bench, dict[School, float]]
    new_special: School
    mainstream: dict[tuple[str, str], tuple[School, ...]]
    """Schools by phase and district; every district has both phases."""
    independent_mainstream: tuple[School, ...]
    colleges: tuple[School, ...]
    other: tuple[School, ...]

    def shares(self, provision: Provision) -> dict[Bench, dict[School, float]]:
        """Return the weight of each school in a provision with quotas, by bench; empty for the others."""
        if provision is Provision.INMSS:
            return self.inmss
        if provision is Provision.SPECIAL:
            return self.special
        return self.srp if provision is Provision.SRP else {}


def quota(shares: dict[School, float], children: int) -> dict[School, int]:
    """Return the children of each school when a bench holds `children` in all."""
    return share_out(children, shares)


class SchoolMaker:
    """Gives schools their keys, names and districts."""

    def __init__(self, rng: Random, prefix: str) -> None:
        self.rng = rng
        self.prefix = prefix
        self.made: list[School] = []
        self.places = [beginning + ending for beginning in PLACE_BEGINNINGS for ending in PLACE_ENDINGS]
        shuffle(rng, self.places)

    def make(
        self,
        name: str,
        sector: str,
        phase: str,
        *,
        district: str | None = None,
        provider_group: str = "",
        opened_on: date | None = None,
        fee_level: float = 1.0,
        needs: tuple[str, ...] = (),
    ) -> School:
        """Return a school; `{}` in the name becomes an invented place, and the district is drawn unless given."""
        school = School(
            school_id=f"{self.prefix}S{len(self.made) + 1:04d}",
            name=name.format(self.places.pop()),
            sector=sector,
            phase=phase,
            district=self.draw_district() if district is None else district,
            provider_group=provider_group,
            opened_on=opened_on,
            fee_level=fee_level,
            needs=needs,
        )
        self.made.append(school)
        return school

    def draw_district(self) -> str:
        """Return a district of the council."""
        return weighted(self.rng, dict(zip(council.DISTRICTS, council.DISTRICT_WEIGHTS, strict=True)))


def make_schools(rng: Random, prefix: str) -> Schools:
    """Return all schools of one council."""
    maker = SchoolMaker(rng, prefix)
    large = tuple(make_inmss_school(maker) for _ in council.LARGE_INMSS_DAY)
    inmss = inmss_shares(maker, large)
    special = special_shares(maker)
    opening = date(council.LAST_YEAR, 9, 1)
    maker.draw_district()  # and drop it: later draws are then the same as before this school was placed on an island
    new_special = maker.make(
        "{} Free School",
        "STATE_SPECIAL",
        "All-through",
        district=council.NEW_SPECIAL_SCHOOL_DISTRICT,
        opened_on=opening,
        needs=("SEMH", "ASD"),
    )
    mainstream = {
        (phase, district): tuple(
            maker.make("{} " + suffix, "MAINSTREAM", phase, district=district) for _ in range(number)
        )
        for phase, suffix, total in (
            ("Primary", "Primary School", council.PRIMARY_SCHOOLS),
            ("Secondary", "Academy", council.SECONDARY_SCHOOLS),
        )
        for district, number in share_out(
            total, dict(zip(council.DISTRICTS, council.DISTRICT_WEIGHTS, strict=True))
        ).items()
    }
    srp = srp_shares(rng, mainstream)
    independent = tuple(
        maker.make("{} Preparatory School", "INDEPENDENT_MAINSTREAM", "All-through")
        for _ in range(council.INDEPENDENT_MAINSTREAM_SCHOOLS)
    )
    colleges = tuple(maker.make("{} College", "POST_16", "Post-16") for _ in range(council.COLLEGES))
    other = tuple(
        maker.make("{} Tuition Service", "OTHER", "All-through") for _ in range(council.OTHER_SETTINGS)
    )
    return Schools(
        tuple(maker.made), large, inmss, special, srp, new_special, mainstream, independent, colleges, other
    )


def make_inmss_school(maker: SchoolMaker) -> School:
    """Return an independent or, one in seven, non-maintained special school; a third are outside the county."""
    rng = maker.rng
    return maker.make(
        pick(rng, ("{} House School", "{} Grange School", "{} Lodge School", "{} School", "The {} School")),
        "NON_MAINTAINED_SPECIAL" if chance(rng, 1 / 7) else "INDEPENDENT_SPECIAL",
        "All-through",
        district="" if chance(rng, 1 / 3) else None,
        provider_group=pick(rng, PROVIDER_GROUPS) if chance(rng, 0.5) else "",
        opened_on=date(between(rng, 1975, 2006), 9, 1),
        fee_level=0.9 + 0.2 * rng.random(),
    )


def inmss_shares(maker: SchoolMaker, large: tuple[School, ...]) -> dict[Bench, dict[School, float]]:
    """Return the children of each INMSS school on 31 March 2019, exact for the large ones."""
    rng = maker.rng
    day: dict[School, float] = dict(zip(large, council.LARGE_INMSS_DAY, strict=True))
    boarding: dict[School, float] = {
        school: children
        for school, children in zip(large, council.LARGE_INMSS_RESIDENTIAL, strict=True)
        if children
    }
    mix = council.INMSS_MIX_2019
    small_day = sum(n for (_, bench), n in mix.items() if bench == "DAY") - sum(council.LARGE_INMSS_DAY)
    small_boarding = sum(n for (_, bench), n in mix.items() if bench == "RESIDENTIAL") - sum(
        council.LARGE_INMSS_RESIDENTIAL
    )
    day_schools = {
        make_inmss_school(maker): 0.6 + 1.4 * rng.random() for _ in range(council.SMALL_INMSS_DAY_SCHOOLS)
    }
    boarding_schools = {
        make_inmss_school(maker): 0.7 + rng.random() for _ in range(council.SMALL_INMSS_RESIDENTIAL_SCHOOLS)
    }
    day |= share_out(small_day, day_schools)
    boarding |= share_out(small_boarding, boarding_schools)
    return {"DAY": day, "RESIDENTIAL": boarding}


def special_shares(maker: SchoolMaker) -> dict[Bench, dict[School, float]]:
    """Return the relative size of each state special school; two of them also board."""
    rng = maker.rng
    made = [
        maker.make(
            pick(rng, ("{} School", "{} Community School", "{} Academy")),
            "STATE_SPECIAL",
            "All-through",
            district=council.DISTRICTS[number % len(council.DISTRICTS)],
            opened_on=date(between(rng, 1960, 2006), 9, 1),
            needs=SPECIAL_NEEDS[number % len(SPECIAL_NEEDS)],
        )
        for number in range(council.SPECIAL_SCHOOLS)
    ]
    return {
        "DAY": {school: 70.0 + 210 * rng.random() for school in made},
        "RESIDENTIAL": {made[3]: 3.0, made[10]: 2.0},
    }


def srp_shares(
    rng: Random, mainstream: dict[tuple[str, str], tuple[School, ...]]
) -> dict[Bench, dict[School, float]]:
    """Return the relative size of each specialist resourced provision; its host is a mainstream school."""
    shares: dict[Bench, dict[School, float]] = {}
    for phase, units in (("Primary", council.SRP_PRIMARY_UNITS), ("Secondary", council.SRP_SECONDARY_UNITS)):
        hosts = [list(mainstream[phase, district]) for district in council.DISTRICTS]
        chosen = [hosts[number % len(hosts)].pop(below(rng, 2)) for number in range(units)]
        shares[phase.upper()] = {school: 0.5 + rng.random() for school in chosen}
    return shares
