"""The demonstration data set, read back as plain CSV and compared with the data contract, without a database.

Whether its KPIs are the published ones is not tested here; another test imports it and compares them.
"""

import csv
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

import pytest
from django.core.management import CommandError, call_command

Row = dict[str, str]

FIRST_DAY = date(2013, 4, 1)
LAST_DAY = date(2019, 3, 31)
KEYS = {
    "schools": ("school_id",),
    "children": ("child_id",),
    "assessments": ("assessment_id",),
    "plans": ("plan_id",),
    "placements": ("placement_id",),
    "cost_lines": ("placement_id", "kind", "starts_on"),
    "panel_cases": ("case_id",),
    "panel_decisions": ("case_id", "meeting_on"),
    "budgets": ("financial_year", "line"),
    "forecasts": ("financial_year", "line", "made_on"),
    "ledger": ("month", "line", "school_id", "reference"),
    "places": ("school_id", "provision", "academic_year"),
    "commissioning_plan": ("change_id",),
    "workstreams": ("workstream_id",),
    "actions": ("action_id",),
    "milestones": ("milestone_id",),
    "risks": ("risk_id",),
    "decisions_needed": ("item_id",),
    "events": ("event_id",),
}
PROGRAMME = {"workstreams", "actions", "milestones", "risks", "decisions_needed", "events"}
OF_ALL_COUNCILS = PROGRAMME | {"budgets", "forecasts"}
"""Files whose rows are not multiplied with the councils."""
REQUIRED = {
    "schools": "school_id name sector",
    "children": "child_id date_of_birth",
    "assessments": "assessment_id child_id requested_on",
    "plans": "plan_id child_id issued_on primary_need",
    "placements": "placement_id plan_id school_id attendance starts_on",
    "cost_lines": "placement_id kind annual_amount starts_on",
    "panel_cases": "case_id child_id panel received_on primary_need annual_cost",
    "panel_decisions": "case_id meeting_on outcome",
    "budgets": "financial_year line amount",
    "forecasts": "financial_year line made_on amount",
    "ledger": "month line amount",
    "places": "school_id provision academic_year places",
    "commissioning_plan": "change_id school_id title provision effective_on places_change status",
    "workstreams": "workstream_id title",
    "actions": "action_id lever title owner due_on status updated_on",
    "milestones": "milestone_id title due_on",
    "risks": "risk_id workstream_id title likelihood impact status",
    "decisions_needed": "item_id workstream_id title asked_of",
    "events": "event_id on title",
}
NEED = "SPLD MLD SLD PMLD SEMH SLCN HI VI MSI PD ASD DS OTH CL"
CODES = {
    ("schools", "sector"): "INDEPENDENT_SPECIAL NON_MAINTAINED_SPECIAL STATE_SPECIAL MAINSTREAM"
    " INDEPENDENT_MAINSTREAM POST_16 OTHER",
    ("assessments", "assess_decision"): "AGREED REFUSED",
    ("assessments", "issue_decision"): "ISSUED NOT_ISSUED",
    ("assessments", "exception"): "Y N",
    ("plans", "cease_reason"): "1 2 3 4 5 6 7 8 9",
    ("plans", "primary_need"): NEED,
    ("plans", "secondary_need"): NEED,
    ("placements", "in_srp"): "Y N",
    ("placements", "attendance"): "DAY RESIDENTIAL",
    ("placements", "end_reason"): "LEFT MOVED TRANSITION TERMINATED DECEASED OTHER",
    (
        "placements",
        "route",
    ): "PANEL TRIBUNAL_ORDERED TRIBUNAL_CONCEDED PARENTAL EMERGENCY TRANSFERRED_IN OTHER",
    ("placements", "reason"): "COMPLEXITY CAPACITY OTHER",
    ("placements", "accrual"): "DAYS MONTHS TERMS",
    ("cost_lines", "kind"): "CORE PLACE_FUNDING BOARDING ONE_TO_ONE THERAPY OTHER TRANSPORT",
    ("cost_lines", "void"): "Y N",
    ("panel_cases", "panel"): "INDEPENDENT ADDITIONAL_FUNDING",
    ("panel_cases", "primary_need"): NEED,
    ("panel_cases", "secondary_need"): NEED,
    ("panel_cases", "profile"): "BEHAVIOUR_ANXIETY COMPLEX_MENTAL_HEALTH OTHER",
    ("panel_cases", "attendance"): "DAY RESIDENTIAL",
    ("panel_cases", "cost_basis"): "ANNUAL PART_YEAR",
    ("panel_decisions", "outcome"): "AGREED DECLINED MORE_INFORMATION DEFERRED WITHDRAWN",
    ("panel_decisions", "void"): "Y N",
    ("places", "provision"): "SPECIAL SRP",
    ("commissioning_plan", "provision"): "SPECIAL SRP",
    ("commissioning_plan", "status"): "PROPOSED APPROVED OPEN CANCELLED",
    ("actions", "lever"): "REDUCE_SPEND REDUCE_DEMAND RIGHT_PROVISION SERVICE_REVIEW",
    ("actions", "status"): "NOT_STARTED ON_TRACK AT_RISK OFF_TRACK DONE",
    ("risks", "likelihood"): "1 2 3 4 5",
    ("risks", "impact"): "1 2 3 4 5",
    ("risks", "status"): "OPEN CLOSED",
}
PANEL_REASONS = {
    "INDEPENDENT": {"COMPLEXITY", "CAPACITY", "OTHER"},
    "ADDITIONAL_FUNDING": {"ONE_TO_ONE", "STAFF_RATIO", "AWAITING_PLACEMENT", "OTHER"},
}
REFERENCES = [
    ("assessments", "child_id", "children"),
    ("plans", "child_id", "children"),
    ("plans", "assessment_id", "assessments"),
    ("placements", "plan_id", "plans"),
    ("placements", "school_id", "schools"),
    ("cost_lines", "placement_id", "placements"),
    ("panel_cases", "child_id", "children"),
    ("panel_cases", "school_id", "schools"),
    ("panel_decisions", "case_id", "panel_cases"),
    ("ledger", "school_id", "schools"),
    ("places", "school_id", "schools"),
    ("commissioning_plan", "school_id", "schools"),
    ("actions", "workstream_id", "workstreams"),
    ("milestones", "action_id", "actions"),
    ("milestones", "change_id", "commissioning_plan"),
    ("risks", "workstream_id", "workstreams"),
    ("decisions_needed", "workstream_id", "workstreams"),
]
DISTRICTS = {
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
}


