"""Loading files of a finance system's export into the ledger, all or nothing: `import_ledger` and its page.

Rows go to a temporary table by COPY, and from there to the store in a few statements, whatever their number. The files
give all of a source's postings for a month (data contract, ``ledger.csv``): stored ones they lack are removed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from io import StringIO
from pathlib import Path
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from django.db.models import Min

from placements.finance.ledger.files import open_files
from placements.finance.ledger.late import CLOSED_AND_LACKING, CLOSED_HINT, Settling, settle
from placements.finance.ledger.mapping import Mapping
from placements.finance.ledger.postings import EARLIEST, Part, Reading, parts_of
from placements.finance.ledger.report import LedgerReport, ReadFile, Repeated, Unmatched, by_supplier
from placements.finance.ledger.suppliers import Matching, Supplier
from placements.models import CLOSED, ClosedMonth, LedgerPosting
from placements.querysets import PAYEE
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats
from sen_dashboard.core.models.trail import changes_through
from sen_dashboard.core.periods import Month
from sen_dashboard.importing.alone import looking_only, one_import
from sen_dashboard.importing.problems import (
    DatasetError,
    FileReport,
    Findings,
    Problem,
    Progress,
    Removal,
)

WHO = "Import of a ledger"

NO_CLOSE = "LOCK TABLE placements_ledgerposting IN ROW EXCLUSIVE MODE"
"""Makes a close of a month wait until the import ends; others may still post."""

READ = """
    CREATE TEMP TABLE ledger_read ON COMMIT DROP AS
    SELECT 0 AS at, posted_on, reference, amount, supplier, supplier_id FROM placements_ledgerposting WITH NO DATA
"""
MATCHES = """
    CREATE TEMP TABLE ledger_matches ON COMMIT DROP AS
    SELECT supplier_id, supplier, school_id FROM placements_ledgerposting WITH NO DATA
"""
ROWS = """
    CREATE TEMP TABLE ledger_rows ON COMMIT DROP AS
    SELECT 0 AS at, month, own_month, line, supplier_id, reference, amount, school_id, supplier, posted_on,
        false AS reversal
    FROM placements_ledgerposting WITH NO DATA
"""
FILL_ROWS = """
    INSERT INTO ledger_rows
    SELECT r.at, date_trunc('month', posted_on)::date, NULL, %(line)s, supplier_id,
        reference || '/' || row_number() OVER (
            PARTITION BY reference, CASE WHEN reference = '' THEN date_trunc('month', posted_on) END ORDER BY at
        ),
        amount, m.school_id, supplier, posted_on, false
    FROM ledger_read r LEFT JOIN ledger_matches m USING (supplier_id, supplier)
"""
MONTHS = """
    CREATE TEMP TABLE ledger_months ON COMMIT DROP AS
    SELECT month, min(at) AS at, count(*) AS number, NULL::date AS target FROM ledger_rows GROUP BY month
"""
TABLES = ("ledger_read", "ledger_matches", "ledger_rows", "ledger_months")

SAME = """
    o.source = %(source)s AND o.month = s.month AND o.own_month IS NOT DISTINCT FROM s.own_month AND o.line = s.line
    AND o.supplier_id = s.supplier_id AND o.reference = s.reference
"""
"""True if a stored posting ``o`` and a row ``s`` are the same posting, whatever their schools."""

STORED = """
    placements_ledgerposting o JOIN ledger_months m
    ON o.source = %(source)s AND m.month = coalesce(o.own_month, o.month)
"""
"""The source's stored postings for the months in the files; a late posting belongs to the month that was closed."""

MOVABLE = """
    (m.target IS NOT NULL AND CASE WHEN m.target <> m.month THEN o.month = m.target
        ELSE NOT EXISTS (SELECT FROM placements_closedmonth c WHERE c.month = o.month) END)
"""
"""True if this import may change or remove a stored posting ``o``; others are in closed months and stand."""

