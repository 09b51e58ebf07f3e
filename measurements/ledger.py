"""Measure the import of a finance system's export against a bare COPY of the same postings."""

import csv
import random
import resource
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from measurements.timing import timed

ROWS = 1_000_000
SUPPLIERS = 5_000
FIRST_DAY, DAYS = date(2016, 4, 1), 3 * 365
TABLE = "placements_ledgerposting"
HEADER = (
    *("Body", "Name of Body", "Date", "Transaction Number", "Invoice Number", "Amount", "Supplier Name"),
    *("Supplier ID", "VAT Reg no", "Expense Area", "Expense Type", "Expense Code", "Creditor Type"),
)
MAPPING = {
    "source": "bench",
    "line": "1.2.3",
    "columns": {
        "date": ["Date"],
        "amount": ["Amount"],
        "supplier": ["Supplier Name"],
        "supplier_id": ["Supplier ID"],
        "reference": ["Transaction Number"],
    },
    "rows": {"Expense Type": ["Independent Special School Fees"]},
}


@dataclass(frozen=True)
class LedgerTiming:
    """How long an export takes to load, and its postings to COPY; and by how many MiB the program grew."""

    rows: int
    seconds: float
    again: float
    copy_same_table: float
    copy_bare_table: float
    grown: float


def bench_ledger(folder: Path) -> LedgerTiming:
    """Load an export into the empty ledger, load it again, then COPY the same postings bare."""
    from django.db import connection

    from measurements.bench import copy_in
    from placements.finance.ledger.loading import import_ledger
    from placements.finance.ledger.mapping import mapping_from

    export, copied = folder / "export.csv", folder / "ledger.copy"
    _write(export)
    mapping = mapping_from(MAPPING)
    before = _resident()
    seconds = timed(lambda: import_ledger(export, mapping=mapping, today=date.max))
    grown = _resident() - before
    again = timed(lambda: import_ledger(export, mapping=mapping, today=date.max))
    with connection.cursor() as cursor, copied.open("wb") as out:
        cursor.cursor.copy_expert(f"COPY {TABLE} TO STDOUT", out)
        rows = cursor.rowcount
        cursor.execute(f"CREATE UNLOGGED TABLE bare_{TABLE} AS TABLE {TABLE} WITH NO DATA")
        cursor.execute(f"TRUNCATE {TABLE}, {TABLE}trail")
    same = timed(lambda: copy_in({TABLE: copied}))
    bare = timed(lambda: copy_in({f"bare_{TABLE}": copied}))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE bare_{TABLE}")
        cursor.execute(f"TRUNCATE {TABLE}, {TABLE}trail")
    return LedgerTiming(rows, seconds, again, same, bare, grown)


def markdown(timing: LedgerTiming) -> list[str]:
    """The measurement in Markdown."""
    own, again, same, bare = (
        timing.rows / seconds
        for seconds in (timing.seconds, timing.again, timing.copy_same_table, timing.copy_bare_table)
    )
    return [
        "",
        "## Import of a ledger",
        "",
        "`import_ledger` of a finance system's export of 13 columns into an empty ledger, and once more, when nothing",
        "changes. Beside it a bare COPY of the same postings, into the same table (with every index, constraint and",
        "trigger) and into one with none. Aim: at least a third (0.33) of the bare COPY. “Grown” is by how much the",
        "program's memory grew at most.",
        "",
        "| rows | import, rows/s | again, rows/s | COPY same table, rows/s | ratio | COPY bare table, rows/s | ratio"
        " | grown |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
        f"| {timing.rows:,} | {own:,.0f} | {again:,.0f} | {same:,.0f} | {own / same:.2f} | {bare:,.0f}"
        f" | {own / bare:.3f} | {timing.grown:,.0f} MiB |",
    ]


def _write(path: Path) -> None:
    """Write an export as councils publish them: some transactions have several lines, some of these are credits."""
    draw = random.Random(1)
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for row in range(ROWS):
            number += draw.random() < 0.95
            supplier = draw.randrange(SUPPLIERS)
            day = FIRST_DAY + timedelta(days=row * DAYS // ROWS)
            amount = f"{draw.randrange(-500_000, 5_000_000) / 100:.2f}"
            payment = (18, "A County Council", f"{day:%d/%m/%Y}", f"SEN{number:08d}", f"INV-{row}", amount)
            payee = (f"SUPPLIER {supplier} LTD", 10_000 + supplier, "", "Children's Services")
            rows.writerow((*payment, *payee, "Independent Special School Fees", 5733, "EDUC"))


def _resident() -> float:
    """The most memory that the program has used so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