def day(text: str) -> date:
    """A date of the contract; the last day there is for an empty one, so that open intervals compare."""
    return date.fromisoformat(text) if text else date.max


def rows_of(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Dataset:
    """A data set in memory, with the words of the KPI definitions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {name: rows_of(folder, name) for name in KEYS}
        self.by_key = {
            name: {row[KEYS[name][0]]: row for row in self.files[name]}
            for name in ("schools", "children", "assessments", "plans", "placements", "panel_cases")
        }

    def plan(self, placement: Row) -> Row:
        return self.by_key["plans"][placement["plan_id"]]

    def born_on(self, child_id: str) -> date:
        return day(self.by_key["children"][child_id]["date_of_birth"])

    def provision(self, placement: Row) -> str:
        sector = self.by_key["schools"][placement["school_id"]]["sector"]
        if sector in ("INDEPENDENT_SPECIAL", "NON_MAINTAINED_SPECIAL"):
            return "INMSS"
        if sector == "STATE_SPECIAL":
            return "SPECIAL"
        if sector == "MAINSTREAM" and placement["in_srp"] == "Y":
            return "SRP"
        return sector if sector in ("MAINSTREAM", "POST_16") else "OTHER"

    def in_force(self, plan: Row, on: date) -> bool:
        return day(plan["issued_on"]) <= on < day(plan["ceased_on"])

    def open_on(self, on: date, *provisions: str) -> list[Row]:
        return [
            placement
            for placement in self.files["placements"]
            if day(placement["starts_on"]) <= on <= day(placement["ends_on"])
            and self.in_force(self.plan(placement), on)
            and (not provisions or self.provision(placement) in provisions)
        ]

    @cached_property
    def lines_now(self) -> dict[str, list[Row]]:
        """Cost lines in force on the last day, by placement."""
        lines: dict[str, list[Row]] = defaultdict(list)
        for line in self.files["cost_lines"]:
            if line["void"] == "N" and day(line["starts_on"]) <= LAST_DAY <= day(line["ends_on"]):
                lines[line["placement_id"]].append(line)
        return lines

    def annual_cost(self, placement: Row) -> Decimal:
        lines = self.lines_now[placement["placement_id"]]
        return sum(
            (Decimal(line["annual_amount"]) for line in lines if line["kind"] != "TRANSPORT"), Decimal(0)
        )

    def age_on_last_day(self, placement: Row) -> int:
        born_on = self.born_on(self.plan(placement)["child_id"])
        return LAST_DAY.year - born_on.year - ((LAST_DAY.month, LAST_DAY.day) < (born_on.month, born_on.day))

    @cached_property
    def decisions(self) -> dict[str, list[Row]]:
        """Decisions that count, by case, in order of meeting."""
        by_case: dict[str, list[Row]] = defaultdict(list)
        for decision in sorted(self.files["panel_decisions"], key=lambda row: row["meeting_on"]):
            if decision["void"] == "N":
                by_case[decision["case_id"]].append(decision)
        return by_case


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("scale-1") / "dataset"
    call_command("make_dataset", str(made), verbosity=0)
    return made


@pytest.fixture(scope="module")
def dataset(folder: Path) -> Dataset:
    return Dataset(folder)


def run_writer(folder: Path, scale: int, seed: int, **environment: str) -> list[int]:
    """Writes a data set in another process; returns the most memory it ever held after each council, in KB."""
    program = (
        "import resource, sys; from pathlib import Path; from sen_dashboard.demonstration import writer\n"
        "step = iter(range(1, 10**9))\n"
        "def progress():\n"
        "    if next(step) % writer.PARTS == 0:\n"
        "        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "writer.write_dataset(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), progress)\n"
    )
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(scale), str(seed)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
    )
    return [int(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def four_councils(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A data set at scale 4, and the memory its making held after each council."""
    folder = tmp_path_factory.mktemp("scale-4") / "dataset"
    return folder, run_writer(folder, 4, 1)


def overlapping(intervals: Iterable[tuple[str, date, date]]) -> Iterator[str]:
    """Keys with two intervals, both ends inclusive, that share a day."""
    by_key: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for key, first, last in intervals:
        by_key[key].append((first, last))
    for key, spans in by_key.items():
        yield from (key for before, after in pairwise(sorted(spans)) if after[0] <= before[1])


class TestCommand:
    def test_refuses_a_folder_that_is_not_empty(self, tmp_path: Path) -> None:
        (tmp_path / "plans.csv").write_text("mine")
        with pytest.raises(CommandError, match="not an empty folder"):
            call_command("make_dataset", str(tmp_path), verbosity=0)
        assert [path.name for path in tmp_path.iterdir()] == ["plans.csv"]

    def test_refuses_a_file_in_place_of_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("mine")
        with pytest.raises(CommandError, match="not an empty folder"):
            call_command("make_dataset", str(tmp_path / "file"), verbosity=0)
        with pytest.raises(CommandError, match="cannot be made"):
            call_command("make_dataset", str(tmp_path / "file" / "below"), verbosity=0)

    @pytest.mark.parametrize("scale", [0, -3])
    def test_refuses_a_scale_below_one(self, tmp_path: Path, scale: int) -> None:
        with pytest.raises(CommandError, match="--scale must be a whole number from 1 on"):
            call_command("make_dataset", str(tmp_path / "new"), scale=scale, verbosity=0)
        assert not (tmp_path / "new").exists()

    def test_says_what_it_wrote(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("make_dataset", str(tmp_path))
        said = capsys.readouterr()
        assert f"plans.csv: {len(rows_of(tmp_path, 'plans')):,} rows" in said.out
        assert "Making the data set" in said.err


class TestSameSeed:
    def test_gives_the_same_bytes_whatever_the_hash_seed(self, folder: Path, tmp_path: Path) -> None:
        run_writer(tmp_path / "again", 1, 1, PYTHONHASHSEED="7", LC_ALL="C", TZ="Asia/Tokyo")
        names = [path.name for path in sorted(folder.iterdir())]
        assert names == sorted(f"{name}.csv" for name in KEYS)
        for name in names:
            assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name

    def test_another_seed_gives_other_records(self, folder: Path, tmp_path: Path) -> None:
        run_writer(tmp_path / "other", 1, 2)
        for name in KEYS:
            if name not in PROGRAMME | {"budgets"}:
                assert (tmp_path / "other" / f"{name}.csv").read_bytes() != (
                    folder / f"{name}.csv"
                ).read_bytes()
        other = Dataset(tmp_path / "other")
        assert len(other.open_on(LAST_DAY, "INMSS")) == 842
        assert sum(other.in_force(plan, LAST_DAY) for plan in other.files["plans"]) == 12_000


class TestScale:
    def test_memory_does_not_grow(self, four_councils: tuple[Path, list[int]]) -> None:
        _, most = four_councils
        assert len(most) == 4
        assert most[3] / most[1] < 1.1

    def test_totals_are_multiples(self, four_councils: tuple[Path, list[int]], dataset: Dataset) -> None:
        large, _ = four_councils
        in_force = sum(dataset.in_force(plan, LAST_DAY) for plan in rows_of(large, "plans"))
        assert in_force == 4 * sum(dataset.in_force(plan, LAST_DAY) for plan in dataset.files["plans"])
        assert len(rows_of(large, "panel_cases")) == 4 * len(dataset.files["panel_cases"])
        for name in OF_ALL_COUNCILS:
            assert len(rows_of(large, name)) == len(dataset.files[name])
        assert outturn(rows_of(large, "ledger"), 2018) == 4 * outturn(dataset.files["ledger"], 2018)
        assert last_forecast(rows_of(large, "forecasts")) == 4 * last_forecast(dataset.files["forecasts"])

    def test_keys_are_unique_and_short(self, four_councils: tuple[Path, list[int]]) -> None:
        large, _ = four_councils
        for name, columns in KEYS.items():
            with (large / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                reader = csv.reader(file)
                header = next(reader)
                places = [header.index(column) for column in columns]
                keys = [tuple(row[place] for place in places) for row in reader]
            assert len(keys) == len(set(keys)), name
            assert all(len(part) <= 40 for key in keys for part in key), name


def outturn(ledger: list[Row], year: int) -> Decimal:
    """Postings of line 1.2.3 in a financial year."""
    months = [f"{year}-{month:02d}" for month in range(4, 13)] + [
        f"{year + 1}-{month:02d}" for month in range(1, 4)
    ]
    return sum(
        (Decimal(row["amount"]) for row in ledger if row["line"] == "1.2.3" and row["month"] in months),
        Decimal(0),
    )


def last_forecast(forecasts: list[Row]) -> Decimal:
    """The last forecast of line 1.2.3 for 2018-19."""
    made = [row for row in forecasts if (row["financial_year"], row["line"]) == ("2018-19", "1.2.3")]
    return Decimal(max(made, key=lambda row: row["made_on"])["amount"])


class TestContract:
    def test_required_values_are_there(self, dataset: Dataset) -> None:
        for name, columns in REQUIRED.items():
            for column in columns.split():
                assert all(row[column] for row in dataset.files[name]), (name, column)

    @pytest.mark.parametrize(("name", "column"), CODES)
    def test_codes_are_those_listed(self, dataset: Dataset, name: str, column: str) -> None:
        used = {row[column] for row in dataset.files[name]} - {""}
        assert used
        assert used <= set(CODES[name, column].split())

    def test_panel_reasons_are_those_of_the_panel(self, dataset: Dataset) -> None:
        for panel, reasons in PANEL_REASONS.items():
            cases = [row for row in dataset.files["panel_cases"] if row["panel"] == panel]
            assert {reason for row in cases for reason in row["reasons"].split(";")} == reasons

    def test_references_are_met(self, dataset: Dataset) -> None:
        for name, column, target in REFERENCES:
            known = {row[KEYS[target][0]] for row in dataset.files[target]} | {""}
            assert {row[column] for row in dataset.files[name]} <= known, (name, column)

    def test_amounts_are_to_the_penny_and_negative_only_in_the_ledger(self, dataset: Dataset) -> None:
        amounts = {
            "cost_lines": "annual_amount",
            "panel_cases": "annual_cost",
            "panel_decisions": "value",
            "budgets": "amount",
            "forecasts": "amount",
            "ledger": "amount",
        }
        for name, column in amounts.items():
            for row in dataset.files[name]:
                if row[column]:
                    assert row[column][-3] == "."
                    assert Decimal(row[column]) > 0 or name == "ledger", (name, row)
        assert all(int(row["places"]) > 0 for row in dataset.files["places"])
        assert all(0 < Decimal(row["education_share"]) <= 100 for row in dataset.files["cost_lines"])

    def test_a_child_has_one_plan_at_a_time(self, dataset: Dataset) -> None:
        for plan in dataset.files["plans"]:
            assert day(plan["issued_on"]) < day(plan["ceased_on"])
            assert bool(plan["ceased_on"]) == bool(plan["cease_reason"])
        plans = (
            (plan["child_id"], day(plan["issued_on"]), last_in_force(plan)) for plan in dataset.files["plans"]
        )
        assert not list(overlapping(plans))

    def test_a_plan_has_one_placement_at_a_time(self, dataset: Dataset) -> None:
        for placement in dataset.files["placements"]:
            assert day(placement["starts_on"]) <= day(placement["ends_on"])
            assert day(placement["starts_on"]) >= day(dataset.plan(placement)["issued_on"])
            assert bool(placement["ends_on"]) == bool(placement["end_reason"])
        placements = (
            (placement["plan_id"], day(placement["starts_on"]), day(placement["ends_on"]))
            for placement in dataset.files["placements"]
        )
        assert not list(overlapping(placements))

    def test_cost_lines_lie_inside_their_placement_and_do_not_overlap(self, dataset: Dataset) -> None:
        for line in dataset.files["cost_lines"]:
            placement = dataset.by_key["placements"][line["placement_id"]]
            assert day(placement["starts_on"]) <= day(line["starts_on"]) <= day(line["ends_on"])
            assert day(line["ends_on"]) <= day(placement["ends_on"])
        lines = (
            (f"{line['placement_id']} {line['kind']}", day(line["starts_on"]), day(line["ends_on"]))
            for line in dataset.files["cost_lines"]
            if line["void"] == "N"
        )
        assert not list(overlapping(lines))

    def test_nothing_happens_before_birth(self, dataset: Dataset) -> None:
        for name, column in (
            ("assessments", "requested_on"),
            ("plans", "issued_on"),
            ("panel_cases", "received_on"),
        ):
            for row in dataset.files[name]:
                assert day(row[column]) >= dataset.born_on(row["child_id"]), (name, row)

    def test_a_decision_and_its_date_come_together(self, dataset: Dataset) -> None:
        for row in dataset.files["assessments"]:
            assert bool(row["assess_decision"]) == bool(row["assess_decided_on"])
            assert bool(row["issue_decision"]) == bool(row["issue_decided_on"])
            decided = [row["requested_on"], row["assess_decided_on"], row["issue_decided_on"]]
            days = [day(text) for text in decided if text]
            assert days == sorted(days), row
            assert row["assess_decision"] == "AGREED" or not row["issue_decision"]

    def test_a_plan_follows_its_own_childs_assessment(self, dataset: Dataset) -> None:
        for plan in dataset.files["plans"]:
            if plan["assessment_id"]:
                assessment = dataset.by_key["assessments"][plan["assessment_id"]]
                assert assessment["child_id"] == plan["child_id"]
                assert assessment["issue_decision"] == "ISSUED"
                assert day(assessment["issue_decided_on"]) <= day(plan["issued_on"])

    def test_a_case_is_decided_after_it_was_received(self, dataset: Dataset) -> None:
        for row in dataset.files["panel_decisions"]:
            case = dataset.by_key["panel_cases"][row["case_id"]]
            assert case["received_on"] <= row["meeting_on"]
            assert row["outcome"] == "MORE_INFORMATION" or not row["due_on"]

    def test_nothing_is_recorded_after_the_last_day(self, dataset: Dataset) -> None:
        known = {
            "assessments": ("requested_on", "assess_decided_on", "issue_decided_on"),
            "plans": ("issued_on", "ceased_on"),
            "placements": ("starts_on",),
            "cost_lines": ("starts_on",),
            "panel_cases": ("received_on",),
            "panel_decisions": ("meeting_on",),
            "forecasts": ("made_on",),
        }
        for name, columns in known.items():
            for column in columns:
                assert max(row[column] for row in dataset.files[name]) <= LAST_DAY.isoformat(), (name, column)
        months = {row["month"] for row in dataset.files["ledger"]}
        assert (min(months), max(months), len(months)) == ("2013-04", "2019-03", 72)
        ends = {
            row["ends_on"] for row in dataset.files["placements"] if row["ends_on"] > LAST_DAY.isoformat()
        }
        assert ends == {"2019-08-31"}


def last_in_force(plan: Row) -> date:
    """The last day of a plan: the day before it ceased."""
    ceased_on = day(plan["ceased_on"])
    return ceased_on if ceased_on == date.max else date.fromordinal(ceased_on.toordinal() - 1)


class TestChildren:
    def test_live_in_the_twelve_districts(self, dataset: Dataset) -> None:
        homes = Counter(row["home_district"] for row in dataset.files["children"])
        assert set(homes) == DISTRICTS
        assert min(homes.values()) > len(dataset.files["children"]) / 25

    def test_are_of_an_age_for_a_plan(self, dataset: Dataset) -> None:
        ages = [dataset.age_on_last_day(placement) for placement in dataset.open_on(LAST_DAY)]
        assert min(ages) >= 3
        assert 20 < max(ages) <= 25
        inmss = [dataset.age_on_last_day(placement) for placement in dataset.open_on(LAST_DAY, "INMSS")]
        assert sum(age >= 11 for age in inmss) > 0.75 * len(inmss)
        assert max(inmss) <= 19

    def test_leave_at_the_end_of_the_school_year(self, dataset: Dataset) -> None:
        ends = [row["ends_on"] for row in dataset.files["placements"] if row["ends_on"]]
        assert sum(end.endswith("-08-31") for end in ends) > 0.6 * len(ends)
        leavers = [
            day(row["ends_on"]).year - dataset.born_on(dataset.plan(row)["child_id"]).year
            for row in dataset.files["placements"]
            if row["ends_on"].endswith("-08-31") and dataset.provision(row) == "INMSS"
        ]
        sixteen = sum(years in (16, 17) for years in leavers)
        assert sixteen > 0.25 * len(leavers)

    def test_mostly_have_one_open_placement(self, dataset: Dataset) -> None:
        placed = {placement["plan_id"] for placement in dataset.open_on(LAST_DAY)}
        in_force = sum(dataset.in_force(plan, LAST_DAY) for plan in dataset.files["plans"])
        assert 0 < in_force - len(placed) < 0.03 * in_force

    def test_come_to_a_full_range_of_provision(self, dataset: Dataset) -> None:
        for year in range(2013, 2020):
            provisions = Counter(map(dataset.provision, dataset.open_on(date(year, 3, 31))))
            assert set(provisions) == {"INMSS", "SPECIAL", "SRP", "MAINSTREAM", "POST_16", "OTHER"}
        assert provisions["MAINSTREAM"] > provisions["SPECIAL"] > provisions["POST_16"] > provisions["SRP"]

    def test_a_few_placements_outlast_their_plan(self, dataset: Dataset) -> None:
        outlasting = [
            p for p in dataset.files["placements"] if last_in_force(dataset.plan(p)) < day(p["ends_on"])
        ]
        assert 5 <= len(outlasting) <= 12

    def test_inmss_routes_include_the_tribunal(self, dataset: Dataset) -> None:
        routes = Counter(
            row["route"] for row in dataset.files["placements"] if dataset.provision(row) == "INMSS"
        )
        assert routes["PANEL"] > routes["TRIBUNAL_ORDERED"] > 0 < routes["TRIBUNAL_CONCEDED"]


class TestAssessments:
    def test_stand_behind_most_plans_since_september_2014(self, dataset: Dataset) -> None:
        since = [plan for plan in dataset.files["plans"] if plan["issued_on"] >= "2014-09-01"]
        assert 0.95 < sum(bool(plan["assessment_id"]) for plan in since) / len(since) < 1
        before = [plan for plan in dataset.files["plans"] if plan["issued_on"] < "2014-09-01"]
        assert not any(plan["assessment_id"] for plan in before)

    def test_fall_behind_the_20_weeks_as_requests_grow(self, dataset: Dataset) -> None:
        shares = []
        for year in range(2015, 2019):
            took = [
                (
                    day(plan["issued_on"])
                    - day(dataset.by_key["assessments"][plan["assessment_id"]]["requested_on"])
                ).days
                for plan in dataset.files["plans"]
                if plan["assessment_id"] and f"{year}-04-01" <= plan["issued_on"] < f"{year + 1}-04-01"
            ]
            shares.append(sum(days <= 140 for days in took) / len(took))
        assert 0.55 < shares[0] < 0.7
        assert 0.25 < shares[-1] < 0.35

    def test_come_in_all_year_round_and_about_a_fifth_is_refused(self, dataset: Dataset) -> None:
        """In no month of 2018-19 do requests or refusals stop, and the numbers are those of a large county."""
        rows = dataset.files["assessments"]
        received = Counter(row["requested_on"][:7] for row in rows)
        decided = {
            decision: Counter(
                row["assess_decided_on"][:7] for row in rows if row["assess_decision"] == decision
            )
            for decision in ("AGREED", "REFUSED")
        }
        months = [f"2018-{month:02d}" for month in range(4, 13)] + ["2019-01", "2019-02", "2019-03"]
        assert all(180 < received[month] < 420 for month in months)
        assert all(30 < decided["REFUSED"][month] < 90 for month in months)
        refused, agreed = (sum(decided[one][month] for month in months) for one in ("REFUSED", "AGREED"))
        assert 3_000 < sum(received[month] for month in months) < 4_000
        assert 0.17 < refused / (refused + agreed) < 0.23

    def test_some_are_refused_and_some_open(self, dataset: Dataset) -> None:
        outcomes = Counter(
            (row["assess_decision"], row["issue_decision"]) for row in dataset.files["assessments"]
        )
        assert (
            min(outcomes[pair] for pair in (("REFUSED", ""), ("AGREED", "NOT_ISSUED"), ("AGREED", ""))) > 100
        )
        waiting = [
            (LAST_DAY - day(row["requested_on"])).days
            for row in dataset.files["assessments"]
            if row["assess_decision"] in ("", "AGREED") and not row["issue_decision"]
        ]
        assert min(waiting) < 42 < median(waiting) < 140 < 364 < max(waiting)


class TestCosts:
    def test_boarding_costs_several_times_a_day_place(self, dataset: Dataset) -> None:
        open_now = dataset.open_on(LAST_DAY, "INMSS")
        average = {
            attendance: mean(
                dataset.annual_cost(row)
                for row in open_now
                if row["attendance"] == attendance and dataset.annual_cost(row)
            )
            for attendance in ("DAY", "RESIDENTIAL")
        }
        assert average["RESIDENTIAL"] > 3 * average["DAY"]

    def test_fees_have_a_heavy_tail(self, dataset: Dataset) -> None:
        day_fees = [
            dataset.annual_cost(row)
            for row in dataset.open_on(LAST_DAY, "INMSS")
            if row["attendance"] == "DAY" and dataset.annual_cost(row)
        ]
        assert max(day_fees) > 2 * median(day_fees)
        assert median(day_fees) < mean(day_fees)
        assert min(day_fees) > median(day_fees) / 3

    def test_three_placements_carry_no_cost_line(self, dataset: Dataset) -> None:
        bare = [
            row for row in dataset.open_on(LAST_DAY, "INMSS") if not dataset.lines_now[row["placement_id"]]
        ]
        assert len(bare) == 3

    def test_state_provision_carries_place_funding_and_a_top_up(self, dataset: Dataset) -> None:
        for row in dataset.open_on(LAST_DAY, "SPECIAL", "SRP"):
            lines = {line["kind"]: line["annual_amount"] for line in dataset.lines_now[row["placement_id"]]}
            assert lines["PLACE_FUNDING"] == "10000.00"
            assert Decimal(lines["CORE"]) > 0

    def test_boarders_have_boarding_and_some_of_it_is_shared(self, dataset: Dataset) -> None:
        shares = Counter()
        for row in dataset.open_on(LAST_DAY, "INMSS"):
            lines = {line["kind"]: line for line in dataset.lines_now[row["placement_id"]]}
            if lines:
                assert ("BOARDING" in lines) == (row["attendance"] == "RESIDENTIAL")
            if "BOARDING" in lines:
                shares[lines["BOARDING"]["education_share"] == "100"] += 1
        assert 5 < shares[False] < shares[True]

    def test_prices_rise_each_september(self, dataset: Dataset) -> None:
        core: dict[str, list[Row]] = defaultdict(list)
        for line in dataset.files["cost_lines"]:
            if line["kind"] == "CORE" and line["void"] == "N":
                core[line["placement_id"]].append(line)
        rises = 0
        for lines in core.values():
            for before, after in pairwise(sorted(lines, key=lambda line: line["starts_on"])):
                assert (before["ends_on"][4:], after["starts_on"][4:]) == ("-08-31", "-09-01")
                assert Decimal(before["annual_amount"]) < Decimal(after["annual_amount"])
                rises += 1
        assert rises > 10_000

    def test_every_kind_is_used(self, dataset: Dataset) -> None:
        kinds = {line["kind"] for line in dataset.files["cost_lines"]}
        assert kinds == set(CODES["cost_lines", "kind"].split())


class TestPanel:
    def test_agreed_cases_are_more_than_new_children(self, dataset: Dataset) -> None:
        agreed = [
            dataset.by_key["panel_cases"][case_id]
            for case_id, decisions in dataset.decisions.items()
            if decisions[-1]["outcome"] == "AGREED" and decisions[-1]["meeting_on"] >= "2018-04-01"
        ]
        agreed = [case for case in agreed if case["panel"] == "INDEPENDENT"]
        before = {dataset.plan(row)["child_id"] for row in dataset.open_on(date(2018, 3, 31), "INMSS")}
        after = {dataset.plan(row)["child_id"] for row in dataset.open_on(LAST_DAY, "INMSS")}
        known = sum(case["child_id"] in before for case in agreed)
        new = sum(case["child_id"] in after - before for case in agreed)
        assert known > 100
        assert new > 20
        assert len(agreed) - known - new > 20

    def test_some_cases_are_presented_again(self, dataset: Dataset) -> None:
        again = Counter(
            (decisions[0]["outcome"], decisions[-1]["outcome"])
            for decisions in dataset.decisions.values()
            if len(decisions) > 1
        )
        assert again["MORE_INFORMATION", "AGREED"] > 20
        assert again["DEFERRED", "AGREED"] > 10

    def test_both_panels_hear_cases_again(self, dataset: Dataset) -> None:
        for panel in PANEL_REASONS:
            heard = [
                len(decisions)
                for case_id, decisions in dataset.decisions.items()
                if dataset.by_key["panel_cases"][case_id]["panel"] == panel
            ]
            assert 0.1 < sum(number > 1 for number in heard) / len(heard) < 0.25

    def test_information_is_overdue_on_recent_cases_and_few_old_ones(self, dataset: Dataset) -> None:
        latest = [decisions[-1] for decisions in dataset.decisions.values()]
        overdue = [
            decision["meeting_on"]
            for decision in latest
            if decision["outcome"] == "MORE_INFORMATION" and day(decision["due_on"]) < LAST_DAY
        ]
        assert 50 < len(overdue) < 200
        assert sum(met < "2018-04-01" for met in overdue) < 40

    def test_some_cases_await_a_decision(self, dataset: Dataset) -> None:
        awaiting = Counter(
            case["panel"] for case in dataset.files["panel_cases"] if case["case_id"] not in dataset.decisions
        )
        assert awaiting["INDEPENDENT"] > awaiting["ADDITIONAL_FUNDING"] > 5

    def test_some_amounts_are_for_part_of_a_year(self, dataset: Dataset) -> None:
        for case in dataset.files["panel_cases"]:
            if case["cost_basis"] == "PART_YEAR":
                assert Decimal(dataset.decisions[case["case_id"]][-1]["value"]) < Decimal(case["annual_cost"])

    def test_a_few_rows_are_void(self, dataset: Dataset) -> None:
        for name in ("panel_decisions", "cost_lines"):
            assert 1 <= sum(row["void"] == "Y" for row in dataset.files[name]) <= 30


class TestMoney:
    def test_schools_bill_by_the_term(self, dataset: Dataset) -> None:
        by_month: dict[str, Decimal] = defaultdict(Decimal)
        for row in dataset.files["ledger"]:
            if row["line"] == "1.2.3":
                by_month[row["month"]] += Decimal(row["amount"])
        for year in range(2013, 2019):
            terms = by_month[f"{year}-04"] + by_month[f"{year}-09"] + by_month[f"{year + 1}-01"]
            assert terms > Decimal("0.6") * outturn(dataset.files["ledger"], year)

    def test_credits_and_late_postings(self, dataset: Dataset) -> None:
        ledger = [row for row in dataset.files["ledger"] if row["line"] == "1.2.3"]
        assert sum(row["amount"].startswith("-") for row in ledger) > 50
        term_starts = {"T1": "09", "T2": "01", "T3": "04"}
        invoices = [
            row for row in ledger if row["reference"].startswith("INV") and row["reference"].endswith("-1")
        ]
        late = [
            row for row in invoices if row["month"][5:] != term_starts[row["reference"].split("-")[1][-2:]]
        ]
        assert 0.03 < len(late) / len(invoices) < 0.12

    def test_fees_that_accrue_by_days_or_months_are_billed_every_month(self, dataset: Dataset) -> None:
        """So that what is committed and what is posted go together, and a finding is a finding."""
        monthly = [row for row in dataset.files["ledger"] if row["reference"].startswith("MON-")]
        months = Counter(row["month"] for row in monthly)
        assert len(months) == 72
        assert min(months.values()) > 10
        late = [row for row in monthly if row["reference"][4:] != row["month"]]
        assert 0.02 < len(late) / len(monthly) < 0.08

    def test_some_is_paid_beside_the_fees(self, dataset: Dataset) -> None:
        """A few schools bill what nobody agreed, and some payments name no school: together one to two per cent."""
        ledger = [row for row in dataset.files["ledger"] if row["line"] == "1.2.3"]
        beside = [row for row in ledger if row["reference"].startswith(("UPLIFT-", "ONE-OFF-"))]
        total = sum(Decimal(row["amount"]) for row in ledger)
        assert Decimal("0.01") < sum(Decimal(row["amount"]) for row in beside) / total < Decimal("0.02")
        assert {row["school_id"] == "" for row in beside if row["reference"].startswith("ONE")} == {True}

    def test_spend_follows_children_and_prices(self, dataset: Dataset) -> None:
        per_child = []
        for year in range(2013, 2019):
            children = mean(
                len(dataset.open_on(on, "INMSS"))
                for on in (date(year, 6, 30), date(year, 9, 30), date(year, 12, 31), date(year + 1, 3, 31))
            )
            per_child.append(float(outturn(dataset.files["ledger"], year)) / children)
        for before, after in pairwise(per_child):
            assert 0.99 < after / before < 1.05

    def test_a_forecast_every_month_ends_close_to_the_outturn(self, dataset: Dataset) -> None:
        for year in range(2013, 2019):
            name = f"{year}-{year - 1999}"
            made = [
                row
                for row in dataset.files["forecasts"]
                if row["financial_year"] == name and row["line"] == "1.2.3"
            ]
            assert len({row["made_on"][:7] for row in made}) == 12
            last = Decimal(max(made, key=lambda row: row["made_on"])["amount"])
            assert abs(last / outturn(dataset.files["ledger"], year) - 1) < Decimal("0.03")

    def test_budgets_are_set_for_every_year(self, dataset: Dataset) -> None:
        years = [row["financial_year"] for row in dataset.files["budgets"] if row["line"] == "1.2.3"]
        assert years == ["2013-14", "2014-15", "2015-16", "2016-17", "2017-18", "2018-19", "2019-20"]


class TestSchools:
    def test_are_invented(self, dataset: Dataset) -> None:
        names = [row["name"] for row in dataset.files["schools"]]
        assert len(names) == len(set(names))
        assert not any(row["urn"] for row in dataset.files["schools"])
        assert {row["district"] for row in dataset.files["schools"]} == DISTRICTS | {""}

    @pytest.mark.parametrize(("provision", "low", "high"), [("SPECIAL", 0.97, 1.01), ("SRP", 0.88, 0.92)])
    def test_are_over_and_under_capacity(
        self, dataset: Dataset, provision: str, low: float, high: float
    ) -> None:
        places = {
            row["school_id"]: int(row["places"])
            for row in dataset.files["places"]
            if row["provision"] == provision and row["academic_year"] == "2018-19"
        }
        on_roll = Counter(row["school_id"] for row in dataset.open_on(LAST_DAY, provision))
        assert set(on_roll) <= set(places)
        assert low < sum(on_roll.values()) / sum(places.values()) < high
        occupancy = [on_roll[school] / number for school, number in places.items()]
        assert min(occupancy) < 0.92
        assert 1.05 < max(occupancy) < 1.25

    def test_places_grow_every_year_and_are_for_a_need(self, dataset: Dataset) -> None:
        totals: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in dataset.files["places"]:
            totals[row["provision"]][row["academic_year"]] += int(row["places"])
            assert set(row["needs"].split(";")) <= set(NEED.split())
        for by_year in totals.values():
            assert list(by_year.values()) == sorted(by_year.values())
            assert len(by_year) == 7

    def test_the_commissioning_plan_explains_the_coming_year(self, dataset: Dataset) -> None:
        for provision in ("SPECIAL", "SRP"):
            places = Counter()
            for row in dataset.files["places"]:
                if row["provision"] == provision:
                    places[row["academic_year"]] += int(row["places"])
            planned = sum(
                int(row["places_change"])
                for row in dataset.files["commissioning_plan"]
                if row["provision"] == provision and row["effective_on"] == "2019-09-01"
            )
            assert planned == places["2019-20"] - places["2018-19"]

    def test_the_free_school_has_its_milestones_in_the_commissioning_plan(self, dataset: Dataset) -> None:
        (plan,) = (row for row in dataset.files["commissioning_plan"] if "Isle of Sheppey" in row["title"])
        assert (plan["district"], plan["status"], plan["effective_on"]) == ("Swale", "APPROVED", "2019-09-01")
        ahead = [row for row in dataset.files["milestones"] if row["change_id"] == plan["change_id"]]
        assert len(ahead) > 3
        assert all(bool(row["action_id"]) != bool(row["change_id"]) for row in dataset.files["milestones"])

    def test_children_move_between_schools(self, dataset: Dataset) -> None:
        schools: dict[str, list[str]] = defaultdict(list)
        for row in dataset.files["placements"]:
            if dataset.provision(row) == "INMSS":
                schools[row["plan_id"]].append(row["school_id"])
        assert sum(len(set(visited)) > 1 for visited in schools.values()) > 10
