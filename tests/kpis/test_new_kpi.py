"""Adding a KPI takes a module, a test and a line: one made only here is everywhere at once."""

import json
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from pptx import Presentation
from pypdf import PdfReader

from placements.models import Placement
from sen_dashboard import kpis
from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Axis, Chart, bars, series
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.counted import Counted
from sen_dashboard.core.kpi.definition import Better, Fact, Group, Kpi, Result, fact
from sen_dashboard.core.kpi.published import Keys, RowKey, count, text
from sen_dashboard.core.kpi.quantities import Quantity
from sen_dashboard.core.kpi.scope import Scope, parse_day
from tests.factories import make_child, make_placement, make_plan

DAY = date(2019, 3, 31)
TITLE, ANSWER = "Children by year of birth", "3 children are held, born in 2 years."


@dataclass(frozen=True)
class Headline:
    children: int


@dataclass(frozen=True)
class Row:
    born: str
    children: int


def query(scope: Scope) -> Result[Headline, Row]:
    born = "plan__child__date_of_birth__year"
    years = list(map(str, Placement.objects.order_by(born).values_list(born, flat=True)))
    rows = tuple(Row(year, years.count(year)) for year in dict.fromkeys(years))
    return Result(scope, Headline(len(years)), rows)


def _children(scope: Scope, year: str | None) -> Counted[Any]:
    born = {"plan__child__date_of_birth__year": year} if year else {}
    return Counted(Quantity.of("children held", born=year), lambda: Placement.objects.filter(**born))


def _year(written: str) -> str:
    return str(parse_day(f"{written}-01-01").year)


def facts(result: Result[Headline, Row]) -> tuple[Fact, ...]:
    of_years = f"born in {formats.plural(len(result.rows), 'year')}"
    return (fact(KEYS, result.headline, "children", "Children held", of_years),)


def sentence(result: Result[Headline, Row]) -> str:
    children = formats.plural(result.headline.children, "child is", "children are")
    return f"{children} held, born in {formats.plural(len(result.rows), 'year')}."


def chart(result: Result[Headline, Row]) -> Chart:
    axis = Axis("Children", Kind.COUNT)
    return bars(
        (row.born for row in result.rows), axis, series("Children", "children", result.rows, KEYS.row_key)
    )


KEYS = Keys(
    RowKey(lambda row: row.born, _year, str),
    headline={"children": count("Children held", _children)},
    row={"born": text("Born in"), "children": count("Children held", _children)},
)
KPI = Kpi(
    slug="births",
    title=TITLE,
    question="In which years were the children born?",
    group=Group.PLACEMENTS,
    numerator="Children held.",
    denominator="Nothing.",
    left_out="Nothing.",
    undefined="Never.",
    kind=Kind.COUNT,
    better=Better.NEITHER,
    owner="Head of SEN",
    reviewed_on=date(2026, 11, 1),
    source="Children's records",
    query=query,
    in_words=sentence,
    figures=facts,
    chart=chart,
    caption=lambda result: "Children held by year of birth",
    keys=KEYS,
)


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """The line in the list of KPIs, and three children."""
    monkeypatch.setattr(kpis, "KPIS", (*kpis.KPIS, KPI))
    for year in (2003, 2003, 2008):
        make_placement(plan=make_plan(child=make_child(date_of_birth=date(year, 5, 1))))


def page(client: Client, address: str) -> str:
    response = client.get(address, {"as_at": DAY.isoformat()})
    assert response.status_code == 200
    return response.content.decode()


class TestPages:
    def test_overview_has_a_tile(self, signed_in: Client) -> None:
        assert TITLE in page(signed_in, "/")

    def test_page_with_chart_table_and_records(self, signed_in: Client) -> None:
        found = page(signed_in, "/kpis/births/")
        assert ANSWER in found
        assert "<svg" in found
        assert found.count("/kpis/births/records/children/") > 3
        listed = page(signed_in, "/kpis/births/records/children/")
        assert "3 placements" in listed

    def test_dictionary_defines_it(self, signed_in: Client) -> None:
        assert TITLE in page(signed_in, "/kpis/")

    def test_json_and_csv(self, signed_in: Client) -> None:
        data = json.loads(page(signed_in, "/kpis/births.json"))
        assert (data["headline"], len(data["rows"])) == ({"children": 3}, 2)
        file = signed_in.get("/kpis/births.csv", {"as_at": DAY.isoformat()})
        assert b"born,children" in b"".join(file.streaming_content)  # type: ignore[attr-defined]


def test_command_line_prints_it() -> None:
    out = StringIO()
    call_command("kpi", "births", "--as-at", DAY.isoformat(), stdout=out)
    assert ANSWER in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_report_holds_it_in_every_format(tmp_path: Path) -> None:
    call_command("publish_month", "2019-03", audience="internal", out=tmp_path, stdout=StringIO())
    files = {path.suffix: path.read_bytes() for path in tmp_path.iterdir()}
    book = openpyxl.load_workbook(BytesIO(files[".xlsx"]))
    assert any(TITLE[:20] in name for name in book.sheetnames)
    slides = "\n".join(
        shape.text_frame.text
        for slide in Presentation(BytesIO(files[".pptx"])).slides
        for shape in slide.shapes
        if shape.has_text_frame
    )
    paper = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(files[".pdf"])).pages)
    for words in (slides, " ".join(paper.split())):
        assert TITLE in words
        assert ANSWER in words
    assert b"births" in files[".zip"]
