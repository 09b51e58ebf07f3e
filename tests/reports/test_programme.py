"""The report's texts beside its figures: the summary first, the programme in the seed's order, decisions last."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pptx.util import Pt

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import ReportSection
from sen_dashboard.programme.aim import AIM
from sen_dashboard.reports.collected import (
    Cell,
    Collected,
    Column,
    OffTarget,
    Part,
    Section,
    Summary,
    Table,
    to_plain,
)
from sen_dashboard.reports.collecting import Collection
from sen_dashboard.reports.disclosing import publicly
from sen_dashboard.reports.programme import asked_for, parts
from sen_dashboard.reports.writers import paper, workbook
from sen_dashboard.reports.writers.slides import write
from tests.factories import make_action, make_decision_needed, make_milestone, make_update, make_workstream
from tests.reports import decks, test_paper, test_spreadsheets
from tests.reports.made import make_collected, make_kpi

DAY = date(2019, 3, 31)


def cells(part: Part) -> list[list[str]]:
    return [[cell.text for cell in row] for row in part.table.rows] if part.table else []


# What is collected


@pytest.mark.django_db
class TestParts:
    def test_without_records_there_is_the_aim_alone(self) -> None:
        found = parts(DAY)
        (aim,) = found[ReportSection.AIM]
        assert (aim.says, aim.table) == (AIM, None)
        assert [section for section, of in found.items() if of] == [ReportSection.AIM]
        assert asked_for(DAY) == ()

    def test_workstreams_stand_as_their_worst_action_with_their_next_milestone(self) -> None:
        stream = make_workstream(workstream_id="W1", title="Outcomes")
        make_workstream(workstream_id="W2", title="Parents")
        late = make_action("AT_RISK", workstream=stream, due_on=date(2019, 3, 30))
        make_action("ON_TRACK", workstream=stream, due_on=DAY)
        make_milestone(action=late, title="Terms agreed", due_on=date(2019, 5, 1))
        (part,) = parts(DAY)[ReportSection.AIM]
        assert cells(part) == [
            ["Outcomes", "At risk", "Terms agreed, 1 May 2019", "2", "1"],
            ["Parents", "No actions recorded", "", "0", "0"],
        ]
        assert part.message == "2 workstreams: 1 is at risk and 1 is without an action; 1 action is late"

    def test_actions_stand_by_lever_as_they_were_told_by_the_day(self) -> None:
        told = make_action(
            "ON_TRACK", title="Negotiate", owner="Head of SEN", due_on=DAY, lever="REDUCE_SPEND"
        )
        make_update(action=told, day=date(2019, 4, 1), status="OFF_TRACK", note="Too late for March")
        risky = make_action(title="Tender", due_on=date(2019, 3, 1), lever="REDUCE_SPEND")
        make_update(action=risky, day=DAY, status="AT_RISK", note="It waits for money")
        make_action(title="Nothing told yet", lever="REDUCE_DEMAND")
        make_action("DONE", title="Go live", due_on=date(2019, 1, 1), lever="SERVICE_REVIEW")
        found = parts(DAY)
        (spend,) = found[ReportSection.DOING]
        assert cells(spend) == [
            ["Tender", "", "1 March 2019", "At risk, late", "It waits for money"],
            ["Negotiate", "Head of SEN", "31 March 2019", "On track", ""],
        ]
        assert (
            spend.message
            == "Reduce spend: 2 actions, of which 1 is at risk and 1 is on track; 1 action is late"
        )
        (review,) = found[ReportSection.REVIEW]
        assert cells(review) == [["Go live", "", "1 January 2019", "Done"]]
        assert review.message == "Service review: 1 action, of which 1 is done"

    def test_decisions_that_are_open_on_the_day_stand_by_when_they_are_needed(self) -> None:
        stream = make_workstream(title="Outcomes")
        make_decision_needed(title="Undated", workstream=stream)
        make_decision_needed(
            title="Later", workstream=stream, needed_by=date(2019, 6, 1), asked_of="Programme board"
        )
        make_decision_needed(title="First", workstream=stream, needed_by=date(2019, 5, 1))
        make_decision_needed(title="Settled", workstream=stream, settled_on=DAY)
        make_decision_needed(title="Settled since", workstream=stream, settled_on=date(2019, 4, 1))
        (part,) = parts(DAY)[ReportSection.DECISIONS]
        assert [row[0] for row in cells(part)] == ["First", "Later", "Undated", "Settled since"]
        assert part.message == "4 decisions are needed, the first by 1 May 2019"
        assert asked_for(DAY)[:3] == (
            "First (by 1 May 2019)",
            "Later (Programme board, by 1 June 2019)",
            "Undated (Outcomes)",
        )


def test_the_demonstration_says_of_the_programme_what_a_second_count_finds(demonstration: Collection) -> None:
    report = demonstration.internal
    keys = [section.key for section in report.sections]
    assert keys == sorted(keys, key=[section.value for section in ReportSection].index)
    assert (keys[0], keys[-1]) == (ReportSection.AIM, ReportSection.DECISIONS)
    for part in (part for section in report.sections for part in section.parts):
        assert part.table
        statuses = Counter(
            row[place].text.removesuffix(", late").lower()
            for row in part.table.rows
            for place, column in enumerate(part.table.columns)
            if column.key == "status"
        )
        told = part.message.partition(";")[0]
        assert all(
            f"{number} {'is' if number == 1 else 'are'} {words}" in told for words, number in statuses.items()
        )
    assert report.summary
    off_target = [one.key for one in report.summary.off_target]
    missed = ("Outside limit", "Within limit, target missed")
    assert sorted(off_target) == sorted(kpi.key for kpi in report.kpis if kpi.standing in missed)
    (decisions,) = report.sections[-1].parts
    assert [text.partition(" (")[0] for text in report.summary.asked] == [row[0] for row in cells(decisions)]


# The public edition


def words_of(part: Part) -> Iterator[str]:
    """What stands in a part but the names of workstreams, which a figure of the public edition has too."""
    assert part.table
    for place, column in enumerate(part.table.columns):
        if column.key != "workstream":
            yield from (row[place].text for row in part.table.rows)


def test_the_public_reads_the_aim_alone_and_nothing_of_what_is_hidden(demonstration: Collection) -> None:
    internal, public = demonstration.internal, demonstration.public
    written = json.dumps(to_plain(public), ensure_ascii=False)
    assert AIM in written
    for section in internal.sections:
        for part in section.parts:
            said = set(words_of(part))
            assert [text for text in said if len(text) > 25 and text in written] == []
    (workstreams,) = (kpi for kpi in internal.kpis if kpi.slug == "workstreams")
    names = {cells[0].text for cells in workstreams.table.rows}
    assert [name for name in names if len(name) > 25 and name in written] == []
    assert workstreams.key not in {kpi.key for kpi in public.kpis}
    assert internal.summary
    assert public.summary
    assert public.summary.asked is None
    assert "shown here" in public.summary.message
    said = [text for text in decks.texts(decks.opened(write(public)).slides[1]) if text.startswith("What ")]
    assert said == []
    assert any(kpi.is_hidden for kpi in public.kpis)
    assert all(kpi.message and kpi.sentence for kpi in public.kpis)
    files = decks.everything_in(write(public))
    exact = {kpi.key: kpi.sentence for kpi in internal.kpis}
    told_otherwise = [exact[kpi.key] for kpi in public.kpis if kpi.sentence != exact[kpi.key]]
    assert told_otherwise
    for sentence in told_otherwise:
        assert sentence not in written
        assert sentence not in files


def test_a_report_of_before_there_was_a_summary_has_none_for_the_public_either() -> None:
    public, _ = publicly(make_collected(sections=()), [], (), 5)
    assert public.summary is None


# What is written


def summary(figures: int = 1, asked: int = 1) -> Summary:
    """A summary of so many figures off target and decisions asked for."""
    return Summary(
        tuple(
            OffTarget(f"kpi{n}", f"Figure {n} rose to {n}%", "Outside limit", f"£{n}.0m over budget {n}")
            for n in range(1, figures + 1)
        ),
        tuple(f"Agree tender {n} (Cabinet)" for n in range(1, asked + 1)),
    )


def part(rows: int) -> Part:
    columns = (Column("action", "Action", Kind.TEXT), Column("due_on", "Due", Kind.DAY))
    return Part(
        "reduce_spend",
        "Reduce spend",
        f"Reduce spend: {rows} actions",
        Table(
            "Reduce spend: actions",
            columns,
            tuple((Cell(None, f"Action {n}"), Cell("2019-05-01", "1 May 2019")) for n in range(1, rows + 1)),
        ),
    )


def report(**given: Any) -> Collected:
    doing = Section("doing", "What we are doing", (), parts=(part(30),))
    figures = Section("inmss", "INMSS data", (make_kpi(),))
    return make_collected(
        **{
            "summary": summary(),
            "movements": ("Children fell to 842.",),
            "sections": (doing, figures, Section("decisions", "Decisions needed", ())),
            **given,
        }
    )


def test_slides_begin_with_the_summary() -> None:
    deck = decks.opened(write(report(differences=("A figure was corrected.",))))
    first, *others = decks.titles(deck)[1:]
    assert first == "1 figure is off target, and 1 decision is needed"
    said = decks.texts(deck.slides[1])
    for text in (
        "Off target",
        "Figure 1 rose to 1%",
        "Outside limit. £1.0m over budget 1",
        "Children fell to 842.",
        "Agree tender 1 (Cabinet)",
    ):
        assert text in said
    assert others[0] == "What this version corrects"
    assert "What changed most" not in others
    decks.check(deck)


def test_a_long_summary_goes_on_on_further_slides_in_letters_of_one_size() -> None:
    written = decks.opened(write(report(summary=summary(20, 40))))
    slides = [slide for slide in written.slides if "off target" in slide.shapes.title.text_frame.text]
    assert len(slides) > 1
    said = [text for slide in slides for text in decks.texts(slide)]
    assert all(f"Figure {n} rose to {n}%" in said for n in range(1, 21))
    assert all(f"Agree tender {n} (Cabinet)" in said for n in range(1, 41))
    assert {size for slide in slides for size in sizes_of_columns(slide)} == {Pt(14)}
    for slide in slides:
        here = decks.texts(slide)
        heads = [n for n in range(1, 21) if f"Figure {n} rose to {n}%" in here]
        assert all(f"Outside limit. £{n}.0m over budget {n}" in here for n in heads), "a figure stays whole"
    decks.check(written)


def sizes_of_columns(slide: Any) -> Iterator[Any]:
    for shape in slide.shapes:
        if shape.name.endswith(": what"):
            for paragraph in shape.text_frame.paragraphs:
                yield from (run.font.size for run in paragraph.runs)


def test_nothing_off_target_and_nothing_asked_for_is_said() -> None:
    deck = decks.opened(write(report(summary=summary(0, 0), movements=())))
    assert decks.titles(deck)[1] == "No figure shown here misses its target"
    assert "None." in decks.texts(deck.slides[1])
    decks.check(deck)


def test_every_row_of_a_part_stands_on_a_slide_and_empty_sections_on_none() -> None:
    deck = decks.opened(write(report()))
    slides = [slide for slide in deck.slides if "30 actions" in slide.shapes.title.text_frame.text]
    assert len(slides) == 3
    rows = [text for slide in slides for text in decks.texts(slide) if text.startswith("Action ")]
    assert rows == [f"Action {n}" for n in range(1, 31)]
    assert "more are in the workbook" not in decks.everything_in(write(report()))
    assert "Decisions needed" not in decks.titles(deck)
    decks.check(deck)


def test_pdf_and_workbook_follow() -> None:
    pdf = test_paper.text_of(paper.write(report()))
    book = test_spreadsheets.opened(workbook.write(report()))
    assert book.sheetnames[:3] == ["Cover", "Contents", "Summary"]
    told = test_spreadsheets.texts_of(book["Summary"])
    for words in (
        "Figure 1 rose to 1%",
        "£1.0m over budget 1",
        "Children fell to 842.",
        "Agree tender 1 (Cabinet)",
    ):
        assert test_paper.squeezed(words) in pdf
        assert words in told
    actions = book["Reduce spend"]
    assert [cell.value for cell in next(iter(actions.columns))[4:]] == [f"Action {n}" for n in range(1, 31)]
    assert {cell.value.date() for cell in list(actions.columns)[1][4:]} == {date(2019, 5, 1)}
    assert all(test_paper.squeezed(f"Action {n} 1 May 2019") in pdf for n in range(1, 31))
    assert pdf.count("Decisionsneeded") == 1, "the summary's own list, and no section without figures"


def test_a_comment_on_a_section_without_figures_is_in_every_format() -> None:
    commented = report().with_comments({"decisions": (test_paper.COMMENT,)})
    deck = decks.opened(write(commented))
    assert "It will fall." in [text for slide in deck.slides for text in decks.texts(slide)]
    assert "Itwillfall." in test_paper.text_of(paper.write(commented))
    book = test_spreadsheets.opened(workbook.write(commented))
    assert "It will fall." in test_spreadsheets.texts_of(book["Comments"])
