"""A store made by the program of November 2026: this program opens it, and writes the report published in it.

Until then a report kept the Plotly description of each chart.
"""

import gzip
import json
import os
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.exceptions import IrreversibleError
from django.db.utils import InternalError

from sen_dashboard.core.charts.chart import Chart, Shape
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import Audience, Collected, CollectedKpi, to_plain
from sen_dashboard.reports.files import FORMATS
from sen_dashboard.reports.models import Report
from tests.reports import decks, test_paper, test_slides, test_spreadsheets

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

DUMP = Path(__file__).parents[1] / "data" / "store_of_november_2026.sql.gz"
Kept = tuple[int, str, str, str, str]
"""A report as the store writes it: version, state, and the texts of what it holds for each audience, and protection."""

every_audience = pytest.mark.parametrize("audience", Audience)


@pytest.fixture(scope="module")
def before(
    django_db_setup: None, django_db_blocker: "DjangoDbBlocker", worker_id: str
) -> Iterator[list[Kept]]:
    """The reports as they were; the store is now open, in place of the tests' own."""
    ours, name = connections["default"], f"{os.environ['TEST_TEMPLATE']}_november_{worker_id}"
    _administer(f'CREATE DATABASE "{name}" TEMPLATE template0')
    theirs = ours.copy()
    theirs.settings_dict["NAME"] = name
    connections["default"] = theirs
    try:
        with django_db_blocker.unblock():
            _load()
            kept = _kept()
            call_command("migrate", verbosity=0)
            yield kept
    finally:
        theirs.close()
        connections["default"] = ours
        _administer(f'DROP DATABASE "{name}"')


def _administer(statement: str) -> None:
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(statement)
    server.close()


def _load() -> None:
    """Run the dump in a session of its own, since it changes settings; lines with a backslash are for psql."""
    lines = gzip.decompress(DUMP.read_bytes()).decode().splitlines(keepends=True)
    with connection.cursor() as cursor:
        cursor.execute("".join(line for line in lines if not line.startswith("\\")))
    connection.close()


def _kept() -> list[Kept]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, state, internal::text, public::text, protection::text"
            " FROM reports_report ORDER BY version"
        )
        return list(cursor.fetchall())


def of_version(before: list[Kept], version: int, audience: Audience) -> dict[str, Any]:
    """What a report held for an audience."""
    (kept,) = (kept for kept in before if kept[0] == version)
    held: dict[str, Any] = json.loads(kept[2 if audience is Audience.INTERNAL else 3])
    return held


def kpis_of(plain: dict[str, Any]) -> list[dict[str, Any]]:
    return [kpi for section in plain["sections"] for kpi in section["kpis"]]


def opened(version: int, audience: Audience) -> Collected:
    return Report.objects.get(version=version).collected(audience)


# What is kept


@every_audience
@pytest.mark.parametrize(("version", "state"), [(1, "PUBLISHED"), (2, "DRAFT")])
def test_all_but_the_charts_is_as_it_was(
    before: list[Kept], version: int, state: str, audience: Audience
) -> None:
    assert Report.objects.get(version=version).state == state
    was, is_now = of_version(before, version, audience), to_plain(opened(version, audience))
    for kpi in [*kpis_of(was), *kpis_of(is_now)]:
        del kpi["chart"]
        kpi.pop("events", None)
        kpi.pop("asked", None)
        assert not kpi.pop("rounded", ()), "nothing was rounded then"
        kpi["table"].pop("row_keys", None)
        assert kpi.pop("message", "") == "", "nothing is made up afterwards"
    assert len(kpis_of(was)) > 15
    differing = {key for key in is_now if json.dumps(is_now[key]) != json.dumps(was.get(key))}
    assert is_now["summary"] is None
    assert differing <= {"sections", "summary", "approved_by", "published_at"}  # the last two are columns
    for old, new in zip(was["sections"], is_now["sections"], strict=True):
        assert new.pop("parts") == []
        assert json.loads(json.dumps({**new, "comments": []})) == {**old, "comments": []}


@every_audience
@pytest.mark.parametrize("version", [1, 2])
def test_every_chart_shows_the_numbers_that_it_showed(
    before: list[Kept], version: int, audience: Audience
) -> None:
    drawn = 0
    for old, new in zip(
        kpis_of(of_version(before, version, audience)), opened(version, audience).kpis, strict=True
    ):
        assert (new.chart is None) == (old["chart"] is None)
        if new.chart:
            check_chart(new.chart, old["chart"])
            assert [(str(event.day), event.title) for event in new.events] == [
                (event["day"], event["title"]) for event in old["events"]
            ]
            assert new.chart.title == old["title"]
            drawn += 1
    assert drawn == (17 if audience is Audience.INTERNAL else 2)


