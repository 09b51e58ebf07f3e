"""The school of a supplier: by a person's choice, id or name; unmatched suppliers stay visible and count."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from placements.finance.ledger.suppliers import Matching, Supplier, folded
from placements.models import LedgerPosting, SupplierMatch
from tests.factories import make_school, make_user
from tests.placements.finance.ledger.exports import counts, export, load

pytestmark = pytest.mark.django_db


def make_match(supplier: str, school_id: str, source: str = "oracle") -> SupplierMatch:
    return SupplierMatch.objects.create(
        source=source,
        supplier=supplier,
        school_id=school_id,
        matched_by=make_user(),
        matched_at="2019-04-01T00:00:00Z",
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ST JOHN'S SCHOOL", "St Johns School"),
        ("Life Chance Education Ltd", "LIFE CHANCE EDUCATION LIMITED"),
        ("Phoenix Learning & Care Ltd.", "Phoenix Learning and Care"),
        ("DEAF ACADEMY THE", "The Deaf Academy"),
        ("Farleigh FEC - Frome Priory", "FARLEIGH FEC  FROME PRIORY"),
        ("École Élan", "ecole elan"),
    ],
)
def test_names_that_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Ash School", "Ash College"), ("Ltd", ""), ("St John's", "St Joan's"), ("The", "")]
)
def test_names_that_are_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


class TestMatching:
    @pytest.fixture(autouse=True)
    def schools(self) -> None:
        make_school(school_id="7", name="Ash School")
        make_school(school_id="S2", name="Beech House School Ltd")
        make_school(school_id="S3", name="Cedar School")
        make_school(school_id="S4", name="CEDAR SCHOOL")

    @pytest.mark.parametrize(
        ("supplier", "school"),
        [
            (Supplier("7", "Somebody else"), "7"),
            (Supplier("99", "BEECH HOUSE SCHOOL"), "S2"),
            (Supplier("", "beech house school limited"), "S2"),
            (Supplier("99", "Cedar School"), None),
            (Supplier("99", "Beech House"), None),
            (Supplier("", ""), None),
        ],
        ids=["id before name", "name", "name alone", "two of one name", "similar", "nobody"],
    )
    def test_by_id_then_by_name(self, supplier: Supplier, school: str | None) -> None:
        assert Matching("oracle").school_of(supplier) == school

    def test_a_persons_word_comes_first_for_its_source(self) -> None:
        make_match("7", "S3")
        assert Matching("oracle").school_of(Supplier("7", "Ash School")) == "S3"
        assert Matching("sap").school_of(Supplier("7", "Ash School")) == "7"

    def test_similar_names_are_offered_and_never_taken(self) -> None:
        supplier = Supplier("99", "BEECH HOUSE SCHOOL (FEES ACCNT)")
        matching = Matching("oracle")
        assert matching.offered(supplier)[0] == ("S2", "Beech House School Ltd")
        assert matching.school_of(supplier) is None
        assert matching.offered(Supplier("99", "NHS DEVON CCG")) == []


def test_what_is_not_matched_counts_and_is_named(tmp_path: Path) -> None:
    make_school(school_id="7")
    report = load(
        export(tmp_path, "1/4/2019,T1,7,Ash,100", "1/4/2019,T2,8,Beech,40", "2/4/2019,T3,8,BEECH LTD,2")
    )
    assert (
        sum(
            LedgerPosting.objects.of("1.2.3", date(2019, 4, 1), date(2019, 4, 1)).values_list(
                "amount", flat=True
            )
        )
        == 142
    )
    (unmatched,) = report.unmatched
    assert (unmatched.supplier.supplier_id, unmatched.postings, unmatched.total) == ("8", 2, Decimal(42))
    assert "1 supplier not matched with a school: 2 postings, £42.00" in report.lines()


def test_a_school_found_later_keeps_the_posting(tmp_path: Path) -> None:
    path = export(tmp_path, "1/4/2019,T1,,Beech School Ltd,40")
    load(path)
    (before,) = LedgerPosting.objects.all()
    assert before.school is None
    make_school(school_id="S2", name="Beech School")
    assert counts(load(path)) == (1, 0, 1, 0, 0)
    (after,) = LedgerPosting.objects.all()
    assert (after.pk, after.school_id) == (before.pk, "S2")


def test_equal_supplier_amount_and_day_are_told_and_kept(tmp_path: Path) -> None:
    rows = [
        *["1/4/2019,T1,8,Beech,40"] * 2,
        "1/4/2019,T2,8,Beech,40",
        "2/4/2019,T3,8,Beech,40",
        "1/4/2019,T4,9,Cedar,40",
        *["1/4/2019,T5,9,Cedar,-7"] * 2,
    ]
    report = load(export(tmp_path, *rows))
    assert (report.repeated.postings, report.repeated.total) == (3, Decimal(73))
    assert (
        "3 postings have the supplier, amount and date of another, perhaps paid twice: £73.00"
        in report.lines()
    )
    assert LedgerPosting.objects.count() == 7
    assert LedgerPosting.objects.filter(amount__lt=0).count() == 2
