"""Known figures of Kent and England from DfE's publication, found again on the pages.

Other people read them from the publication before this program existed: a second pair of eyes on columns and years.
"""

from decimal import Decimal
from typing import Any

import pytest

from sen_dashboard.benchmarking.comparison import Role, Row
from sen_dashboard.benchmarking.measures import NEED_MIX
from sen_dashboard.core.kinds import Kind
from tests.benchmarking.asking import ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

SCHOOL_YEARS = ("2018-19", "2019-20", "2020-21", "2021-22", "2022-23", "2023-24", "2024-25")
YEARS = ("2019", "2020", "2021", "2022", "2023", "2024")


def kent(slug: str, measure: str, year: str) -> Row:
    return ask(slug, measure, year).row(Role.COUNCIL)


def england(slug: str, measure: str, year: str) -> Row:
    return ask(slug, measure, year).row(Role.COUNTRY)


def printed(row: Row) -> str:
    """As a page prints a percentage, without the sign."""
    return row.kind.text(row.value).removesuffix("%")


def test_plans_and_places_of_kent() -> None:
    first, last = SCHOOL_YEARS[0], SCHOOL_YEARS[-1]
    assert [kent("inmss_share", "inmss", year).whole for year in (first, last)] == [11_763, 20_635]
    assert [kent("inmss_share", "independent", year).part for year in (first, last)] == [782, 1_487]
    assert [kent("inmss_share", "non_maintained", year).part for year in (first, last)] == [109, 136]
    assert printed(kent("inmss_share", "inmss", last)) == "7.9"


def test_plans_and_places_of_england() -> None:
    assert england("inmss_share", "inmss", "2024-25").whole == 638_745
    assert england("inmss_share", "independent", "2024-25").part == 29_647
    assert england("inmss_share", "non_maintained", "2024-25").part == 4_381


def test_spend_on_independent_and_non_maintained_places_of_kent() -> None:
    first, last = (kent("inmss_spend", "per_head", year) for year in ("2018-19", "2021-22"))
    assert [Kind.POUNDS.short(row.part) for row in (first, last)] == ["£36.5m", "£62.7m"]
    assert [row.value for row in (first, last)] == [Decimal("112.99"), Decimal("187.34")]


def test_20_weeks() -> None:
    including = [printed(kent("timeliness_20_weeks", "including_exceptions", year)) for year in YEARS]
    assert including == ["28.9", "31.1", "41.3", "40.9", "18.0", "32.3"]
    excluding = [printed(kent("timeliness_20_weeks", "excluding_exceptions", year)) for year in YEARS]
    assert excluding == ["28.7", "31.6", "41.4", "41.1", "18.0", "33.3"]
    of_england = [printed(england("timeliness_20_weeks", "excluding_exceptions", year)) for year in YEARS]
    assert of_england == ["60.4", "58.0", "59.9", "49.2", "50.3", "46.4"]


def test_counts_behind_the_20_weeks_of_2024() -> None:
    including = kent("timeliness_20_weeks", "including_exceptions", "2024")
    excluding = kent("timeliness_20_weeks", "excluding_exceptions", "2024")
    assert (including.part, including.whole, excluding.part, excluding.whole) == (784, 2_424, 783, 2_354)


def test_figures_that_dfe_corrected_by_january_2026() -> None:
    """Surrey's two needs were exchanged in the sums of the South East and England; Lewisham's times were withdrawn."""
    needs = {need: ask("need_mix", need, "2024-25") for need in ("sld", "spld")}
    corrected = {
        need: [found.row(role).part for role in (Role.REGION, Role.COUNTRY)] for need, found in needs.items()
    }
    assert corrected == {"sld": [3_386, 25_025], "spld": [3_176, 15_030]}
    lewisham = ask("timeliness_20_weeks", "including_exceptions", "2024", "209").row(Role.COUNCIL)
    assert (lewisham.value, lewisham.not_available_because) == (
        None,
        "x: not returned by the council, or withheld",
    )


def test_requests_of_kent() -> None:
    received = [kent("requests", "received", year).value for year in YEARS]
    assert received == [2_992, 3_255, 4_047, 3_669, 3_988, 4_001]
    assert printed(kent("requests", "refused", "2024")) == "55.0"
    assert printed(kent("requests", "six_weeks", "2024")) == "90.8"


def test_needs_of_kent() -> None:
    """All thirteen, which add up to all plans."""
    known: dict[str, Any] = {
        "asd": (9_535, "46.2"),
        "semh": (3_833, "18.6"),
        "slcn": (3_583, "17.4"),
        "mld": (1_041, "5.0"),
        "sld": (807, "3.9"),
        "pd": (644, "3.1"),
        "spld": (386, "1.9"),
        "pmld": (372, "1.8"),
        "hi": (194, "0.9"),
        "vi": (89, "0.4"),
        "msi": (27, "0.1"),
        "oth": (4, "0.0"),
        "unknown": (120, "0.6"),
    }
    found = {measure.slug: kent("need_mix", measure.slug, "2024-25") for measure in NEED_MIX.measures}
    assert {slug: (row.part, printed(row)) for slug, row in found.items()} == known
    assert sum(row.part or 0 for row in found.values()) == 20_635