def check_chart(chart: Chart, plotly: dict[str, Any]) -> None:
    """The chart shows each point that the Plotly description has, under its name, and each line across."""
    along, across = ("y", "x") if chart.shape is Shape.BARS else ("x", "y")
    for series, trace in zip(chart.series, plotly["data"], strict=True):
        assert series.name == unescape(trace["name"])
        points = [
            (unescape(place), value)
            for place, value in zip(trace[along], trace[across], strict=True)
            if value is not None
        ]
        marks = zip(chart.categories, series.values, strict=True)
        assert [(name, value) for name, value in marks if value is not None] == points
        labels = [unescape(label) for label in trace.get("text") or [""] * len(series.marks)]
        assert [mark.label for mark in series.marks] == labels
        assert series.is_year_before == ("year before" in trace["name"])
        assert {mark.row for mark in series.marks} == {""}
    across_it = [shape["y0"] for shape in plotly["layout"].get("shapes", ())]
    assert [level.value for level in chart.levels] == across_it
    axis = plotly["layout"][f"{across}axis"]
    assert chart.values.title == axis["title"]["text"]
    assert (chart.values.kind is Kind.POUNDS) == (axis.get("tickprefix") == "£")
    assert (chart.values.kind is Kind.PERCENT) == (axis.get("ticksuffix") == "%")


def test_the_published_report_cannot_be_changed(before: list[Kept]) -> None:
    with pytest.raises(InternalError, match="Cannot update or delete rows from reports_report"):
        Report.objects.filter(version=1).update(public_before=1)
    assert Report.objects.filter(version=2).update(public_before=1) == 1


# What is written


@pytest.fixture(params=Audience)
def published(request: pytest.FixtureRequest, before: list[Kept]) -> Collected:
    return opened(1, request.param)


def test_its_workbook_holds_every_figure_and_chart(published: Collected) -> None:
    book = test_spreadsheets.opened(FORMATS["xlsx"].write(published))
    for sheet, kpi in zip(test_spreadsheets.sheets_of_kpis(book), published.kpis, strict=True):
        assert list(test_spreadsheets.wrong_cells(sheet, kpi)) == []
        assert list(test_spreadsheets.wrong_charts(book, sheet, kpi)) == []
        assert kpi.answer in test_spreadsheets.texts_of(sheet)


def test_its_slides_hold_every_sentence_and_chart(published: Collected) -> None:
    deck = decks.opened(FORMATS["pptx"].write(published))
    decks.check(deck)
    test_slides.check_charts(deck, published)
    test_slides.check_texts(deck, published)


def test_its_pdf_holds_every_sentence_and_cell(published: Collected) -> None:
    text = test_paper.text_of(FORMATS["pdf"].write(published))
    said = [words for kpi in published.kpis for words in words_of(kpi)]
    assert [words for words in said if test_paper.squeezed(words) not in text] == []


def words_of(kpi: CollectedKpi) -> Iterator[str]:
    yield kpi.answer
    yield from (cell.text for row in kpi.table.rows for cell in row)


def test_its_csv_files_hold_every_row(published: Collected) -> None:
    pack = FORMATS["zip"].write(published)
    for kpi in published.kpis:
        held = test_spreadsheets.without_rounded(test_spreadsheets.rows_of(pack, f"{kpi.key}.csv"))
        assert held == test_spreadsheets.as_rows(kpi)


# Going back


def test_going_back_brings_back_every_byte_and_forward_again_the_charts(before: list[Kept]) -> None:
    now = _kept()
    call_command("migrate", "reports", "0003", verbosity=0)
    assert _kept() == before
    call_command("migrate", verbosity=0)
    assert _kept() == now
    assert now != before


def test_nobody_goes_back_over_a_report_collected_since(before: list[Kept]) -> None:
    draft = Report.objects.get(version=2)
    kept, draft.charts_before = draft.charts_before, None
    draft.save()
    now = _kept()
    with pytest.raises(IrreversibleError, match="2019-03, version 2, was collected with charts that"):
        call_command("migrate", "reports", "0003", verbosity=0)
    assert _kept() == now
    draft.charts_before = kept
    draft.save()
