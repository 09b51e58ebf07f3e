"""The import against what a council really published: all its headers, and nine years of its payments."""

import csv
import gzip
import io
import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from placements.finance.ledger.mapping import mapping_from
from placements.models import LedgerPosting
from provision.models import School
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.periods import FinancialYear
from sen_dashboard.datasets import import_dataset
from tests.placements.finance.ledger.exports import DATA, DEVON, counts, load

pytestmark = pytest.mark.django_db

VARIANTS = sorted(DATA.glob("*lines_only.csv"))
WHOLE = mapping_from(
    DEVON
    | {
        "columns": {
            "date": ["Date", "payment_date"],
            "amount": ["Amount", "amount_gbp_net_vat"],
            "supplier": ["Supplier name", "supplier_name"],
            "supplier_id": ["Supplier ID", "supplier_id"],
            "reference": ["Transaction number", "transaction_number"],
        },
        "rows": {"expense_type": ["Independent Special School Fees"]},
    }
)
TOTALS = {
    2011: "5432416.59",
    2012: "5365031.42",
    2013: "7507019.36",
    2014: "9540216.56",
    2015: "10306812.24",
    2016: "14191020.20",
    2017: "13837401.31",
    2018: "18509245.35",
    2019: "27651554.36",
}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """April 2011 to March 2020."""
    path = tmp_path / "fees.csv"
    path.write_bytes(
        gzip.decompress((DATA / "independent_special_school_fees_2011_2020.csv.gz").read_bytes())
    )
    return path


def published(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_the_whole_ledger(ledger: Path) -> None:
    report = load(ledger, mapping=WHOLE)
    assert counts(report) == (4874, 4874, 0, 0, 0)
    assert report.total == Decimal("112340717.39")
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for month, amount in LedgerPosting.objects.values_list("month", "amount"):
        totals[FinancialYear.containing(month).first_year] += amount
    assert totals == {year: Decimal(total) for year, total in TOTALS.items()}
    assert LedgerPosting.objects.filter(amount__lt=0).count() == 183

    before = set(LedgerPosting.objects.values_list())
    assert counts(load(ledger, mapping=WHOLE)) == (4874, 0, 0, 4874, 0)
    assert set(LedgerPosting.objects.values_list()) == before


def test_the_references_of_the_whole_ledger(ledger: Path) -> None:
    """Worked out again: the lines of each transaction, in the order of the file."""
    load(ledger, mapping=WHOLE)
    seen: Counter[str] = Counter()
    expected = []
    for row in published(ledger):
        number = row["transaction_number"]
        seen[number] += 1
        amount, day = Decimal(row["amount_gbp_net_vat"]), row["payment_date"]
        expected.append((f"{number}/{seen[number]}", day, f"{day[:7]}-01", amount, row["supplier_id"]))
    found = LedgerPosting.objects.values_list("reference", "posted_on", "month", "amount", "supplier_id")
    assert sorted(expected) == sorted((r, d.isoformat(), m.isoformat(), a, s) for r, d, m, a, s in found)  # type: ignore[union-attr]


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.name[19:25])
def test_every_header_that_the_council_has_had(path: Path) -> None:
    """With the mapping of the command's own example, which writes some names in another case."""
    rows = published(path)
    report = load(path, mapping=mapping_from(DEVON))
    assert counts(report) == (len(rows), len(rows), 0, 0, 0)
    total = sum(to_penny(Decimal(row["Amount"])) for row in rows)  # one is 1233.1300000000001
    assert report.total == sum(LedgerPosting.objects.values_list("amount", flat=True)) == total
    (month,) = LedgerPosting.objects.values_list("month", flat=True).distinct()
    assert f"{month:%Y%m}" == path.name[19:25]


def test_a_published_month_is_what_the_whole_ledger_has_of_it(ledger: Path) -> None:
    """One file and another, made of the same postings in different years and ways, agree."""
    load(ledger, mapping=WHOLE)
    within = [path for path in VARIANTS if "2024" not in path.name]
    report = load(*within, mapping=mapping_from(DEVON))
    assert counts(report) == (158, 0, 0, 158, 0)


def test_suppliers_are_schools_by_their_ids(ledger: Path) -> None:
    """The council's schools in the data contract's format have the finance system's ids for keys."""
    import_dataset(DATA.parent / "devon")
    LedgerPosting.objects.all().delete()
    report = load(ledger, mapping=WHOLE)
    assert report.unmatched == ()
    assert not LedgerPosting.objects.exclude(school__in=School.objects.all()).exists()


def test_equal_payments_are_kept_and_told(ledger: Path) -> None:
    """Several of them are often one fee for several children."""
    rows = published(ledger)
    same = Counter((r["supplier_id"], r["payment_date"], Decimal(r["amount_gbp_net_vat"])) for r in rows)
    more = {key: number - 1 for key, number in same.items() if number > 1}
    report = load(ledger, mapping=WHOLE)
    assert report.repeated.postings == sum(more.values()) == 667
    assert report.repeated.total == sum(number * amount for (_, _, amount), number in more.items())
    assert LedgerPosting.objects.count() == len(rows)


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "devon.json"
    mapping.write_text(json.dumps(DEVON))
    call_command("import_ledger", VARIANTS[0], mapping=mapping, check=True)
    assert capsys.readouterr().out.endswith("Nothing was loaded: leave out --check to load it.\n")
    assert not LedgerPosting.objects.exists()
    call_command("import_ledger", VARIANTS[0], mapping=mapping)
    said = capsys.readouterr().out.splitlines()
    assert said[:3] == [
        "DCCSpendingOver500_201106__inmss_lines_only.csv: 7 rows, 7 kept",
        "Sum of what was kept: £58,219.00",
        "devon          7 read          7 created          0 updated          0 unchanged",
    ]
    assert "7 suppliers not matched with a school: 7 postings, £58,219.00" in said
