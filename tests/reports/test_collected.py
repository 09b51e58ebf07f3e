"""What is collected: kept as JSON without loss, the KPIs' own answers, read from one state of the store."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from sen_dashboard.core.kpi import ReportSection
from sen_dashboard.core.periods import Month
from sen_dashboard.core.scope import Scope
from sen_dashboard.kpis import KPIS
from sen_dashboard.reports import answers
from sen_dashboard.reports.collected import from_plain, to_plain
from sen_dashboard.reports.collecting import NothingToReport, collect
from sen_dashboard.reports.drawing import read
from tests.factories import make_event, make_placement, make_posting, make_school
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_records_behind import make_places

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

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
        answer = kpi.query(Scope(MARCH.end))
        assert kept.sentence == kpi.sentence(answer)
        assert [fact.cell.text for fact in kept.facts] == [fact.text for fact in kpi.facts(answer)]
        assert {"headline": kept.headline, "rows": list(kept.rows)} == {
            key: kpi.data(answer)[key] for key in ("headline", "rows")
        }
        assert len(kept.table.rows) == len(answer.rows)


@pytest.mark.usefixtures("council")
def test_every_kpi_of_the_registry_is_in_a_section_and_every_drawing_can_be_read() -> None:
    internal = collected().internal
    assert {kpi.slug for kpi in internal.kpis} == {kpi.slug for kpi in KPIS}
    used = {one.section for kpi in KPIS for one in kpi.report}
    assert [section.key for section in internal.sections] == [key for key in ReportSection if key in used]
    for kpi in internal.kpis:
        if kpi.chart:
            drawing = read(kpi.chart)
            assert drawing.categories
            assert all(len(series.values) == len(drawing.categories) for series in drawing.series)


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
        (Month(2001, 1), "The store holds no plan, placement, panel decision or posting of January 2001"),
        (Month(2019, 4), "April 2019 is not over"),
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
    with pytest.raises(NothingToReport, match="June 2019 is not over"):
        collect(june, [], council="Kent", by="manager.one", at=midnight - timedelta(minutes=1))


@pytest.fixture(autouse=True)
def nothing_is_written() -> Iterator[None]:
    """Collecting reads only: whatever a KPI tried to write would fail in the read-only transaction."""
    yield
    assert not connection.in_atomic_block
