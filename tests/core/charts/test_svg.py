"""Charts as SVG: the markup of pages, and the file for the PDF."""

import json
import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typst
from django.template.loader import render_to_string
from pypdf import PdfReader

from sen_dashboard.core.charts import fonts, measure, palette, svg, words
from sen_dashboard.core.charts.chart import Chart, Mark, Series
from tests.core.charts.gallery import CHARTS, HOSTILE, address

COMPONENTS = Path(__file__).parents[3] / "static" / "css" / "components"
SHEET = "".join((COMPONENTS / name).read_text("utf-8") for name in ("chart.css", "drawing.css"))
HEAVIEST = 16_000  # bytes of a typical chart, both drawings


def component(chart: Chart, leads_to: svg.Address = address, **context: str) -> str:
    """A chart as a page has it."""
    return render_to_string("components/chart.html", {"chart": svg.inline(chart, leads_to), **context})


def drawings(html: str) -> list[ElementTree.Element]:
    """The drawings of a page, wide and narrow."""
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


# Pages


def test_a_mark_leads_where_the_page_says_and_says_what_it_is() -> None:
    wide, _ = drawings(component(CHARTS["twelve-months"]))
    links = wide.findall(".//a")
    assert len(links) == 12
    assert links[-1].attrib["href"] == "/charts/?part=key&row=row-11"
    assert links[-1].findtext("title") == "31 March 2019: 842"


def test_a_mark_without_an_address_is_no_link_and_says_the_same() -> None:
    def to_the_first(series: Series, mark: Mark) -> str | None:
        return "/first/" if mark.row == "row-0" else None

    wide, _ = drawings(component(CHARTS["twelve-months"], to_the_first))
    assert len(wide.findall(".//a")) == 1
    assert len(wide.findall(".//g[@class='marks']/path/title")) == 11


def test_the_year_before_has_its_words_and_leads_nowhere() -> None:
    for name, said in (
        ("share", "31 March 2019: 9.4%, A year earlier"),
        ("needs", "ASD: 290, A year earlier"),
    ):
        wide, _ = drawings(component(CHARTS[name]))
        titles = [title.text for title in wide.findall(".//g[@class='marks-before']/path/title")]
        assert said in titles
        assert len(titles) == len(CHARTS[name].categories)


def test_the_drawing_is_a_group_named_by_its_caption_and_ids_are_the_page_s_own() -> None:
    html = component(CHARTS["needs"], chart_id="needs", chart_title="Needs") + component(CHARTS["costs"])
    for drawing in drawings(html)[:2]:
        assert (drawing.attrib["role"], drawing.attrib["aria-labelledby"]) == ("group", "needs-title")
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert '<figcaption id="needs-title">Needs</figcaption>' in html


def test_nothing_is_styled_in_the_page() -> None:
    for name, chart in CHARTS.items():
        html = component(chart)
        assert not re.search(r"<style|<script|\s(style|fill|stroke|font-size|on\w+)=", html), name


def test_texts_from_records_stay_texts() -> None:
    for name in ("hostile-lines", "hostile-bars"):
        html = component(CHARTS[name], chart_title=HOSTILE)
        assert "<script>" not in html
        assert "<b>" not in html
        for drawing in drawings(html):
            titles = [title.text or "" for title in drawing.iter("title")]
            assert any(HOSTILE in title for title in titles)


@pytest.mark.parametrize("name", ["share", "needs", "costs", "twelve-months"])
def test_a_typical_chart_is_light(name: str) -> None:
    def as_long_as_on_pages(series: Series, mark: Mark) -> str | None:
        return f"/kpis/ehcp_share/records/inmss_children/?row={mark.row}" if mark.row else None

    assert len(component(CHARTS[name], as_long_as_on_pages).encode()) <= HEAVIEST


def test_a_line_passes_through_all_values_where_few_marks_are_shown() -> None:
    picture = svg.inline(CHARTS["sixty-days"], address).narrow
    line = next(shape for shape in picture.layout.above if shape.look == "line main")
    assert line.path.count(",") == 60
    assert len(picture.series[0].links) < 20


# Words


def test_words_name_the_series_only_where_there_are_several() -> None:
    assert (
        words.of_mark(CHARTS["twelve-months"], CHARTS["twelve-months"].series[0], 0) == "30 April 2018: 840"
    )
    share = CHARTS["share"]
    assert words.of_mark(share, share.series[0], 23) == "31 March 2019: 7.0%, INMSS share"
    bars = CHARTS["all-of-them"]
    assert words.of_mark(bars, bars.series[0], 2) == "Deferred: 5 of 8"


