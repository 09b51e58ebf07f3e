"""What `import_benchmarks` stores, refuses and reports."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sen_dashboard.benchmarking.importer import import_benchmarks
from sen_dashboard.benchmarking.models import Area, PublishedSymbol, PublishedValue, StatisticalNeighbour
from sen_dashboard.benchmarking.sources import SHIPPED_EDITION
from sen_dashboard.importing.problems import DatasetError, ImportReport
from tests.benchmarking.dfe import (
    CASELOAD,
    INMSS,
    KENT,
    LAIT,
    LIST,
    NEEDS,
    REQUESTS,
    SPEND,
    TIMELINESS,
    VALID,
    edited,
    place,
    table,
)
from tests.benchmarking.shipped import SHIPPED
from tests.folders import Changed, Write

pytestmark = pytest.mark.django_db

KENT_2025 = f"{place('202425', KENT)},1000,60,19"


def counts(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    """Read, created, updated and unchanged of each file."""
    return {file.file: (file.read, file.created, file.updated, file.unchanged) for file in report.files}


def problems(folder: Path) -> list[str]:
    """The lines that an import of the folder ends with."""
    with pytest.raises(DatasetError) as caught:
        import_benchmarks(folder)
    return caught.value.lines()


def held(indicator: str, area: str = KENT, period: str = "2024-25") -> tuple[Decimal | None, str]:
    """The value and the symbol of a stored figure."""
    return PublishedValue.objects.values_list("value", "symbol").get(
        indicator=indicator, area_id=area, period=period
    )


class TestStored:
    def test_figures_areas_and_neighbours(self, write: Write) -> None:
        import_benchmarks(write())

        assert held("caseload.special_independent") == (Decimal(60), "")
        assert held("caseload.ehcplans", "E12000008", "2023-24") == (Decimal(20_000), "")
        kent = Area.objects.get(pk=KENT)
        assert (kent.name, kent.ons_code, kent.region_id) == ("Kent", "E10000886", "E12000008")
        assert Area.objects.get(pk="E92000001").name == "England"
        assert [n.neighbour_id for n in kent.statistical_neighbours.order_by("rank")][:2] == ["801", "802"]

    def test_only_rows_of_all_plans_count(self, write: Write) -> None:
        """The file holds a row of Kent's plans at age 5 as well."""
        import_benchmarks(write())
        assert held("caseload.ehcplans") == (Decimal(1000), "")

    @pytest.mark.parametrize("symbol", PublishedSymbol.values)
    def test_a_symbol_is_kept_and_is_no_number(self, write: Write, symbol: str) -> None:
        changed = edited(CASELOAD, KENT_2025, f"{place('202425', KENT)},1000,{symbol},0")
        import_benchmarks(write(changed))

        assert held("caseload.special_independent") == (None, symbol)
        assert held("caseload.special_non_maintained") == (Decimal(0), ""), "a nought is a nought"

    @pytest.mark.parametrize(
        ("text", "value"),
        [("33.299999999999997", "33.3"), ("7.0000000000000007E-2", "0.07"), ("0", "0"), ("100", "100")],
    )
    def test_a_spreadsheets_percentage_is_the_one_typed(self, write: Write, text: str, value: str) -> None:
        kent = "SEN_EHC_Excpt_20wks,2018,886,Kent,,"
        import_benchmarks(write(edited(LAIT, f"{kent}33.299999999999997", f"{kent}{text}")))
        assert held("lait_send_measures.SEN_EHC_Excpt_20wks", period="2018") == (Decimal(value), "")

    def test_laits_own_codes_for_regions_and_england_are_understood(self, write: Write) -> None:
        import_benchmarks(write())
        stored = PublishedValue.objects.filter(indicator="lait_send_measures.SEN_EHC_Excpt_20wks")
        assert {"E12000008", "E92000001"} < set(stored.values_list("area_id", flat=True))

    def test_spend_is_that_of_inmss(self, write: Write) -> None:
        import_benchmarks(write())
        assert held("specialist_spend.total_spend", period="2021-22") == (Decimal(150_000), "")
        assert held("specialist_spend.pop_est", "801", "2021-22") == (Decimal("100.5"), "")

    def test_a_name_of_no_one_council_is_left_out_and_said(self, write: Write) -> None:
        """The file on spend knows no codes, and two councils were named Dorset."""
        renamed = VALID[CASELOAD].replace("Council 2,", "Council 1,")
        spend = VALID[SPEND].replace("Council 3", "Atlantis")
        report = import_benchmarks(
            write({CASELOAD: renamed, SPEND: spend, NEEDS: None, REQUESTS: None, TIMELINESS: None})
        )
        named = "Atlantis, Council 1 and Council 2"
        assert report.warnings == (f"{SPEND} names no one authority with {named}, which is left out.",)
        areas = PublishedValue.objects.filter(indicator="specialist_spend.total_spend").values_list(
            "area", flat=True
        )
        assert not {"801", "802", "803"} & set(areas)

    def test_a_row_without_an_amount_is_of_no_council(self, write: Write) -> None:
        """Northamptonshire has rows for years after its end."""
        full = f"Kent,{INMSS},2021-22,9.9,1000.0,150000.0,South East"
        import_benchmarks(write(edited(SPEND, full, f"Kent,{INMSS},2021-22,0.0,,,South East")))
        assert not PublishedValue.objects.filter(
            area=KENT, period="2021-22", period_kind="FINANCIAL"
        ).exists()

    def test_an_authority_is_described_by_its_latest_row(self, write: Write) -> None:
        """Buckinghamshire became a unitary authority: same DfE code, another ONS code."""
        old = f"{place('202324', KENT)},1000,50,10"
        import_benchmarks(write(edited(CASELOAD, old, old.replace("E10000886", "E10000002"))))
        assert Area.objects.get(pk=KENT).ons_code == "E10000886"

    def test_the_list_of_neighbours_renames_nobody(self, write: Write) -> None:
        """DfE's list has other names, such as Bedford Borough for Bedford."""
        import_benchmarks(write())
        listed = VALID[LIST].replace("Council 1,", "Council One,")
        import_benchmarks(write({LIST: listed}, only=True))
        assert Area.objects.get(pk="801").name == "Council 1"

    def test_the_list_alone_describes_the_authorities(self, write: Write) -> None:
        import_benchmarks(write({LIST: VALID[LIST], LAIT: VALID[LAIT]}, only=True))
        assert Area.objects.get(pk=KENT).region_id == "E12000008"