LACKS = f"""
    SELECT m.month, m.at, m.number, count(*), count(*) FILTER (WHERE {MOVABLE} AND s.at IS NULL),
        coalesce(sum(o.amount) FILTER (WHERE {MOVABLE} AND s.at IS NULL), 0)
    FROM {STORED} LEFT JOIN ledger_rows s ON {SAME}
    GROUP BY m.month, m.at, m.number ORDER BY m.month
"""
OTHER_LINE = f"""
    SELECT m.at, count(*), min(o.line) FROM {STORED} LEFT JOIN ledger_rows s ON {SAME}
    WHERE o.line <> %(line)s AND s.at IS NULL AND {MOVABLE} GROUP BY m.at
    UNION ALL
    SELECT s.at, count(*), min(s.line) FROM ledger_rows s
    WHERE s.reversal AND s.line <> %(line)s
    AND NOT EXISTS (SELECT FROM placements_ledgerposting o WHERE {SAME} AND o.amount = s.amount) GROUP BY s.at
"""
"""Stored postings of another budget line that would be removed, or reversed if their month is closed."""
REMOVE = f"""
    DELETE FROM placements_ledgerposting WHERE id IN (
        SELECT o.id FROM {STORED} WHERE {MOVABLE} AND NOT EXISTS (SELECT FROM ledger_rows s WHERE {SAME})
    )
"""
UPDATE = f"""
    UPDATE placements_ledgerposting o
    SET (amount, school_id, supplier, posted_on) = ROW(s.amount, s.school_id, s.supplier, s.posted_on)
    FROM ledger_rows s WHERE {SAME}
    AND ROW(o.amount, o.school_id, o.supplier, o.posted_on)
        IS DISTINCT FROM ROW(s.amount, s.school_id, s.supplier, s.posted_on)
"""
INSERT = f"""
    INSERT INTO placements_ledgerposting
        (source, month, own_month, line, supplier_id, reference, amount, school_id, supplier, posted_on)
    SELECT %(source)s, month, own_month, line, supplier_id, reference, amount, school_id, supplier, posted_on
    FROM ledger_rows s WHERE NOT EXISTS (SELECT FROM placements_ledgerposting o WHERE {SAME}) ORDER BY at
"""
REVERSALS = f"""
    SELECT count(*) FROM ledger_rows s
    WHERE reversal AND NOT EXISTS (SELECT FROM placements_ledgerposting o WHERE {SAME})
"""
UNMATCHED = """
    SELECT supplier_id, supplier, count(*), sum(amount)
    FROM ledger_read r LEFT JOIN ledger_matches m USING (supplier_id, supplier)
    WHERE m.school_id IS NULL GROUP BY supplier_id, supplier ORDER BY count(*) DESC, supplier
"""
REPEATED = f"""
    SELECT coalesce(sum(number - 1), 0), coalesce(sum((number - 1) * amount), 0)
    FROM (
        SELECT amount, count(*) AS number FROM ledger_read
        WHERE {PAYEE} IS NOT NULL GROUP BY {PAYEE}, posted_on, amount
        HAVING count(*) > 1
    ) same
"""


def import_ledger(
    *paths: Path,
    mapping: Mapping,
    today: date,
    check_only: bool = False,
    replace: bool = False,
    late_to: Month | None = None,
    by: User | None = None,
    names: Sequence[str] = (),
    progress: Progress = lambda step, done, total: None,
) -> LedgerReport:
    """Load the postings that the ``mapping`` keeps of the files, taken together, in one transaction.

    Lines of one transaction are numbered in the order of the files. With ``check_only`` nothing is loaded. With
    ``replace`` the files may have fewer than half of a month's postings, and remove another budget line's. Anything
    new, changed or missing in a closed month is posted to ``late_to``, with its own month recorded; it is an error if
    ``late_to`` is None. No date may lie after ``today``. The trail names ``by``, or else a ledger import. ``names``
    replace the files' own names in messages. Raises DatasetError with every error, and then nothing is loaded.
    """
    warnings: list[str] = []
    called = names or _names(paths)
    _refuse_the_same(paths, called)
    files = [
        file for path, name in zip(paths, called, strict=True) for file in open_files(path, mapping, name)
    ]
    parts, problems = parts_of(mapping, files, warnings)
    if problems:
        raise DatasetError(problems, warnings=warnings)
    with _transaction(warnings, by, looking_only if check_only else one_import) as cursor:
        load = _Load(cursor, mapping, parts, today, warnings, progress)
        load.read()
        if not check_only:
            cursor.execute(NO_CLOSE)
        load.check(replace, late_to)
        return load.report() if check_only else load.merge()


def _names(paths: Sequence[Path]) -> list[str]:
    """The names of the files for messages, or their full paths if two have the same name."""
    named = [path.name for path in paths]
    return [str(path) if named.count(path.name) > 1 else path.name for path in paths]


