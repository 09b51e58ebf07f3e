"""DfE's files as published, with their own headers, codes and symbols; all is text until recognised as a figure."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from sen_dashboard.benchmarking.areas import ENGLAND, REGIONS, region_named
from sen_dashboard.benchmarking.measures import BENCHMARKS
from sen_dashboard.benchmarking.models import Closeness, PeriodKind, PublishedSymbol
from sen_dashboard.benchmarking.periods import read_period
from sen_dashboard.benchmarking.sources import (
    ADDED_LATER,
    LAIT,
    NEIGHBOURS,
    PASSED_OVER,
    SEN2_FIGURES,
    SPEND,
)
from sen_dashboard.core.formats import listed
from sen_dashboard.importing.lines import CsvFile
from sen_dashboard.importing.problems import Findings, Problem, visible
from sen_dashboard.importing.source import Member

Row = dict[str, str]
"""The texts of a row by column."""

AREA_COLUMN = {"National": "country_code", "Regional": "region_code", "Local authority": "old_la_code"}
"""The column of the SEN2 statistics that holds a row's area, by ``geographic_level``."""

SEN2_AUTHORITY = ("old_la_code", "la_name", "region_code", "new_la_code")
SEN2_COLUMNS = (
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    *SEN2_AUTHORITY,
    "breakdown_topic",
    "breakdown",
)
LAIT_COLUMNS = ("measure_code", "period", "la_code", "area_name", "value")
NEIGHBOUR_AUTHORITY = ("la_code", "la_name", "region", "")  # no ONS code
NEIGHBOUR_COLUMNS = (*NEIGHBOUR_AUTHORITY[:3], "rank", "neighbour_la_code", "closeness")
SPEND_FIGURES = ("total_spend", "pop_est")
SPEND_COLUMNS = ("la_name", "category", "year", *SPEND_FIGURES)
SPEND_CATEGORY = "Independent or non-maintained"  # the others are the state sector and the total of both

PERIOD_KINDS = {
    indicator: benchmark.period_kind for benchmark in BENCHMARKS for indicator in benchmark.indicators
}
PERCENTAGES = {measure.percentage for benchmark in BENCHMARKS for measure in benchmark.measures}

AUTHORITY_CODE = re.compile("[0-9]{3}")
ONS_CODE = re.compile("[A-Z][0-9]{8}")
RANK = re.compile("[1-9]|10")
COUNT = re.compile("[0-9]{1,9}")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")
PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]+)?([eE]-?[0-9]{1,2})?")
LONGEST_NAME = 80
NEIGHBOURS_EACH = 10  # a whole list at a time, so that no list mixes two editions

UNKNOWN_AREA = "The area is unknown: no file read and no record held describes it."


class Authority(NamedTuple):
    """A local authority as described by the latest row about it; the list of neighbours has no ONS code."""

    name: str
    region: str
    ons_code: str
    period: str


class FigureKey(NamedTuple):
    """The key of a figure."""

    indicator: str
    area: str
    period: str


class Figure(NamedTuple):
    """A published number, or the symbol in its place."""

    period_kind: PeriodKind
    value: Decimal | None
    symbol: str
    file: str


class NeighbourKey(NamedTuple):
    """The key of a place in an authority's list of neighbours."""

    authority: str
    rank: int


class Neighbour(NamedTuple):
    """The neighbour at a place in the list."""

    code: str
    closeness: Closeness
    file: str


@dataclass
class Published:
    """The contents of files.

    ``read`` counts the figures, or neighbours, in each file; ``warnings`` are sentences on skipped rows and columns.
    """

    authorities: dict[str, Authority] = field(default_factory=dict)
    figures: dict[FigureKey, Figure] = field(default_factory=dict)
    neighbours: dict[NeighbourKey, Neighbour] = field(default_factory=dict)
    read: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)