class TestAgain:
    def test_second_import_changes_nothing(self, write: Write) -> None:
        folder = write()
        first, again = counts(import_benchmarks(folder)), counts(import_benchmarks(folder))
        assert first == {name: (read, read, 0, 0) for name, (read, *_) in first.items()}
        assert again == {name: (read, 0, 0, read) for name, (read, *_) in first.items()}

    def test_a_corrected_figure_is_updated(self, write: Write) -> None:
        import_benchmarks(write())
        corrected = edited(CASELOAD, KENT_2025, KENT_2025.replace(",60,", ",x,"))
        report = import_benchmarks(write(corrected), edition="2026-01")
        assert counts(report)[CASELOAD] == (78, 0, 1, 77)
        assert held("caseload.special_independent") == (None, "x")

    def test_a_new_list_replaces_the_old(self, write: Write) -> None:
        """Neighbours change places, so that each row is one that the other had."""
        import_benchmarks(write())
        first, second = (f"{KENT},Kent,South East,{n},80{n},Very close,Council {n}" for n in (1, 2))
        swapped = VALID[LIST].replace(first, first.replace(",1,801,", ",1,802,"))
        swapped = swapped.replace(second, second.replace(",2,802,", ",2,801,"))
        report = import_benchmarks(write({LIST: swapped}), edition="2026-01")
        assert counts(report)[LIST] == (110, 0, 2, 108)
        kents = StatisticalNeighbour.objects.filter(authority=KENT).order_by("rank")
        assert [n.neighbour_id for n in kents][:2] == ["802", "801"]

    def test_a_figure_may_stand_in_two_files(self, write: Write) -> None:
        repeated = table(
            ("ehcplans", "special_independent", "special_non_maintained"),
            {("202425", KENT): (1000, 60, 19)},
        )
        report = counts(import_benchmarks(write({"caseload__kent.csv": repeated})))
        assert report["caseload__kent.csv"] == (3, 0, 0, 3)