def _refuse_the_same(paths: Sequence[Path], called: Sequence[str]) -> None:
    """Raise DatasetError if two of the files are identical: their postings would count twice."""
    seen: dict[bytes, str] = {}
    for path, name in zip(paths, called, strict=True) if len(paths) > 1 else ():
        if path.is_file():
            with path.open("rb") as file:
                content = file_digest(file, "sha256").digest()
            if content in seen:
                raise DatasetError([Problem(f"{seen[content]} and {name} are the same file: give it once.")])
            seen[content] = name


@contextmanager
def _transaction(
    warnings: list[str], by: User | None, begin: Callable[[], AbstractContextManager[Any]]
) -> Iterator[Any]:
    """A transaction in the trail. Raises DatasetError if PostgreSQL refuses it."""
    try:
        with begin() as cursor, changes_through(WHO, by=by):
            yield cursor
    except (DataError, IntegrityError, OperationalError) as error:
        raise DatasetError([_refusal(error)], warnings=warnings) from None


def _refusal(error: DatabaseError) -> Problem:
    """The problem to report if PostgreSQL refuses what the checks allowed, as when a month has just been closed."""
    diag = getattr(error.__cause__, "diag", None)
    name = getattr(diag, "constraint_name", None)
    declared = {each.name: each.get_violation_error_message() for each in LedgerPosting._meta.constraints}
    if name == "closed_month":
        return Problem(CLOSED)
    if name in declared:
        return Problem(str(declared[name]))
    return Problem("The database stopped the import; nothing was loaded.")


