"""One release after another: where it may be, which of its figures replace stored ones, and DfE's 2026 layout."""

import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sen_dashboard.benchmarking.comparison import Role, Row
from sen_dashboard.benchmarking.importer import import_benchmarks
from sen_dashboard.benchmarking.measures import BY_SLUG
from sen_dashboard.benchmarking.models import Area, PublishedValue, StatisticalNeighbour
from sen_dashboard.importing.problems import DatasetError, ImportReport
from tests.benchmarking.asking import ask
from tests.benchmarking.dfe import CASELOAD, KENT, LIST, VALID, edited, needs, place, table
from tests.folders import Changed, Write

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[1] / "data" / "cases"
KENT_2025 = f"{place('202425', KENT)},1000,60,19"


def corrected(number: int) -> Changed:
    """The small files with another number of Kent's plans in independent special schools in January 2025."""
    return edited(CASELOAD, KENT_2025, KENT_2025.replace(",60,", f",{number},"))


def independent() -> tuple[Decimal | None, str, str]:
    """What is held of them, its edition and its file."""
    return PublishedValue.objects.values_list("value", "edition", "source_file").get(
        indicator="caseload.special_independent", area=KENT, period="2024-25"
    )


def changed(report: ImportReport) -> tuple[int, int]:
    """How many entries were created and updated."""
    return sum(file.created for file in report.files), sum(file.updated for file in report.files)


def kent(need: str, period: str) -> Row:
    """Kent's row in the comparison of a need."""
    return ask("need_mix", need, period).row(Role.COUNCIL)


class TestEditions:
    @pytest.fixture(autouse=True)
    def january(self, write: Write) -> None:
        import_benchmarks(write(), edition="2026-01")

    def test_figures_that_change_ask_for_one(self, write: Write) -> None:
        with pytest.raises(DatasetError) as caught:
            import_benchmarks(write(corrected(61)))
        assert caught.value.lines() == [
            f"Figures held would change (1 of {CASELOAD}): say in which month the files were published, with --edition"
            " such as --edition 2026-01."
        ]
        assert independent()[0] == 60

    def test_nothing_is_asked_where_none_changes(self, write: Write) -> None:
        """Also where there are figures that are not held yet."""
        new = table(
            ("ehcplans", "special_independent", "special_non_maintained"), {("202526", KENT): (1100, 70, 19)}
        )
        assert changed(import_benchmarks(write({"caseload.csv": new}))) == (3, 0)

    @pytest.mark.parametrize("edition", ["2026-01", "2026-06"])
    def test_a_newer_one_replaces_and_only_what_differs_is_updated(self, write: Write, edition: str) -> None:
        report = import_benchmarks(write(corrected(61)), edition=edition)
        assert changed(report) == (0, 1)
        assert independent() == (61, edition, CASELOAD)

    def test_an_older_one_replaces_nothing_and_says_so(self, write: Write) -> None:
        listed = VALID[LIST].replace("Very close", "Close")
        new = table(
            ("ehcplans", "special_independent", "special_non_maintained"), {("202223", KENT): (900, 40, 9)}
        )
        files = corrected(59) | {LIST: listed, "caseload__older.csv": new}
        report = import_benchmarks(write(files), edition="2025-06")
        assert changed(report) == (3, 0)
        assert report.warnings == (
            f"{CASELOAD}: 1 figure is left out, as a newer edition than 2025-06 is held.",
            f"{LIST}: 110 figures are left out, as a newer edition than 2025-06 is held.",
        )
        assert independent() == (60, "2026-01", CASELOAD)
        assert StatisticalNeighbour.objects.filter(closeness="Very close", edition="2026-01").count() == 110

    def test_what_a_newer_one_confirms_is_as_new(self, write: Write) -> None:
        """Under another file name too: the figure is the same, and an edition between the two no longer changes it."""
        june: Changed = {CASELOAD: None, "caseload.csv": VALID[CASELOAD]}
        assert changed(import_benchmarks(write(june), edition="2026-06")) == (0, 0)
        assert independent() == (60, "2026-06", "caseload.csv")
        import_benchmarks(write(corrected(59)), edition="2026-03")
        assert independent()[0] == 60

    def test_an_older_one_renames_no_council(self, write: Write) -> None:
        renamed = VALID[CASELOAD].replace("Council 1,", "Old Council,")
        import_benchmarks(write({CASELOAD: renamed}, only=True), edition="2025-06")
        import_benchmarks(write({CASELOAD: renamed}, only=True))
        assert Area.objects.get(pk="801").name == "Council 1"
        import_benchmarks(write({CASELOAD: renamed}, only=True), edition="2026-06")
        assert Area.objects.get(pk="801").name == "Old Council"

    @pytest.mark.parametrize("edition", ["2026-13", "January 2026", "26-01", "2026-1"])
    def test_what_is_no_month_is_refused(self, write: Write, edition: str) -> None:
        with pytest.raises(DatasetError) as caught:
            import_benchmarks(write(), edition=edition)
        assert caught.value.lines() == [
            f"“{edition}” is not an edition: enter the month of publication such as 2026-01."
        ]

    def test_the_command_takes_it(self, write: Write) -> None:
        folder = write(corrected(61))
        with pytest.raises(CommandError, match="Nothing was loaded"):
            call_command("import_benchmarks", folder, verbosity=0)
        call_command("import_benchmarks", folder, "--edition", "2026-02", verbosity=0)
        assert independent()[:2] == (61, "2026-02")


