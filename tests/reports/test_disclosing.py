"""The public table: a symbol wherever there is no number to read."""

from dataclasses import replace

import pytest

from sen_dashboard.core.disclosure.suppression import PublicView, Symbol
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import Cell, Column, Table
from sen_dashboard.reports.disclosing import public_table


@pytest.mark.parametrize(
    ("kind", "cell", "read"),
    [
        (Kind.PERCENT, Cell(0.04, "0.0%"), "low"),
        (Kind.POUNDS, Cell(-0.3, "£0"), "low"),
        (Kind.DAYS, Cell(0.04, "0 days"), "low"),
        (Kind.PERCENT, Cell(0.0, "0.0%"), "0.0%"),
        (Kind.COUNT, Cell(0, "0"), "0"),
        (Kind.PERCENT, Cell(0.05, "0.1%"), "0.1%"),
        (Kind.COUNT, Cell(1000, "1,000"), "1,000"),
        (Kind.TEXT, Cell("0", "0"), "0"),
    ],
)
def test_a_number_that_reads_as_0_and_is_none_is_low(kind: Kind, cell: Cell, read: str) -> None:
    table = Table("Shares", (Column("share", "Share", kind),), ((cell,),))
    view = PublicView({}, [{"share": cell.value}], [0], hidden=False, caveats=())
    ((found,),) = public_table(table, view).rows
    assert found.text == read
    assert (found.value is None) == (read == "low")


def test_a_rounded_count_is_about_that_and_hidden_rows_are_one_at_the_end() -> None:
    columns = (Column("need", "Need", Kind.TEXT), Column("children", "Children", Kind.COUNT))
    rows = ((Cell("ASD", "Autism"), Cell(120, "120")), (Cell("PD", "Physical"), Cell(34, "34")))
    view = PublicView(
        {},
        [{"need": "ASD", "children": 120}, {"need": "PD", "children": 34}],
        [0, 1],
        hidden=True,
        caveats=(),
        about=frozenset({(0, "children")}),
        together={"need": "All others (2)", "children": 1_007, "share": Symbol.CONFIDENTIAL},
    )
    found = public_table(Table("Needs", columns, rows, ("ASD", "PD")), view)
    assert [[cell.text for cell in row] for row in found.rows] == [
        ["Autism", "about 120"],
        ["Physical", "34"],
        ["All others (2)", "1,007"],
    ]
    assert found.row_keys == ("ASD", "PD", "")
    unknown = replace(view, together={"need": "All others (2)", "children": Symbol.CONFIDENTIAL})
    assert public_table(Table("Needs", columns, rows), unknown).rows[-1][1] == Cell(None, "c")
    assert public_table(Table("Needs", columns, rows), view).row_keys == ()