def figures_of_kent(**changed: str) -> str:
    """Kent's row of January 2025 with other texts in some of its columns."""
    header = VALID[CASELOAD].splitlines()[0].split(",")
    row = dict(zip(header, KENT_2025.split(","), strict=True)) | changed
    return ",".join(row.values())


LINE = VALID[CASELOAD].splitlines().index(KENT_2025) + 1
KENTS_FIRST = f"{KENT},Kent,South East,1,801,Very close,Council 1"
KENTS_LINE = VALID[LIST].splitlines().index(KENTS_FIRST) + 1
KENTS_SPEND = f"Kent,{INMSS},2020-21,9.9,1000.0,100000.0,South East"
KENTS_LAIT = "SEN_EHC_Excpt_20wks,2018,886,Kent,,33.299999999999997"

WRONG = [
    (CASELOAD, figures_of_kent(ehcplans="many"), "ehcplans: many: This is neither a whole number nor one of"),
    (CASELOAD, figures_of_kent(ehcplans=""), "ehcplans: : This is neither a whole number nor one of"),
    (CASELOAD, figures_of_kent(ehcplans="-5"), "ehcplans: -5: This is neither"),
    (CASELOAD, figures_of_kent(ehcplans="1.5"), "ehcplans: 1.5: This is neither"),
    (CASELOAD, figures_of_kent(ehcplans="X"), "ehcplans: X: This is neither"),
    (CASELOAD, figures_of_kent(ehcplans="1234567890"), "ehcplans: 1234567890: This is neither"),
    (CASELOAD, figures_of_kent(old_la_code="E10"), "old_la_code: E10: This is not the three digits"),
    (CASELOAD, figures_of_kent(region_code="E12"), "region_code: E12: The region is unknown."),
    (CASELOAD, figures_of_kent(new_la_code="886"), "new_la_code: 886: This is not an ONS code"),
    (CASELOAD, figures_of_kent(la_name=""), "la_name: : Enter a name of at most 80 characters."),
    (CASELOAD, figures_of_kent(geographic_level="Ward"), "geographic_level: Ward: Choose from National"),
    (CASELOAD, figures_of_kent(time_period="202426"), "time_period: 202426: This is not an academic year"),
    (CASELOAD, figures_of_kent(time_period="soon"), "time_period: soon: This is not an academic year"),
    (CASELOAD, figures_of_kent(time_period="2024"), "time_period: 2024: This is not an academic year"),
    (
        CASELOAD,
        figures_of_kent(time_identifier="Week"),
        "time_identifier: Week: This data set is expected by academic year.",
    ),
    (
        CASELOAD,
        figures_of_kent(geographic_level="National", country_code="W92"),
        "country_code: W92: The area",
    ),
    (LIST, KENTS_FIRST.replace(",1,", ",0,"), "rank: 0: Enter a rank from 1 to 10."),
    (LIST, KENTS_FIRST.replace("Very close", "Near"), "closeness: Near: Choose from"),
    (LIST, KENTS_FIRST.replace("801", "999"), "neighbour_la_code: 999: The area is unknown"),
    (LIST, KENTS_FIRST.replace("801", KENT), "neighbour_la_code: 886: A council is not its own neighbour."),
    (LIST, KENTS_FIRST.replace("South East", "Wales"), "region: Wales: The region is unknown."),
    (LAIT, KENTS_LAIT.replace("33.299999999999997", "101"), "value: 101: This is neither a percentage from"),
    (LAIT, KENTS_LAIT.replace("2018", "2018/19"), "period: 2018/19: This is not a calendar year"),
    (LAIT, KENTS_LAIT.replace("886,Kent", "999,Nowhere"), "la_code: 999: The area is unknown"),
    (
        SPEND,
        KENTS_SPEND.replace("2020-21", "202021"),
        "year: 202021: This is not a financial year such as 2024-25.",
    ),
    (SPEND, KENTS_SPEND.replace("100000.0", "-1.0"), "total_spend: -1.0: This is neither an amount below"),
    (SPEND, KENTS_SPEND.replace("1000.0", "", 1), "pop_est: : This is neither an amount below"),
]
REPLACED = {
    CASELOAD: (KENT_2025, LINE),
    LIST: (KENTS_FIRST, KENTS_LINE),
    LAIT: (KENTS_LAIT, 2),
    SPEND: (KENTS_SPEND, 2),
}


