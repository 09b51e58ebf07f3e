"""The checks of staged rows: each finds all rows of a file that break one rule, in one statement.

A row with a fault in some column is left out of the checks that read this column, so that each mistake is reported
once. A check that looks for rows elsewhere is skipped if those could not all be read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg2 import sql

from sen_dashboard.clock.day import is_demonstration
from sen_dashboard.core import formats
from sen_dashboard.core.models.across import Across
from sen_dashboard.datasets import kinds
from sen_dashboard.datasets.contract import FILE_OF, Column, FileSpec
from sen_dashboard.datasets.rules import NoOverlap, RowRule, no_overlaps, row_rules
from sen_dashboard.datasets.staging import Staged, final_rows, same_key, store_table, unchanged
from sen_dashboard.datasets.whole import lacks_of
from sen_dashboard.importing.problems import LISTED, SHOWN, Findings, Problem, Removal

REQUIRED = "Enter a value: this column is required."
NOT_OF_THE_DEMONSTRATION = (
    "The store holds the demonstration, which runs on a past date, and this child does not belong to it. "
    "Load your own records into a store of your own, named in DATABASE_URL; or stop the dashboard, "
    "remove the folder var/postgres, migrate, and load them before the next start."
)
CHILDREN = "children.csv"
NO_KPI = "There is no KPI of this name: the KPI dictionary has their addresses."
NO_KEY = "The KPI has no number with this key."
STORED = 0
"""Means a stored row, in place of the line of another row."""


Kpis = Mapping[str, Collection[str]]


@dataclass
class Checker:
    """Checks the files of one data set against the contract, each other and the store.

    ``staged`` are its files by name; ``unread`` names those that could not be read in full. Past events may not be
    dated after ``today``. ``replace`` allows a file to remove most of a month. ``kpis`` has each KPI's keys by its
    slug; None skips their check. ``removals`` are the stored rows that the files will remove.
    """

    cursor: Any
    staged: dict[str, Staged]
    unread: Collection[str]
    findings: Findings
    today: date
    replace: bool = False
    kpis: Kpis | None = None
    removals: list[Removal] = field(default_factory=list)

    def check(self) -> None:
        """Find all problems."""
        # PostgreSQL does not know how many rows have a fault, and might join whole files row by row.
        self.cursor.execute("SET LOCAL enable_nestloop = off")
        for staged in self.staged.values():
            self._check_values(staged)
            self._check_past(staged)
            self._check_kpis(staged)
            broken = self._check_rows(staged)
            self._check_keys(staged)
            self._mark(staged, broken)
        for staged in self.staged.values():
            self._check_references(staged)
            self._check_overlaps(staged)
            self._check_closed(staged)
            self._check_whole(staged)
        for spec in FILE_OF.values():
            for rule in spec.across:
                self._check_across(spec, rule)
        if CHILDREN in self.staged:
            self._check_children(self.staged[CHILDREN])
        self.cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")

    def _check_values(self, staged: Staged) -> None:
        faults = self._faults(staged)
        for column in staged.spec.columns:
            if faults & staged.spec.mask((column.name,)):
                self._check_column(staged, column)

    def _check_column(self, staged: Staged, column: Column) -> None:
        """Report each unreadable value with the first reason that applies."""
        text = sql.Identifier("t", column.name)
        reasons = [
            (sql.SQL("{} IS NULL").format(text), REQUIRED),
            (kinds.is_nothing(text), REQUIRED if column.required else kinds.LEAVE_EMPTY),
            *column.kind.reasons(text),
        ]
        for number, (condition, reason) in enumerate(reasons):
            earlier = [sql.SQL("NOT ({})").format(other) for other, _ in reasons[:number]]
            found = sql.SQL(
                "SELECT s.at_line, NULL::int AS other FROM {rows} s JOIN {text} t USING (at_line)"
                " WHERE s.faults & {bit} <> 0 AND {true}"
            ).format(
                rows=staged.rows,
                text=staged.text,
                bit=sql.Literal(staged.spec.mask((column.name,))),
                true=sql.SQL(" AND ").join([*earlier, condition]),
            )
            self._find(staged, column.name, reason, found)

    def _check_rows(self, staged: Staged) -> list[RowRule]:
        """Find rows that break a rule about single rows; returns the broken rules."""
        rules = row_rules(self.cursor, staged.spec)
        if not rules:
            return []
        conditions = [_broken(staged, rule) for rule in rules]
        any_broken = sql.SQL(", ").join(sql.SQL("bool_or({})").format(condition) for condition in conditions)
        self.cursor.execute(sql.SQL("SELECT {} FROM {}").format(any_broken, staged.rows))
        broken = [rule for rule, is_broken in zip(rules, self.cursor.fetchone(), strict=True) if is_broken]
        for rule in broken:
            found = sql.SQL("SELECT at_line, NULL::int AS other FROM {} WHERE {}").format(
                staged.rows, _broken(staged, rule)
            )
            self._find(staged, rule.column, rule.sentence, found)
        return broken

    def _check_keys(self, staged: Staged) -> None:
        """Find rows with the key of an earlier one, and exclude them from all further checks."""
        spec = staged.spec
        names = sql.SQL(", ").join(map(sql.Identifier, spec.key))
        keyed = sql.SQL("faults & {} = 0").format(sql.Literal(spec.mask(spec.key)))
        found = sql.SQL(
            "SELECT s.at_line, d.first AS other FROM {rows} s JOIN"
            " (SELECT {names}, min(at_line) AS first FROM {rows} WHERE {keyed} GROUP BY {names} HAVING count(*) > 1) d"
            " ON {same_key} WHERE s.at_line > d.first AND s.{keyed}"
        ).format(rows=staged.rows, names=names, keyed=keyed, same_key=same_key(spec, "s", "d"))
        said_at = next(name for name in spec.key if name in staged.columns)
        if self._find(staged, said_at, f"The key ({', '.join(spec.key)}) is that of an earlier row.", found):
            self.cursor.execute(
                sql.SQL("UPDATE {} SET faults = -1 WHERE at_line IN (SELECT at_line FROM ({}) f)").format(
                    staged.rows, found
                )
            )

    def _mark(self, staged: Staged, broken: list[RowRule]) -> None:
        """Exclude the columns of broken rules from further checks."""
        for rule in broken:
            self._leave_out(staged, rule.reads, _broken(staged, rule))

    def _leave_out(self, staged: Staged, columns: tuple[str, ...], where: sql.Composable) -> None:
        """Exclude these columns from further checks, for rows that meet the condition."""
        self.cursor.execute(
            sql.SQL("UPDATE {} SET faults = faults | {} WHERE {}").format(
                staged.rows, sql.Literal(staged.spec.mask(columns)), where
            )
        )

    def _check_references(self, staged: Staged) -> None:
        """Find references to keys that are neither in the data set nor in the store."""
        for column in staged.spec.columns:
            if column.refers_to is None:
                continue
            target = FILE_OF[column.refers_to]
            if target.name in self.unread:
                continue
            there = sql.SQL("SELECT FROM {} k WHERE k.{} = s.{}")
            tables = [store_table(target)]
            if target.name in self.staged:
                tables.append(self.staged[target.name].rows)
            nowhere = sql.SQL(" AND ").join(
                sql.SQL("NOT EXISTS ({})").format(
                    there.format(table, sql.Identifier(target.key[0]), sql.Identifier(column.name))
                )
                for table in tables
            )
            found = sql.SQL(
                "SELECT s.at_line, NULL::int AS other FROM {} s WHERE s.{} IS NOT NULL AND {}"
            ).format(staged.rows, sql.Identifier(column.name), nowhere)
            self._find(staged, column.name, f"Neither {target.name} nor the store has this key.", found)

    def _check_overlaps(self, staged: Staged) -> None:
        if staged.spec.name in self.unread:
            return
        for rule in no_overlaps(self.cursor, staged.spec):
            self._find(staged, rule.first, rule.sentence, _overlapping(staged, rule))

    def _check_closed(self, staged: Staged) -> None:
        """Find rows that differ from the store where it is closed to changes; rows with a fault are skipped."""
        rule = staged.spec.closed
        if rule is None:
            return
        found = sql.SQL(
            "SELECT at_line, NULL::int AS other FROM {rows} s"
            " WHERE faults = 0 AND {column} IN (SELECT {key} FROM {among})"
            " AND NOT EXISTS (SELECT FROM {store} o WHERE {same})"
        ).format(
            rows=staged.rows,
            column=sql.Identifier("s", rule.column),
            key=sql.Identifier(rule.among._meta.pk.column),
            among=sql.Identifier(rule.among._meta.db_table),
            store=store_table(staged.spec),
            same=unchanged(staged.spec, "s"),
        )
        self._find(staged, rule.column, rule.sentence, found)

    def _check_whole(self, staged: Staged) -> None:
        """Find months from which the file may not drop stored rows but does; record removals from other months.

        Skipped if some key could not be read, since its row might be the missing one.
        """
        spec, closed = staged.spec, staged.spec.closed
        if spec.whole is None or spec.name in self.unread or self._faults(staged) & spec.mask(spec.key):
            return
        closed_months = set(closed.among._default_manager.values_list("pk", flat=True)) if closed else ()
        for lack in lacks_of(self.cursor, staged, spec.whole):
            if lack.month in closed_months:
                lacking = formats.plural(lack.lacking, "stored posting", "stored postings")
                reason = (
                    f"This month is closed and the file lacks {lacking}: add what it lacks, or leave it out."
                )
            elif 2 * lack.rows < lack.stored and not self.replace:
                has = formats.plural(lack.rows, "posting", "postings")
                reason = (
                    f"The file has {has} of this month and the store {lack.stored:,}: add the others, or import it"
                    " with --replace if these are all."
                )
            else:
                self.removals.append(lack.removal(spec.name))
                continue
            found = sql.SQL("SELECT {}::int AS at_line, NULL::int AS other").format(sql.Literal(lack.at_line))
            self._find(staged, spec.whole.month, reason, found)

    def _faults(self, staged: Staged) -> int:
        """The bits of all columns with a value that no further check may use."""
        return int(self._single(sql.SQL("SELECT coalesce(bit_or(faults), 0) FROM {}").format(staged.rows)))

    def _check_past(self, staged: Staged) -> None:
        """Find future dates of events that must have happened; no further check reads them."""
        sentence = f"Enter {formats.day(self.today)} or an earlier date: this one is in the future."
        for name in staged.spec.past:
            to_come = sql.SQL("{} > {}").format(sql.Identifier(name), sql.Literal(self.today))
            found = sql.SQL("SELECT at_line, NULL::int AS other FROM {} WHERE {}").format(
                staged.rows, to_come
            )
            if self._find(staged, name, sentence, found):
                self._leave_out(staged, (name,), to_come)

    def _check_children(self, staged: Staged) -> None:
        """If the store holds the demonstration, find children who are not in it: its dates do not suit them."""
        self.cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(store_table(staged.spec)))
        if self.cursor.fetchone() == (False,) or not is_demonstration():
            return
        found = sql.SQL(
            "SELECT s.at_line, NULL::int AS other FROM {} s WHERE NOT EXISTS (SELECT FROM {} o WHERE {})"
        ).format(staged.rows, store_table(staged.spec), same_key(staged.spec, "s", "o"))
        self._find(staged, staged.spec.key[0], NOT_OF_THE_DEMONSTRATION, found)

    def _check_kpis(self, staged: Staged) -> None:
        """Find KPIs that do not exist, and keys that a KPI does not have."""
        if self.kpis is None or not {"kpi", "kpi_key"} <= set(staged.columns):
            return
        keys = [f"{slug}:{key}" for slug, of in self.kpis.items() for key in of]
        unknown = sql.SQL("kpi <> '' AND kpi <> ALL ({})").format(sql.Literal([*self.kpis]))
        without = sql.SQL("kpi_key <> '' AND kpi = ANY ({}) AND kpi || ':' || kpi_key <> ALL ({})").format(
            sql.Literal([*self.kpis]), sql.Literal(keys)
        )
        for column, sentence, wrong in (("kpi", NO_KPI, unknown), ("kpi_key", NO_KEY, without)):
            found = sql.SQL("SELECT at_line, NULL::int AS other FROM {} WHERE {}").format(staged.rows, wrong)
            self._find(staged, column, sentence, found)

    def _check_across(self, spec: FileSpec, rule: Across) -> None:
        """Find rows that conflict with the row they refer to, whichever of the two is in the data set."""
        other = next(FILE_OF[c.refers_to] for c in spec.columns if c.name == rule.reference and c.refers_to)
        if spec.name in self.unread or other.name in self.unread:
            return
        rows, others = self.staged.get(spec.name), self.staged.get(other.name)
        if not set(rule.other_reads) <= set(other.names):
            others = None  # no file changes what the rule reads of the other row: as stored it counts
        broken = sql.SQL(
            "FROM {rows} r JOIN {others} p ON p.{key} = r.{reference}"
            " WHERE r.faults & {reads} = 0 AND p.faults & {other_reads} = 0 AND ({broken})"
        ).format(
            rows=final_rows(spec, rows),
            others=final_rows(other, others),
            key=sql.Identifier(other.key[0]),
            reference=sql.Identifier(rule.reference),
            reads=sql.Literal(spec.mask((rule.reference, *rule.reads))),
            other_reads=sql.Literal(other.mask(rule.other_reads)),
            broken=sql.SQL(rule.broken),
        )
        if rows:
            found = sql.SQL("SELECT r.at_line, NULL::int AS other {} AND r.at_line IS NOT NULL").format(
                broken
            )
            self._find(rows, rule.column, rule.sentence, found)
        if others:
            found = sql.SQL(
                "SELECT DISTINCT p.at_line, NULL::int AS other {} AND p.at_line IS NOT NULL AND r.at_line IS NULL"
            ).format(broken)
            self._find(others, rule.other_column, rule.other_sentence, found)

    def _find(self, staged: Staged, column: str, reason: str, found: sql.Composed) -> bool:
        """Add a problem for each line that the query ``found`` returns; its ``other``, if any, completes the sentence.

        ``other`` is the line of another row, or ``STORED``. The column's text is looked up only for listed problems.
        """
        shown = sql.SQL("left(t.{}, {})").format(sql.Identifier(column), sql.Literal(SHOWN + 1))
        self.cursor.execute(
            sql.SQL(
                "WITH found AS MATERIALIZED"
                " (SELECT at_line, other, count(*) OVER () AS total FROM ({found}) f ORDER BY at_line LIMIT {listed})"
                " SELECT at_line, {shown}, found.other, total FROM found JOIN {text} t USING (at_line)"
            ).format(
                found=found,
                listed=sql.Literal(LISTED),
                shown=shown if column in staged.columns else sql.SQL("NULL"),
                text=staged.text,
            )
        )
        rows = self.cursor.fetchall()
        heading = staged.spec.headings[column]
        problems = [
            Problem(_with_other(reason, staged, at_line, other), *staged.place(at_line), heading, value or "")
            for at_line, value, other, _ in rows
        ]
        self.findings.extend(problems, rows[0][3] if rows else 0)
        return bool(rows)

    def _single(self, query: sql.Composed) -> Any:
        self.cursor.execute(query)
        return self.cursor.fetchone()[0]


def _with_other(reason: str, staged: Staged, at_line: int, other: int | None) -> str:
    """The sentence, completed with the other row that it is about."""
    if other is None:
        return reason
    if other == STORED:
        return f"{reason[:-1]}: stored already."
    (file, _), (of_file, line) = staged.place(at_line), staged.place(other)
    return f"{reason[:-1]}: line {line}{'' if of_file == file else f' of {of_file}'}."


def _broken(staged: Staged, rule: RowRule) -> sql.Composed:
    """SQL that is true for staged rows that break the rule; like a CHECK, it accepts unknown values."""
    return sql.SQL("(({}) IS FALSE AND faults & {} = 0)").format(
        rule.condition, sql.Literal(staged.spec.mask(rule.reads))
    )


def _overlapping(staged: Staged, rule: NoOverlap) -> sql.Composed:
    """SQL for the staged rows that share a day with a row before them, or with a stored one after them.

    Rows are ordered by their first days. It takes one pass: a row overlaps an earlier one if it starts before the
    latest end so far. ``other`` is the neighbouring row if that is the one it overlaps.
    """
    return sql.SQL(
        """
        SELECT at_line,
            CASE WHEN before_last {reaches} first THEN coalesce(before_line, {stored})
                 WHEN NOT coalesce(reached {reaches} first, false) THEN {stored} END AS other
        FROM (
            SELECT at_line, first, last,
                max(last) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached,
                lag(last) OVER w AS before_last, lag(at_line) OVER w AS before_line,
                lead(first) OVER w AS next_first, lead(at_line) OVER w AS next_line
            FROM (
                SELECT at_line, {per}, {first} AS first, coalesce({last}, 'infinity') AS last FROM {final} f
                WHERE faults & {reads} = 0 AND ({among}) AND ({per}) IN (SELECT {per} FROM {rows})
            ) days
            WHERE last {reaches} first
            WINDOW w AS (PARTITION BY {per} ORDER BY first, at_line NULLS FIRST)
        ) seen
        WHERE at_line IS NOT NULL
        AND (reached {reaches} first OR (next_line IS NULL AND last {reaches} next_first))
        """
    ).format(
        per=sql.SQL(", ").join(map(sql.Identifier, rule.per)),
        first=sql.Identifier(rule.first),
        last=sql.Identifier(rule.last),
        final=final_rows(staged.spec, staged),
        reads=sql.Literal(staged.spec.mask(rule.reads)),
        among=rule.among,
        rows=staged.rows,
        stored=sql.Literal(STORED),
        reaches=sql.SQL(">=" if rule.includes_last else ">"),
    )
