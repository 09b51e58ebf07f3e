"""The report as a PDF: tagged as PDF/UA requires, complete, and never reading a text as markup."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject

from sen_dashboard.core.charts import chart as charts
from sen_dashboard.core.charts.chart import Axis, Chart, Mark, Series
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import (
    Cell,
    Collected,
    CollectedKpi,
    Column,
    Comment,
    Table,
    to_plain,
)
from sen_dashboard.reports.collecting import Collection
from sen_dashboard.reports.writers import Stamp, paper
from tests.reports.made import AT, make_collected, make_kpi

STAMP = Stamp("manager.one", AT)
COMMENT = Comment("manager.two", AT, "It rose.\nIt will fall.")
MONTHS = [date(2018, 10, 31), date(2018, 11, 30), date(2018, 12, 31)]


def line_chart() -> Chart:
    children = Series("Children", tuple(map(Mark, (840, 841, 842))))
    chart = charts.lines(MONTHS, Axis("Children", Kind.COUNT), children)
    return chart.with_events([(date(2018, 11, 5), "A new law")])


def bar_chart(*names: str) -> Chart:
    children = Series("Children", tuple(Mark(1, label="1") for _ in names))
    return charts.bars(names, Axis("Children", Kind.COUNT), children)


def full_report(**given: Any) -> Collected:
    """A report with everything that one may have."""
    kpis = (
        make_kpi(
            chart=line_chart(),
            caveats=("One record is left out.",),
            standing="Target met",
            basis="No more than before.",
        ),
        make_kpi(slug="places", title="Places", chart=bar_chart("ASD", "SEMH"), chosen=("Panel: the first",)),
    )
    report = make_collected(
        *kpis,
        provisional="Provisional: March 2019 is still open.",
        movements=("Children rose from 841 to 842.",),
        differences=("Children: 842, was 840.",),
        **given,
    )
    return report.with_comments({"inmss": (COMMENT,)})


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def squeezed(text: str) -> str:
    """A text without the places where its lines may break."""
    return re.sub(r"[\s\u200b]+", "", text)


def text_of(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in read(pdf).pages))


# What PDF/UA asks for


def elements(reader: PdfReader) -> Iterator[tuple[str, DictionaryObject]]:
    """Each element of the structure with its kind, in the order in which it is read."""
    yield from _below(reader.root_object["/StructTreeRoot"]["/K"])


def _below(node: Any) -> Iterator[tuple[str, DictionaryObject]]:
    node = node.get_object()
    if isinstance(node, list):
        for child in node:
            yield from _below(child)
    elif isinstance(node, dict) and "/S" in node:
        yield node["/S"], node
        if "/K" in node:
            yield from _below(node["/K"])


def children(node: DictionaryObject) -> list[str]:
    """The kinds of the elements just below one."""
    below = node["/K"].get_object()
    below = below if isinstance(below, list) else [below]
    return [child.get_object()["/S"] for child in below if "/S" in child.get_object()]


def test_the_document_says_what_it_is() -> None:
    reader = read(paper.write(full_report()))
    root = reader.root_object
    xmp = root["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert reader.metadata is not None
    assert reader.metadata.title == "SEN Improvement Project: monthly report"
    assert reader.metadata.author == "Kent"
    assert reader.metadata.creation_date == AT


def test_headings_tables_lists_and_figures_are_tagged() -> None:
    found = list(elements(read(paper.write(full_report()))))
    levels = [int(kind[2:]) for kind, _ in found if re.fullmatch(r"/H\d", kind)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels

    figures = [node for kind, node in found if kind == "/Figure"]
    assert [str(node["/Alt"]) for node in figures] == [
        "Chart: Needs of children in INMSS. 842 children are in INMSS.",
        "Chart: Places. 842 children are in INMSS.",
    ]

    tables = [node for kind, node in found if kind == "/Table"]
    assert len(tables) == 4, "the facts and the table of each of two KPIs"
    rows = [children(node) for kind, node in found if kind == "/TR"]
    assert {kind for row in rows for kind in row} == {"/TH", "/TD"}
    headers = [node for kind, node in found if kind == "/TH"]
    assert len(headers) == 2 * 3 + 2 * 2
    assert all(node["/A"][0]["/Scope"] == "/Column" for node in headers)

    assert all(set(children(node)) <= {"/LI", "/Caption"} for kind, node in found if kind == "/L")
    assert {"/TOC", "/Link", "/BlockQuote", "/Caption"} <= {kind for kind, _ in found}


def test_all_that_is_drawn_is_tagged_or_marked_as_no_content() -> None:
    reader = read(paper.write(full_report()))
    for page in reader.pages:
        depth, bare = 0, []
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in (b"BDC", b"BMC"):
                depth += 1
            elif operator == b"EMC":
                depth -= 1
            elif operator in (b"Tj", b"TJ", b"f", b"S", b"B", b"Do") and depth == 0:
                bare.append((operator, operands))
        assert bare == []
        links = [link.get_object() for link in page.get("/Annots", ())]
        assert all("/StructParent" in link and link["/Contents"] for link in links)
        assert not links or page["/Tabs"] == "/S"


def test_fonts_are_in_the_file_and_charts_are_no_pictures() -> None:
    reader = read(paper.write(full_report()))
    described = [
        node
        for node in (reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1))
        if isinstance(node, DictionaryObject)
    ]
    fonts = [node for node in described if node.get("/Type") == "/FontDescriptor"]
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & set(font) for font in fonts)
    assert not [node for node in described if node.get("/Subtype") == "/Image"]


def test_a_logo_has_a_text_and_what_is_no_logo_is_refused() -> None:
    picture = BytesIO()
    Image.new("RGB", (40, 20), "#12436D").save(picture, "PNG")
    found = elements(read(paper.write(make_collected(), logo=picture.getvalue())))
    assert "Logo of Kent" in [node.get("/Alt") for kind, node in found if kind == "/Figure"]
    with pytest.raises(paper.CannotWrite, match=r"^The PDF of the report could not be made: .*\.$"):
        paper.write(make_collected(), logo=b"not a picture")


# What stands in it


def test_every_page_says_what_it_is_and_who_took_it() -> None:
    pages = [page.extract_text() for page in read(paper.write(full_report(), STAMP)).pages]
    for number, page in enumerate(pages, start=1):
        for words in (
            "Official: sensitive",
            "As at 31 March 2019, version 1",
            "Draft, not approved.",
            "Provisional: March 2019 is still open.",
            f"Page {number} of {len(pages)}",
        ):
            assert words in page
        assert ("Downloaded by manager.one on 10 April 2019, 10:00." in page) == (number > 1)


def test_the_cover_names_nobody() -> None:
    cover = read(paper.write(full_report(approved_by="director.one"), STAMP)).pages[0].extract_text()
    assert "Approved, not published." in cover
    assert not any(name in cover for name in ("manager.one", "director.one", "Downloaded"))


def test_a_comment_keeps_its_points_and_a_message_is_the_heading_of_its_figure() -> None:
    report = make_collected(make_kpi(title="Needs", message="Needs rose to 842"))
    comment = Comment("manager.two", AT, "It rose:\n- in May\n- in June\nand fell.")
    reader = read(paper.write(report.with_comments({"inmss": (comment,)})))
    text = "".join(page.extract_text() for page in reader.pages)
    assert re.search(r"It rose:\s+• in May\s+• in June\s+and fell\.", text)
    assert squeezed("Needs rose to 842 Needs 842 children are in INMSS.") in squeezed(text)


def test_everything_collected_stands_in_it() -> None:
    text = text_of(paper.write(full_report(approved_by="director.one", published_at=AT)))
    for words in (
        "Collected: 10 April 2019, 10:00, by manager.one",
        "Approved: by director.one",
        "Published: 10 April 2019, 10:00",
        "Children rose from 841 to 842.",
        "Children: 842, was 840.",
        "It rose. It will fall. manager.two, 10 April 2019",
        "Places: the first",
        "Target met. No more than before.",
        "Note: One record is left out.",
        "Marked on the chart: 1. 5 November 2018, A new law",
        "Children by need",
        "Question: Which needs? Counted: Children Out of: All children",
    ):
        assert squeezed(words) in text
    assert "Draft" not in text


def test_an_empty_report_is_still_one() -> None:
    kpi = make_kpi(facts=(), sentence="", table=replace(make_kpi().table, rows=()), is_hidden=True)
    assert "Definitions" in text_of(paper.write(make_collected(kpi)))


def test_the_same_report_is_the_same_file() -> None:
    assert paper.write(full_report(), STAMP) == paper.write(full_report(), STAMP)


def test_a_long_table_has_its_header_on_every_page() -> None:
    rows = tuple((Cell(None, f"School {n}"), Cell(n, str(n))) for n in range(1, 102))
    pages = [page.extract_text() for page in read(paper.write(make_collected(table_of(*rows)))).pages]
    with_rows = [page for page in pages if re.search(r"School \d", page)]
    assert len(with_rows) > 1
    assert all("Primary need" in page for page in with_rows)
    assert all(f"School {n}" in "".join(with_rows) for n in (1, 50, 101))


def table_of(*rows: tuple[Cell, ...]) -> CollectedKpi:
    return make_kpi(table=replace(make_kpi().table, rows=rows))


# Texts of people

SIGNS = "#$*_[]{}()<>\\/@~`'\"-=+%&;:.,!|^ abcXYZ019£éß"


@given(st.text(SIGNS, min_size=1, max_size=60))
@settings(max_examples=30, deadline=None)
def test_no_text_is_read_as_markup(text: str) -> None:
    kpi = make_kpi(
        title=text,
        sentence=text,
        caveats=(text,),
        chart=bar_chart(text),
        table=Table(text, (Column("name", text, Kind.TEXT),), ((Cell(None, text),),)),
    )
    report = make_collected(kpi, council=text).with_comments({"inmss": (Comment(text, AT, text),)})
    found = text_of(paper.write(report))
    # council, contents, heading, sentence, note, caption twice, header, cell, comment, author, definition
    assert found.count(squeezed(text)) >= 10


@given(st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_any_sign_there_is_can_be_written(text: str) -> None:
    kpi = make_kpi(
        sentence=text,
        chart=bar_chart(text, "b"),
        table=Table(text, (Column("name", text, Kind.TEXT),), ((Cell(None, text),),)),
    )
    assert paper.write(make_collected(kpi, council=text))


@pytest.mark.parametrize("word", ["x" * 300, "特殊教育需要", "🎓🏫"])
def test_long_words_and_signs_that_the_font_lacks_are_told(word: str) -> None:
    """Where one box stands for many signs, what is read aloud or copied is told beside it."""
    reader = read(paper.write(make_collected(make_kpi(sentence=word))))
    told = "".join(
        str(operands[1].get("/ActualText", ""))
        for page in reader.pages
        for operands, operator in ContentStream(page.get_contents(), reader).operations
        if operator == b"BDC" and isinstance(operands[1], DictionaryObject)
    )
    text = squeezed("".join(page.extract_text() for page in reader.pages))
    assert word in text or all(sign in told + text for sign in word)


def test_a_bar_keeps_the_letters_beside_a_sign_that_the_font_lacks() -> None:
    kpi = make_kpi(chart=bar_chart("Hill School 特", "Quay → Park"))
    found = text_of(paper.write(make_collected(kpi)))
    assert "HillSchool\u25a1" in found
    assert "Quay→Park" in found


# The demonstration data


def test_the_demonstration_report_holds_every_figure_and_no_hidden_one(demonstration: Collection) -> None:
    internal = text_of(paper.write(demonstration.internal))
    for kpi in demonstration.internal.kpis:
        said = [kpi.sentence, *kpi.caveats, *(fact.cell.text for fact in kpi.facts)]
        said += [cell.text for row in kpi.table.rows for cell in row]
        assert [words for words in said if squeezed(words) not in internal] == []

    public = text_of(paper.write(demonstration.public))
    assert "Confidential:anumberfrom1to4" in public
    shown = "\n".join(texts(to_plain(demonstration.public)))
    told = texts(to_plain(demonstration.internal))
    figures = {words for words in told if len(words) > 8 and re.search(r"\d", words) and words not in shown}
    assert figures, "nothing was hidden"
    assert [words for words in figures if squeezed(words) in public] == []


def texts(value: Any) -> set[str]:
    """Every text in plain data."""
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return set().union(*map(texts, inner))