class TestRefused:
    @pytest.mark.parametrize(("name", "row", "expected"), WRONG)
    def test_wrong_value_is_said_with_its_place(
        self, write: Write, name: str, row: str, expected: str
    ) -> None:
        valid, line = REPLACED[name]
        (problem,) = problems(write(edited(name, valid, row)))
        assert problem.startswith(f"{name}:{line}: {expected}")
        assert not PublishedValue.objects.exists()
        assert not Area.objects.exists()

    def test_all_problems_of_all_files_come_together(self, write: Write) -> None:
        changed = edited(CASELOAD, KENT_2025, figures_of_kent(ehcplans="?", special_independent="!"))
        found = problems(write(changed | edited(LAIT, KENTS_LAIT, KENTS_LAIT.replace("2018", "never"))))
        assert [": ".join(problem.split(": ")[:2]) for problem in found] == [
            f"{CASELOAD}:{LINE}: ehcplans",
            f"{CASELOAD}:{LINE}: special_independent",
            f"{LAIT}:2: period",
        ]

    def test_a_row_that_comes_twice(self, write: Write) -> None:
        found = problems(write(edited(CASELOAD, KENT_2025, f"{KENT_2025}\n{KENT_2025}")))
        assert found == [
            f"{CASELOAD}:{LINE + 1}: {column}: {value}: Line {LINE} holds this already."
            for column, value in (
                ("ehcplans", 1000),
                ("special_independent", 60),
                ("special_non_maintained", 19),
            )
        ]

    def test_a_neighbour_that_comes_twice(self, write: Write) -> None:
        (problem,) = problems(write(edited(LIST, KENTS_FIRST, KENTS_FIRST.replace("801", "802"))))
        assert (
            problem
            == f"{LIST}:{KENTS_LINE + 1}: neighbour_la_code: 802: Line {KENTS_LINE} holds this already."
        )

    def test_a_list_that_lacks_a_neighbour(self, write: Write) -> None:
        """Half a list beside the rest of an older one would be a group that DfE never named."""
        (problem,) = problems(write(edited(LIST, f"{KENTS_FIRST}\n", "")))
        assert problem.endswith("la_code: 886: The list has 9 of this authority's 10 neighbours.")

    def test_files_that_contradict_each_other(self, write: Write) -> None:
        other = table(
            ("ehcplans", "special_independent", "special_non_maintained"),
            {("202425", KENT): (1000, 61, 19)},
        )
        (problem,) = problems(write({"caseload__kent.csv": other}))
        said = f"{CASELOAD} has another figure for the same area and period."
        assert problem == f"caseload__kent.csv:2: special_independent: 61: {said}"

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ("", "1: : : The file is empty: it has no header."),
            (b"\xef\xbb\xbf", "1: : : The file is empty: it has no header."),
            (VALID[CASELOAD].encode() + b"\x81\n", "29: : : The line is neither UTF-8 nor cp1252."),
            (VALID[CASELOAD].encode("utf-16"), "1: : : The file is “Unicode text” (UTF-16)"),
            (VALID[CASELOAD].replace(KENT_2025, f"{KENT_2025}\0"), f"{LINE}: : : There is a NUL"),
            (VALID[CASELOAD].replace(KENT_2025, f"{KENT_2025},1"), f"{LINE}: : : The row has 16 values"),
            (
                VALID[CASELOAD].replace(KENT_2025, f'"{KENT_2025}'),
                f"{LINE}: : : A quotation mark is not closed",
            ),
            (VALID[CASELOAD].replace("ehcplans", "plans"), "1: ehcplans: : The header lacks this column."),
            (
                VALID[CASELOAD].replace("country_name", "ehcplans"),
                "1: ehcplans: : The header has this column more than once.",
            ),
            (
                VALID[CASELOAD].replace("All EHC plans,All EHC plans", "All EHC plans,Total"),
                "1: breakdown: : No row is of all plans",
            ),
        ],
    )
    def test_unreadable_file_gives_one_problem(
        self, write: Write, content: str | bytes, expected: str
    ) -> None:
        (problem,) = problems(write({CASELOAD: content}, only=True))
        assert problem.startswith(f"{CASELOAD}:{expected}")

    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        assert problems(tmp_path / "none") == [f"There is no folder or zip {tmp_path / 'none'}."]

    def test_a_folder_of_other_files(self, write: Write) -> None:
        (problem,) = problems(write({"caseload.xlsx": b"PK"}, only=True))
        assert problem.endswith("holds none of the files that are read, such as caseload.csv.")

    def test_spend_without_the_category_that_is_read(self, write: Write) -> None:
        (problem,) = problems(write({SPEND: VALID[SPEND].replace(INMSS, "Private")}))
        assert problem == f"{SPEND}:1: category: : No row is of the category {INMSS}."