class Reader:
    """Reads files, in the order of their data sets, into ``published``; errors go to ``findings``.

    ``known`` are the codes and names of the authorities in the store, which files may refer to.
    """

    def __init__(self, known: Mapping[str, str], findings: Findings) -> None:
        self.published = Published()
        self._known = known
        self._findings = findings
        self._file = ""
        self._lines: dict[tuple[Any, ...], int] = {}  # of the file being read

    def read(self, file: Member, dataset: str) -> None:
        """Read a file of the data set."""
        self._file = file.name
        self._lines = {}
        if dataset == NEIGHBOURS:
            self._read_neighbours(file)
        elif dataset == LAIT:
            self._read_lait(file)
        elif dataset == SPEND:
            self._read_spend(file)
        else:
            self._read_sen2(file, dataset)

    def _rows(
        self, file: Member, dataset: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> list[tuple[int, Row]]:
        """Return the line and the values of each row; none if the file cannot be read in full, which is reported."""
        with file.open() as stream:
            read = CsvFile(
                file.name,
                stream,
                self._findings,
                self.published.warnings,
                columns=(*required, *optional),
                required=required,
                passed_over=PASSED_OVER[dataset],
            )
            if not read.complete:
                return []
            rows = [(line, dict(zip(read.columns, values, strict=True))) for line, values in read.rows()]
            return rows if read.complete else []

    # Layouts

    def _read_sen2(self, file: Member, dataset: str) -> None:
        """Read the rows of all plans, whose breakdown is the topic itself; skip those by age, sex and so on."""
        columns = SEN2_FIGURES[dataset]
        kind = PERIOD_KINDS[f"{dataset}.{columns[0]}"]
        later = tuple(column for column in columns if f"{dataset}.{column}" in ADDED_LATER)
        always = tuple(column for column in columns if column not in later)
        rows = self._rows(file, dataset, (*SEN2_COLUMNS, *always), later)
        of_all = [(line, row) for line, row in rows if row["breakdown"] == row["breakdown_topic"]]
        if rows and not of_all:
            self._problem(1, "breakdown", "", "No row is of all plans, with its topic as its breakdown.")
        for line, row in of_all:
            period = self._period(line, row, kind)
            area = self._area(line, row, period)
            if area and period:
                for column in (column for column in columns if column in row):
                    key = FigureKey(f"{dataset}.{column}", area, period)
                    self._add_figure(line, column, row[column], key, kind)

    def _read_lait(self, file: Member) -> None:
        """Read the rows of the measures that are needed; LAIT has its own codes for regions and England."""
        for line, row in self._rows(file, LAIT, LAIT_COLUMNS):
            indicator = f"{LAIT}.{row['measure_code']}"
            if indicator not in PERIOD_KINDS:
                continue
            kind, code = PERIOD_KINDS[indicator], row["la_code"]
            area = code if self._is_known(code) else _area_named(row["area_name"])
            if area is None:
                self._problem(line, "la_code", code, UNKNOWN_AREA)
                continue
            try:
                period = read_period(kind, row["period"])
            except ValueError as error:
                self._problem(line, "period", row["period"], str(error))
                continue
            self._add_figure(line, "value", row["value"], FigureKey(indicator, area, period), kind)

    def _read_spend(self, file: Member) -> None:
        """Read the rows of independent and non-maintained schools that have any values.

        They give an authority's name and no code: rows whose name does not belong to exactly one authority are skipped
        with a warning.
        """
        kind = PERIOD_KINDS[f"{SPEND}.{SPEND_FIGURES[0]}"]
        codes, unresolved = self._codes_by_name(), set()
        rows = self._rows(file, SPEND, SPEND_COLUMNS)
        of_inmss = [(line, row) for line, row in rows if row["category"] == SPEND_CATEGORY]
        if rows and not of_inmss:
            self._problem(1, "category", "", f"No row is of the category {SPEND_CATEGORY}.")
        for line, row in of_inmss:
            if not any(
                row[column] for column in SPEND_FIGURES
            ):  # for a year in which the authority did not exist
                continue
            if row["la_name"] not in codes:
                unresolved.add(visible(row["la_name"]))
                continue
            try:
                period = read_period(kind, row["year"])
            except ValueError as error:
                self._problem(line, "year", row["year"], str(error))
                continue
            for column in SPEND_FIGURES:
                key = FigureKey(f"{SPEND}.{column}", codes[row["la_name"]], period)
                self._add_figure(line, column, row[column], key, kind)
        if unresolved:
            self.published.warnings.append(
                f"{visible(file.name)} names no one authority with {listed(sorted(unresolved))}, which is left out."
            )

    def _codes_by_name(self) -> dict[str, str]:
        """Return the codes of authorities by name, without names that several share."""
        names = dict(self._known) | {
            code: authority.name for code, authority in self.published.authorities.items()
        }
        having = Counter(names.values())
        return {name: code for code, name in names.items() if having[name] == 1}

    def _read_neighbours(self, file: Member) -> None:
        rows = self._rows(file, NEIGHBOURS, NEIGHBOUR_COLUMNS)
        for line, row in rows:
            region = region_named(row["region"]) or row["region"]
            self._add_authority(
                line, row["la_code"], Authority(row["la_name"], region, "", ""), NEIGHBOUR_AUTHORITY
            )
        problems = self._findings.count
        for line, row in rows:
            self._add_neighbour(line, row)
        if self._findings.count > problems:
            return
        last_lines = {row["la_code"]: line for line, row in rows}
        for authority, number in Counter(row["la_code"] for _, row in rows).items():
            if number < NEIGHBOURS_EACH:
                reason = f"The list has {number} of this authority's {NEIGHBOURS_EACH} neighbours."
                self._problem(last_lines[authority], "la_code", authority, reason)

    # Values

    def _period(self, line: int, row: Row, kind: PeriodKind) -> str:
        """Return the year of a row of the SEN2 statistics; report one of the wrong kind and return an empty text."""
        if row["time_identifier"] != kind.label:
            reason = f"This data set is expected by {kind.label.lower()}."
            self._problem(line, "time_identifier", row["time_identifier"], reason)
            return ""
        try:
            return read_period(kind, row["time_period"])
        except ValueError as error:
            self._problem(line, "time_period", row["time_period"], str(error))
            return ""

    def _area(self, line: int, row: Row, period: str) -> str | None:
        """Return the area of a row of the SEN2 statistics; report an invalid one and return None."""
        level = row["geographic_level"]
        if level not in AREA_COLUMN:
            self._problem(line, "geographic_level", level, f"Choose from {', '.join(AREA_COLUMN)}.")
            return None
        code = row[AREA_COLUMN[level]]
        if level == "Local authority":
            authority = Authority(row["la_name"], row["region_code"], row["new_la_code"], period)
            return code if self._add_authority(line, code, authority, SEN2_AUTHORITY) else None
        if code == ENGLAND or code in REGIONS:
            return code
        self._problem(line, AREA_COLUMN[level], code, UNKNOWN_AREA)
        return None

    def _add_authority(self, line: int, code: str, authority: Authority, columns: tuple[str, ...]) -> bool:
        """Keep the latest description of an authority; report an invalid one and return False."""
        name, region, ons_code, period = authority
        checks = (
            (
                AUTHORITY_CODE.fullmatch(code),
                code,
                "This is not the three digits of an authority's DfE code.",
            ),
            (0 < len(name) <= LONGEST_NAME, name, f"Enter a name of at most {LONGEST_NAME} characters."),
            (region in REGIONS, region, "The region is unknown."),
            (
                not ons_code or ONS_CODE.fullmatch(ons_code),
                ons_code,
                "This is not an ONS code such as E10000016.",
            ),
        )
        wrong = [
            (column, value, reason)
            for column, (holds, value, reason) in zip(columns, checks, strict=True)
            if not holds
        ]
        for column, value, reason in wrong:
            self._problem(line, column, value, reason)
        held = self.published.authorities.get(code)
        if not wrong and (held is None or held.period <= period):
            self.published.authorities[code] = authority
        return not wrong

    def _add_figure(self, line: int, column: str, text: str, key: FigureKey, kind: PeriodKind) -> None:
        """Keep a figure; another file may repeat it, but not contradict it."""
        try:
            value, symbol = read_figure(text, key.indicator)
        except ValueError as error:
            self._problem(line, column, text, str(error))
            return
        if self._is_repeated(line, column, text, key):
            return
        self.published.read[self._file] += 1
        figure = Figure(kind, value, symbol, self._file)
        held = self.published.figures.setdefault(key, figure)
        if held[:3] != figure[:3]:
            self._problem(line, column, text, f"{held.file} has another figure for the same area and period.")

    def _add_neighbour(self, line: int, row: Row) -> None:
        rank, code, closeness = row["rank"], row["neighbour_la_code"], row["closeness"].capitalize()
        checks = (
            ("rank", bool(RANK.fullmatch(rank)), f"Enter a rank from 1 to {NEIGHBOURS_EACH}."),
            ("neighbour_la_code", self._is_known(code), UNKNOWN_AREA),
            ("neighbour_la_code", code != row["la_code"], "A council is not its own neighbour."),
            ("closeness", closeness in Closeness.values, f"Choose from {', '.join(Closeness.values)}."),
        )
        wrong = [(column, reason) for column, holds, reason in checks if not holds]
        for column, reason in wrong:
            self._problem(line, column, row[column], reason)
        if wrong:
            return
        key, pair = NeighbourKey(row["la_code"], int(rank)), (row["la_code"], code)
        if self._is_repeated(line, "rank", rank, key) or self._is_repeated(
            line, "neighbour_la_code", code, pair
        ):
            return
        self.published.read[self._file] += 1
        self.published.neighbours[key] = Neighbour(code, Closeness(closeness), self._file)

    def _is_repeated(self, line: int, column: str, text: str, what: tuple[Any, ...]) -> bool:
        """Return whether an earlier line of the file is about the same entry, and report that."""
        first = self._lines.setdefault(what, line)
        if first != line:
            self._problem(line, column, text, f"Line {first} holds this already.")
        return first != line

    def _is_known(self, code: str) -> bool:
        return code in self.published.authorities or code in self._known

    def _problem(self, line: int, column: str, value: str, reason: str) -> None:
        self._findings.add(Problem(reason, self._file, line, column, value))


def read_figure(text: str, indicator: str) -> tuple[Decimal | None, str]:
    """Return a number and no symbol, or a symbol and no number. Raises ValueError with a sentence for anything else.

    Percentages that have been through a spreadsheet have the noise of binary fractions ("33.299999999999997"): the
    shortest number that is equal in binary is the one that was typed.
    """
    if text in PublishedSymbol.values:
        return None, text
    if indicator in PERCENTAGES:
        what, is_one = "a percentage from 0 to 100", bool(PERCENTAGE.fullmatch(text)) and float(text) <= 100
    elif indicator.startswith(SPEND):
        what, is_one = "an amount below 1,000,000,000", bool(AMOUNT.fullmatch(text))
    else:
        what, is_one = "a whole number", bool(COUNT.fullmatch(text))
    if is_one:
        return round(Decimal(repr(float(text))), 10), ""
    raise ValueError(f"This is neither {what} nor one of the symbols {', '.join(PublishedSymbol.values)}.")


def _area_named(name: str) -> str | None:
    return ENGLAND if name == "England" else region_named(name)