class TestWhereAReleaseLies:
    """As it is downloaded, unpacked, or only its data."""

    @pytest.fixture
    def release(self, write: Write, tmp_path: Path) -> Path:
        root = tmp_path / "education-health-and-care-plans_2025"
        shutil.copytree(write(), root / "data")
        (root / "data-guidance").mkdir()
        (root / "data-guidance" / "data-guidance.txt").write_text("What is in the files.")
        return root

    def test_in_its_folder(self, release: Path) -> None:
        first = import_benchmarks(release)
        assert changed(first)[0] == sum(file.read for file in first.files) > 0
        assert first.warnings == ()
        assert changed(import_benchmarks(release / "data")) == (0, 0)

    @pytest.mark.parametrize("above", ["", "release/"])
    def test_in_the_zip_as_downloaded(self, release: Path, tmp_path: Path, above: str) -> None:
        path = tmp_path / "release.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in release.rglob("*.*"):
                archive.write(file, f"{above}{file.relative_to(release)}")
        first = import_benchmarks(path)
        assert [file.file for file in first.files if file.created == file.read > 0] == [
            file.file for file in import_benchmarks(release).files
        ]
        assert first.warnings == (
            f"{above}data-guidance/data-guidance.txt holds no figures that any page shows and is left out.",
        )

    def test_a_damaged_zip_is_a_sentence(self, tmp_path: Path) -> None:
        path = tmp_path / "release.zip"
        path.write_bytes(b"PK\x03\x04")
        with pytest.raises(DatasetError) as caught:
            import_benchmarks(path)
        assert caught.value.lines() == [f"{path} is neither a folder nor a zip that can be read."]


class TestDownSyndrome:
    """Until January 2025 DfE counted it under other difficulty or disability; from 2026 it has a column of its own."""

    def test_counts_under_other_in_every_year(self, shipped: None) -> None:
        report = import_benchmarks(CASES / "bm_2026")
        kent_2026, kent_2025 = (kent("oth", year) for year in ("2025-26", "2024-25"))
        assert (kent_2026.part, kent_2026.whole) == (210, 22_000)
        assert kent_2026.value == pytest.approx(100 * 210 / 22_000)
        assert (kent_2025.part, kent_2025.whole) == (4, 20_635)
        assert ask("need_mix", "oth", "2025-26").row(Role.COUNTRY).part == 7_800
        assert report.warnings == ("requests.csv: the column requests_ryra is unknown and ignored.",)
        assert changed(report)[1] == 0, "England's figures of January 2025 are those held"

    def test_the_needs_of_a_council_add_up_to_its_plans(self, shipped: None) -> None:
        import_benchmarks(CASES / "bm_2026")
        parts = [kent(measure.slug, "2025-26").part for measure in BY_SLUG["need_mix"].measures]
        assert sum(part or 0 for part in parts) == 22_000

    @pytest.mark.parametrize(
        ("of_kent", "of_england", "part", "reason"),
        [
            ("x", "x", 10, ""),
            ("5", "x", 15, ""),
            ("0", "7", 10, ""),
            ("x", "7", None, "x: not returned by the council, or withheld"),
            ("c", "7", None, "c: withheld to protect confidentiality"),
        ],
    )
    def test_a_symbol_is_no_nought(
        self, write: Write, of_kent: str, of_england: str, part: int | None, reason: str
    ) -> None:
        """Where England has no number either, DfE did not publish it by itself that year."""
        lines = needs().splitlines()
        has = {lines[0]: "number_ds"} | {
            line: of_kent if ",Kent," in line else of_england if ",National," in line else "3"
            for line in lines[1:]
        }
        import_benchmarks(
            write({"sen_needs_all_plans.csv": "\n".join(f"{line},{has[line]}" for line in lines)})
        )
        row = kent("oth", "2024-25")
        assert (row.part, row.not_available_because) == (part, reason)


def test_semicolons_of_a_spreadsheet(db: None) -> None:
    report = import_benchmarks(CASES / "bm_semicolon")
    assert (report.files[0].created, report.warnings) == (3 * 4, ())
    plans = PublishedValue.objects.get(indicator="timeliness_20_week.plans_issued_den", area="E92000001")
    assert plans.value == 53_327