class TestCommand:
    def test_says_what_became_of_each_file(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("import_benchmarks", write({"ceased_plans.csv": "a,b\n"}))
        said = capsys.readouterr()
        assert re.search(
            rf"^{CASELOAD} +78 read +78 created +0 updated +0 unchanged$", said.out, re.MULTILINE
        )
        assert [line.split()[0] for line in said.out.splitlines()] == [
            CASELOAD, REQUESTS, NEEDS, TIMELINESS, LIST, LAIT, SPEND,
        ]  # fmt: skip
        assert said.err == "Warning: ceased_plans.csv holds no figures that any page shows and is left out.\n"

    def test_fails_with_a_list(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(CommandError, match="Nothing was loaded") as caught:
            call_command(
                "import_benchmarks", write(edited(CASELOAD, KENT_2025, figures_of_kent(ehcplans="?")))
            )
        assert caught.value.returncode == 1
        assert f"{CASELOAD}:{LINE}: ehcplans: ?: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + VALID[CASELOAD].encode(), id="byte-order mark"),
        pytest.param(VALID[CASELOAD].replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(
            VALID[CASELOAD].replace("\n", "\n\n", 2).replace(",1000,", ", 1000 ,").encode(), id="blanks"
        ),
        pytest.param(VALID[CASELOAD].replace(",", ";").encode(), id="semicolons"),
        pytest.param(
            VALID[CASELOAD].replace(",", "\t").replace("ehcplans", "EHCplans", 1).encode(),
            id="tabs, any case",
        ),
    ],
)
def test_files_of_spreadsheets_are_read(write: Write, content: bytes) -> None:
    changed: Changed = {CASELOAD: content}
    assert counts(import_benchmarks(write(changed)))[CASELOAD] == (78, 78, 0, 0)


def test_the_shipped_files_are_read_whole_and_twice() -> None:
    """Every figure of England's councils, and each council's ten neighbours; no file there is left out."""
    first = import_benchmarks(SHIPPED, edition=SHIPPED_EDITION)
    assert counts(first) == {name: (read, read, 0, 0) for name, (read, *_) in counts(first).items()}
    assert counts(first)[CASELOAD][0] == 1134 * 3
    assert counts(first)[LIST][0] == 158 * 10
    assert first.warnings == (f"{SPEND} names no one authority with Dorset, which is left out.",)
    assert all(not file.created and not file.updated for file in import_benchmarks(SHIPPED).files)


def test_cp1252_is_read_and_said(write: Write) -> None:
    named = VALID[CASELOAD].replace("Council 1,", "Ynys Môn,").encode("cp1252")
    (warning,) = import_benchmarks(write({CASELOAD: named}, only=True)).warnings
    assert warning.startswith(f"{CASELOAD} is not UTF-8 and is read as cp1252")
    assert Area.objects.get(pk="801").name == "Ynys Môn"
