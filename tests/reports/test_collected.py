"""Collected reports: kept as JSON without loss, with the KPIs' own answers, read from one state of the store."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from sen_dashboard.core.charts.chart import Axis, Chart, Event, Level, Mark, Series, Shape, Tone
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import ReportSection, ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import Month
from sen_dashboard.kpis import KPIS
from sen_dashboard.reports import answers
from sen_dashboard.reports.collected import from_plain, to_plain, with_each_text
from sen_dashboard.reports.collecting import NothingToReport, collect
from tests.factories import make_event, make_placement, make_posting, make_school
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_records_behind import make_places
from tests.reports.made import make_collected, make_kpi

pytestmark = pytest.mark.django_db(transaction=True)

MARCH = Month(2019, 3)
AT = datetime(2019, 4, 10, 9, 0, tzinfo=UTC)


def collected(month: Month = MARCH, kpis: Any = KPIS) -> Any:
    return collect(month, kpis, council="Kent", by="manager.one", at=AT)


@pytest.fixture
def council() -> None:
    make_council(1)
    make_panel(1)
    make_places(1)
    make_event(event_id="E1", day=date(2018, 9, 1))


@pytest.mark.usefixtures("council")
def test_a_report_is_what_the_kpis_say_and_comes_back_from_json_whole() -> None:
    internal = collected().internal
    assert from_plain(json.loads(json.dumps(to_plain(internal)))) == internal
    by_key = {kpi.key: kpi for kpi in internal.kpis}
    for kpi in KPIS:
        kept = next(found for key, found in by_key.items() if key.split("-")[0] == kpi.slug)
        if kept.variant:
            continue
        answer = ask(kpi, Scope(MARCH.end))
        assert kept.sentence == kpi.sentence(answer)
        assert kept.message == kpi.in_one_line(answer)
        assert [fact.cell.text for fact in kept.facts] == [fact.text for fact in kpi.facts(answer)]
        assert {"headline": kept.headline, "rows": list(kept.rows)} == {
            key: kpi.data(answer)[key] for key in ("headline", "rows")
        }
        assert len(kept.table.rows) == len(answer.rows)


@pytest.mark.usefixtures("council")
def test_every_kpi_of_the_registry_is_in_a_section_and_every_chart_is_whole() -> None:
    internal = collected().internal
    assert {kpi.slug for kpi in internal.kpis} == {kpi.slug for kpi in KPIS}
    used = {one.section for kpi in KPIS for one in kpi.report} | {ReportSection.AIM}
    assert [section.key for section in internal.sections] == [key for key in ReportSection if key in used]
    for kpi in internal.kpis:
        if kpi.chart:
            assert kpi.chart.has_data
            assert kpi.chart.title == kpi.title
            assert all(len(series.values) == len(kpi.chart.categories) for series in kpi.chart.series)
    charts = [kpi.chart for kpi in internal.kpis if kpi.chart]
    assert {chart.shape for chart in charts} == set(Shape)
    assert {series.tone for chart in charts for series in chart.series} > {Tone.MAIN, Tone.SECOND}
    assert any(series.is_year_before for chart in charts for series in chart.series)
    assert any(chart.events and chart.levels for chart in charts)


CHART = Chart(
    Shape.BARS,
    Axis("", Kind.TEXT),
    Axis("Cost", Kind.POUNDS, from_zero=True),
    ("A", "2019-03-31"),
    (
        Series("Now", (Mark(1, "ASD", "£1", Tone.FOURTH), Mark(2.5)), "cost"),
        Series("Then", (Mark(None), Mark(0)), tone=Tone.THIRD, is_year_before=True),
    ),
    (Level("Target", 2.0),),
    (Event(date(2018, 9, 1), "New school"),),
    "Costs",
)


def test_a_chart_comes_back_from_json_whole() -> None:
    report = make_collected(make_kpi(chart=CHART), make_kpi(chart=None))
    kept = json.loads(json.dumps(to_plain(report)))
    assert from_plain(kept) == report
    chart, *_ = kept["sections"][0]["kpis"]
    assert [mark["value"] for mark in chart["chart"]["series"][0]["marks"]] == [1, 2.5]
    assert next(from_plain(kept).kpis).events == CHART.events


def test_a_report_kept_before_tables_had_keys_can_be_read() -> None:
    kept = to_plain(make_collected())
    del kept["sections"][0]["kpis"][0]["table"]["row_keys"]
    assert from_plain(kept) == make_collected()


def test_each_text_of_a_report_can_be_changed() -> None:
    report = make_collected(make_kpi(chart=CHART))
    changed = with_each_text(report, lambda text: text.replace("A", "B"))
    chart = next(changed.kpis).chart
    assert chart
    assert chart.categories == ("B", "2019-03-31")
    assert chart.series == with_each_text(CHART, lambda text: text.replace("A", "B")).series
    assert with_each_text(report, str) == report


@pytest.mark.usefixtures("council")
def test_all_figures_are_of_one_state_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """A school that opens places while a report is collected changes none of its figures."""
    before = collected().internal
    ask, asked = answers.ask, []

    def change_meanwhile(*args: Any) -> Any:
        if not asked:
            other = threading.Thread(target=add_a_placement)
            other.start()
            other.join()
        asked.append(args)
        return ask(*args)

    monkeypatch.setattr(answers, "ask", change_meanwhile)
    assert collected().internal.sections == before.sections
    monkeypatch.undo()
    assert collected().internal.sections != before.sections


def add_a_placement() -> None:
    make_placement(school=make_school(sector="INDEPENDENT_SPECIAL"), starts_on=date(2018, 9, 1))
    connection.close()


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        (Month(2001, 1), "No plans, placements, panel decisions or postings are held for January 2001"),
        (Month(2019, 4), "April 2019 has not ended"),
    ],
)
def test_a_month_without_records_or_not_over_is_refused(month: Month, sentence: str) -> None:
    make_posting(month=date(2019, 4, 1))
    with pytest.raises(NothingToReport, match=sentence):
        collected(month)


def test_a_month_is_over_when_its_last_day_is_over_in_london() -> None:
    make_posting(month=date(2019, 6, 1))
    june, midnight = Month(2019, 6), datetime(2019, 6, 30, 23, 0, tzinfo=UTC)
    collect(june, [], council="Kent", by="manager.one", at=midnight)
    with pytest.raises(NothingToReport, match="June 2019 has not ended"):
        collect(june, [], council="Kent", by="manager.one", at=midnight - timedelta(minutes=1))


@pytest.fixture(autouse=True)
def nothing_is_written() -> Iterator[None]:
    """Collecting reads only: whatever a KPI tried to write would fail in the read-only transaction."""
    yield
    assert not connection.in_atomic_block
