"""The public report of numbers made by hand: everything said, drawn and listed is about shown numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Fact, InReport, ReportSection, Result
from sen_dashboard.core.kpi.published import Counts, Key, Keys
from sen_dashboard.reports.answers import KpiAnswer
from sen_dashboard.reports.collected import Audience, Collected, CollectedKpi, OffTarget, Part, Summary
from sen_dashboard.reports.collecting import _collected
from sen_dashboard.reports.disclosing import publicly
from tests.core.disclosure.children_by_need import KEYS, WITHHELD, by_panel, children, kpi, result_of
from tests.reports.made import make_collected

IN_REPORT = InReport(ReportSection.INMSS)


def made_public(
    result: Result[Any, Any],
    *,
    entry: InReport = IN_REPORT,
    before: tuple[Protection, ...] = (),
    names_prices: bool = False,
    report: Mapping[str, Any] | None = None,
    **of_kpi: Any,
) -> tuple[Collected, Protection]:
    """The public report of the one KPI, with what protects it."""
    answer = KpiAnswer(entry, kpi(**of_kpi), result, None)
    internal = make_collected(_collected(answer, ()), **(report or {}))
    return publicly(internal, [answer], before, 5, names_prices=names_prices)


def public_kpi(result: Result[Any, Any], **given: Any) -> CollectedKpi:
    (found,) = made_public(result, **given)[0].kpis
    return found


def texts(found: CollectedKpi) -> list[list[str]]:
    return [[cell.text for cell in row] for row in found.table.rows]


NEEDS = {"ASD": 500, "SEMH": 300, "PD": 60, "VI": 5, "HI": 0}


def test_where_nothing_is_small_everything_is_said_drawn_and_listed() -> None:
    """With 5, the threshold, and with 0."""
    found = public_kpi(result_of(NEEDS))
    assert found.sentence == "865 children are placed. 500 have ASD."
    assert found.message == "Children by need: 865"
    assert [(fact.label, fact.cell.text) for fact in found.facts] == [
        ("Children", "865"),
        ("Average", "£40,000"),
    ]
    assert (found.standing, found.basis) == ("Outside limit", "The council has set both.")
    assert texts(found) == [
        ["ASD", "500", "£20,000,000", "£40,000", "58%"],
        ["SEMH", "300", "£12,000,000", "£40,000", "35%"],
        ["PD", "60", "£2,400,000", "£40,000", "7%"],
        ["VI", "5", "£200,000", "£40,000", "1%"],
        ["HI", "0", "z", "z", "0%"],
    ]
    assert found.table.row_keys == ("ASD", "SEMH", "PD", "VI", "HI")
    assert found.chart is not None
    assert found.chart.names == ("ASD", "SEMH", "PD", "VI", "HI")
    assert found.chart.series[0].values == (500, 300, 60, 5, 0)
    assert (found.is_hidden, found.rounded) == (False, ())


def test_a_small_row_is_neither_said_nor_drawn_and_stands_where_it_tells_nothing() -> None:
    found = public_kpi(result_of({"ASD": 500, "SEMH": 300, "PD": 34, "VI": 4}))
    assert found.sentence == "838 children are placed. 500 have ASD."
    assert texts(found) == [
        ["ASD", "500", "£20,000,000", "£40,000", "60%"],
        ["SEMH", "300", "£12,000,000", "£40,000", "36%"],
        ["PD", "about 30", "£1,400,000", "£40,000", "4%"],
        ["VI", "c", "c", "c", "c"],
    ]
    assert found.rounded == ("PD: children",)
    assert found.chart is not None
    assert found.chart.names == ("ASD", "SEMH", "PD")
    assert found.rows[-1]["children"] == "c"


def test_a_row_that_shows_a_number_is_drawn() -> None:
    """With a second count in its rows: that of VI is shown, though its children are not."""
    second = Key(Kind.COUNT, Counts(lambda scope, need: by_panel(need)), "Cases")
    keys = replace(KEYS, row={**KEYS.row, "share_pct": second})
    found = public_kpi(result_of({"ASD": 20, "PD": 16, "VI": 4}), keys=keys)
    assert [row[1::3] for row in texts(found) if row[0] == "VI"] == [["c", "10"]]
    assert found.chart is not None
    assert "VI" in found.chart.names


def test_sentences_that_need_a_hidden_number_are_left_out_and_the_others_stay() -> None:
    result = result_of({"ASD": 4})
    found = public_kpi(result)
    assert found.sentence == found.message == found.standing == found.basis == ""
    assert found.facts == ()
    assert found.chart is None
    of_all = result_of({"ASD": 500, "VI": 3, "HI": 3})
    told = public_kpi(of_all, then=(lambda found: f"{found.rows[-1].children} are few.",))
    assert told.sentence == "506 children are placed. 500 are few.", (
        "rows that are hidden are not there to be said"
    )
    a_month = (lambda found: f"{found.headline.a_month} a month.",)
    needed = public_kpi(of_all, keys=WITHHELD, then=a_month)
    assert needed.sentence == "506 children are placed."
    first = public_kpi(of_all, keys=WITHHELD, in_words=a_month[0])
    assert first.sentence == "Children: 506. Average: £40,000. 500 have ASD."


def test_facts_that_would_tell_are_replaced_by_the_figures_that_are_shown() -> None:
    found = public_kpi(result_of(NEEDS), keys=WITHHELD, figures=_of_a_month, message=lambda result: "Well")
    labels = [fact.label for fact in found.facts]
    assert labels == ["Children", "Annual cost", "Average", "Median", "Spent"]
    assert found.message == "Well"
    assert (found.standing, found.basis) == ("", "")


def _of_a_month(result: Result[Any, Any]) -> tuple[Fact, ...]:
    return (Fact(f"Half of {result.headline.a_month}", 1, Kind.COUNT),)


def test_hidden_rows_are_one_at_the_end_of_the_table() -> None:
    found = public_kpi(result_of({"ASD": 500, "PD": 4, "VI": 3}))
    assert texts(found)[-1] == ["All others (2)", "7", "c", "c", "c"]
    assert found.table.row_keys == ("ASD", "")
    assert found.rows[-1]["children"] == 7


def test_a_table_without_a_public_row_shows_the_figures() -> None:
    keys = replace(KEYS, names_prices=True)
    found = public_kpi(result_of(NEEDS), keys=keys)
    assert [cell.text for cell in found.table.rows[0]] == ["Children", "865"]
    assert found.rows == ()


def test_schools_with_prices_are_left_out_unless_the_council_names_them() -> None:
    keys: Keys = replace(KEYS, names_prices=True)
    assert public_kpi(result_of(NEEDS), keys=keys).rows == ()
    assert len(public_kpi(result_of(NEEDS), keys=keys, names_prices=True).rows) == 5
    assert len(public_kpi(result_of(NEEDS)).rows) == 5


def test_what_is_not_public_is_left_out_but_protected() -> None:
    public, protection = made_public(result_of(NEEDS), entry=replace(IN_REPORT, is_public=False))
    assert list(public.kpis) == []
    assert protection.contents.shown[children()] == 865


def test_a_report_for_the_public_names_nobody_and_says_for_whom_it_is() -> None:
    (public, protection) = made_public(
        result_of({"ASD": 500, "VI": 3}),
        report={
            "movements": ("Children +3.",),
            "summary": Summary(
                (
                    OffTarget(
                        "children_by_need", "3 of them left", "Outside limit", "3 more than a year before"
                    ),
                    OffTarget("another", "Other", "Outside limit", "By much"),
                ),
                ("Decide on VI",),
            ),
        },
    )
    assert (public.audience, public.collected_by, public.threshold) == (Audience.PUBLIC, "", 5)
    assert public.movements == ()
    assert public.summary is not None
    assert public.summary.asked is None
    assert [(one.key, one.message, one.words) for one in public.summary.off_target] == [
        ("children_by_need", "Children by need: 503", "The council has set both.")
    ]
    assert [one.number for one in protection.kept_back] == ["Children: ASD", "Children: VI"]
    assert {one.figure for one in protection.kept_back} == {"Children by need"}
    assert made_public(result_of(NEEDS))[0].summary is None


def test_of_the_programme_the_aim_alone_is_public() -> None:
    internal = make_collected()
    (section,) = internal.sections
    parts = (
        Part("aim", "Aim", "2 of 3 late", None, says="Closer to home."),
        Part("actions", "Actions", "3", None),
    )
    with_parts = replace(internal, sections=(replace(section, kpis=(), parts=parts),))
    public, _ = publicly(with_parts, [], (), 5)
    (found,) = public.sections[0].parts
    assert (found.says, found.message) == ("Closer to home.", "The programme’s aim")


@pytest.mark.parametrize(("small", "said"), [(5, 1), (4, 0)])
def test_what_a_report_before_had_to_hide_is_hidden_after_it(small: int, said: int) -> None:
    """The threshold is none of few before either."""
    _, before = made_public(result_of({"ASD": 500, "PD": 60, "VI": small}))
    found = public_kpi(result_of({"ASD": 500, "PD": 60, "VI": small}), before=(before,))
    assert sum(row["children"] == small for row in found.rows) == said