@dataclass
class _Load:
    """One import: the rows of its files, read, checked and merged."""

    cursor: Any
    mapping: Mapping
    parts: list[Part]
    today: date
    warnings: list[str]
    progress: Progress

    def __post_init__(self) -> None:
        order = {part.file.name: tuple(cell.strip() for cell in part.file.header) for part in self.parts}
        held = LedgerPosting.objects.aggregate(first=Min("month"))["first"]
        self.reading = Reading(
            self.mapping, self.parts, Findings(order), min(held or EARLIEST, EARLIEST), self.today
        )
        self.given = {"source": self.mapping.source, "line": self.mapping.line}
        self.size = sum(part.file.size for part in self.parts)
        self.removals: list[Removal] = []
        self.settling = Settling()

    def read(self) -> None:
        """Copy the postings and find their schools. Raises DatasetError with every value that cannot be read."""
        self.cursor.execute(READ)
        copy = "COPY ledger_read (at, posted_on, reference, amount, supplier, supplier_id) FROM STDIN"
        for lines in self.reading.lines():
            if not self.reading.findings.count:
                with self.cursor.db.wrap_database_errors:
                    self.cursor.copy_expert(copy, StringIO(lines))
            done = sum(part.file.bytes_read for part in self.parts)
            self.progress("Reading", done, 2 * self.size)
        self.warnings.extend(self.reading.left_out())
        self._stop_at_problems()
        if not sum(part.kept for part in self.parts):
            raise DatasetError([Problem(self._nothing_kept())], warnings=self.warnings)
        self.warnings.extend(f"{part.file.name}: no rows were kept." for part in self.parts if not part.kept)
        self._match()

    def _nothing_kept(self) -> str:
        if not self.mapping.rows:
            return "The files hold no postings."
        asked = "; ".join(f"{name}: {', '.join(values)}" for name, values in self.mapping.rows.items())
        return f"No rows were kept: none match what the mapping asks for ({asked})."

    def _match(self) -> None:
        """Number the lines of each transaction, and give each posting its supplier's school."""
        self.cursor.execute("SELECT DISTINCT supplier_id, supplier FROM ledger_read")
        suppliers = [Supplier(*row) for row in self.cursor.fetchall()]
        schools = Matching(self.mapping.source).schools_of(suppliers)
        self.cursor.execute(MATCHES)
        with StringIO() as lines:
            for supplier, school in schools.items():
                fields = (supplier.supplier_id, supplier.name, school)
                lines.write("\t".join(field.replace("\\", "\\\\") for field in fields) + "\n")
            lines.seek(0)
            self.cursor.copy_expert("COPY ledger_matches FROM STDIN", lines)
        for statement in (ROWS, FILL_ROWS, MONTHS):
            self.cursor.execute(statement, self.given)
        for table in ("ledger_rows", "ledger_months"):
            self.cursor.execute(f"ANALYZE {table}")

    def check(self, replace: bool, late_to: Month | None) -> None:
        """Apply the rules for closed months and complete months. Raises DatasetError with every breach."""
        self._check_open(late_to)
        self.settling = settle(self.cursor, self.given, STORED, MOVABLE, SAME, late_to)
        for at in self.settling.refused:
            self.reading.report_at(at, "date", CLOSED_HINT)
        for at, lacking in self.settling.lacking:
            number = formats.plural(lacking, "stored posting", "stored postings")
            self.reading.report_at(at, "date", CLOSED_AND_LACKING.format(number=number))
        self.reading.findings.count += self.settling.more
        if not replace:
            self._check_line()
        self.cursor.execute(LACKS, self.given)
        for month, at, number, stored, lacking, total in self.cursor.fetchall():
            lost = lacking + self.settling.reversed.get(month, 0)
            if lost and 2 * number < stored and not replace:
                has = formats.plural(number, "posting", "postings")
                self.reading.report_at(
                    at,
                    "date",
                    f"The files have {has} of this month and the store {stored:,}: add the others, or import them with"
                    " --replace if these are all.",
                )
            elif lacking:
                self.removals.append(Removal(self.label, month, self.mapping.source, lacking, total))
        self._stop_at_problems()

    def _check_line(self) -> None:
        """Report months in which postings of another budget line would be removed."""
        self.cursor.execute(OTHER_LINE, self.given)
        for at, number, line in self.cursor.fetchall():
            has = formats.plural(number, "posting", "postings")
            self.reading.report_at(
                at,
                "date",
                f"The store has {has} of this month from this source on line {line}, which would be removed: give each"
                " line a source of its own, or import with --replace if they belong on this one.",
            )

    def _check_open(self, late_to: Month | None) -> None:
        if late_to is None:
            return
        name = formats.month_in_words(late_to.start)
        if ClosedMonth.objects.filter(month=late_to.start).exists():
            raise DatasetError([Problem(f"{name} is closed: name an open month to post late postings to.")])
        if late_to.start > self.today:
            raise DatasetError(
                [Problem(f"{name} is in the future: name a month that has begun to post late postings to.")]
            )

    def merge(self) -> LedgerReport:
        """Remove, change and add postings where they differ from the stored ones."""
        reversals = self._number(REVERSALS)
        self._store(1)
        removed = self._changed(REMOVE)
        self._store(2)
        updated = self._changed(UPDATE)
        created = self._changed(INSERT)
        self._store(3)
        if removed or updated or created:
            for table in ("placements_ledgerposting", "placements_ledgerpostingtrail"):
                self.cursor.execute(f"ANALYZE {table}")
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return self.report((created - reversals, updated, removed))

    def report(self, changed: tuple[int, int, int] | None = None) -> LedgerReport:
        """What was done, or what would be done if nothing was changed."""
        created, updated, removed = changed or (0, 0, sum(each.postings for each in self.removals))
        kept = sum(part.kept for part in self.parts)
        self.cursor.execute(UNMATCHED)
        unmatched = by_supplier(Unmatched(Supplier(*row[:2]), *row[2:]) for row in self.cursor.fetchall())
        self.cursor.execute(REPEATED)
        repeated = Repeated(*self.cursor.fetchone())
        self.cursor.execute("SELECT sum(amount) FROM ledger_read")
        (total,) = self.cursor.fetchone()
        self.cursor.execute(f"DROP TABLE {', '.join(TABLES)}")
        self.progress("Storing", 2 * self.size, 2 * self.size)
        return LedgerReport(
            files=(FileReport(self.label, kept, created, updated, removed),),
            warnings=tuple(self.warnings),
            loaded=changed is not None,
            removals=tuple(self.removals),
            read=tuple(ReadFile(part.file.name, part.read, part.kept) for part in self.parts),
            total=total,
            late=tuple(self.settling.late),
            unmatched=unmatched,
            repeated=repeated,
        )

    @property
    def label(self) -> str:
        """The import's name in the report, which treats all files as one."""
        return self.mapping.source or "ledger"

    def _changed(self, statement: str) -> int:
        self.cursor.execute(statement, self.given)
        return int(self.cursor.rowcount)

    def _number(self, statement: str) -> int:
        self.cursor.execute(statement, self.given)
        return int(self.cursor.fetchone()[0])

    def _store(self, step: int) -> None:
        self.progress("Storing", self.size + step * self.size // 4, 2 * self.size)

    def _stop_at_problems(self) -> None:
        if self.reading.findings.count:
            raise DatasetError(
                self.reading.placed(self.reading.findings.first()), self.reading.findings.count, self.warnings
            )