def test_words_are_never_measured_too_small_for_the_widest_fonts_of_pages() -> None:
    # Widths of DejaVu Sans, in ems.
    known = {
        "INMSS share": 6.265,
        "title": 1.955,
        "−6": 1.474,
        "£41.0m": 3.837,
        "little lift": 3.833,
        "St Mary’s (a school) – “x”": 12.661,
        "<b>&\"'</b>": 6.473,
    }
    for text, width in known.items():
        assert measure.shown(text) >= width * 0.98, text


# The file


@pytest.mark.parametrize("name", CHARTS)
def test_the_file_is_well_formed_and_names_its_font(name: str) -> None:
    root = ElementTree.fromstring(svg.standalone(CHARTS[name]))
    assert root.attrib["viewBox"].startswith("0 0 800 ")
    assert b"Liberation Sans" in svg.standalone(CHARTS[name])
    assert not root.findall(".//{http://www.w3.org/2000/svg}a")


def test_the_same_chart_is_the_same_file() -> None:
    assert svg.standalone(CHARTS["share"]) == svg.standalone(CHARTS["share"])


def test_a_file_has_a_box_for_each_sign_that_its_font_lacks() -> None:
    chart = Chart(
        CHARTS["needs"].shape,
        CHARTS["needs"].along,
        CHARTS["needs"].values,
        ("Zoë’s £5 漢 \x08",),
        (Series("One", (Mark(1),)),),
    )
    assert "Zoë’s £5 □ □".encode() in svg.standalone(chart)


def in_a_pdf(charts: dict[str, Chart]) -> str:
    """What a PDF with those charts says."""
    files = {f"{name}.svg": svg.standalone(chart) for name, chart in charts.items()}
    pages = "\n".join(f'#image("{name}.svg", width: 100%)' for name in charts)
    vendored = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.FOLDER)]
    )
    source = f'#set text(font: "Liberation Sans")\n{pages}'.encode()
    pdf: bytes = typst.compile({"main.typ": source, **files}, font_paths=vendored)  # type: ignore[call-overload]
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_in_a_pdf_text_stays_text() -> None:
    text = in_a_pdf(
        {name: CHARTS[name] for name in ("share-with-events", "costs-and-a-year-before", "hostile-bars")}
    )
    for said in ("INMSS share", "Target 7.0%", "Mar 2019", "10", "£36.2k", "INMSS, a year earlier", "<b>&"):
        assert said in text


# Colours


def test_the_style_sheet_has_the_colours_of_the_palette() -> None:
    found = dict(re.findall(r"--chart-([\w-]+): (#\w+);", SHEET))
    long = {
        name: f"#{''.join(sign * 2 for sign in value[1:])}" if len(value) == 4 else value
        for name, value in found.items()
    }
    wanted = {
        **{tone.value: colour.lower() for tone, colour in palette.TONES.items()},
        "before": palette.YEAR_BEFORE,
        "before-bar": palette.YEAR_BEFORE_BAR,
        "text": palette.TEXT,
        "event": palette.EVENT,
        "axis": palette.AXIS,
        "grid": palette.GRID,
        "paper": palette.PAPER,
    }
    assert json.loads(json.dumps(wanted)).items() <= long.items()


def test_the_file_and_the_style_sheet_style_the_same_things_in_the_same_way() -> None:
    """Each rule of the file is one of the style sheet, once its colours are looked up there."""
    colours = dict(re.findall(r"(--chart-[\w-]+): (#\w+);", SHEET))
    looked_up = re.sub(r"var\((--chart-[\w-]+)\)", lambda found: colours[found[1]], SHEET)
    in_sheet = rules(looked_up)
    file = svg.standalone(CHARTS["share"]).decode()
    for selector, properties in rules(re.search(("<style>(.*)</style>"), file, re.DOTALL)[1]).items():  # type: ignore[index]
        if selector != "text":
            assert properties.items() <= in_sheet[f".chart__svg {selector}"].items(), selector


def rules(sheet: str) -> dict[str, dict[str, str]]:
    """What each selector sets; ``:is(.a, .b).c`` is both."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}/]+)\{([^{}]*)\}", sheet):
        spread_out = re.sub(r"(\S* )?:is\((\S+), (\S+)\)(\S+)", r"\1\2\4, \1\3\4", selectors)
        properties = dict(re.findall(r"([\w-]+):\s*([^;]+);", body))
        for selector in spread_out.split(","):
            lowered = {name: value.lower().replace("#fff;", "#ffffff;") for name, value in properties.items()}
            found.setdefault(" ".join(selector.split()), {}).update(
                {name: "#ffffff" if value == "#fff" else value for name, value in lowered.items()}
            )
    return found
