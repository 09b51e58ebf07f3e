"""The table that anybody may read: a symbol wherever there is no number to read."""

from dataclasses import replace

import pytest

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.suppression import PublicView
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


def test_rows_keep_their_keys_in_the_order_of_the_view() -> None:
    column = Column("need", "Need", Kind.TEXT)
    table = Table("Needs", (column,), ((Cell("ASD", "Autism"),), (Cell("PD", "Physical"),)), ("ASD", "PD"))
    view = PublicView({}, [{"need": "PD"}, {"need": "ASD"}], [1, 0], hidden=False, caveats=())
    assert public_table(table, view).row_keys == ("PD", "ASD")
    assert public_table(replace(table, row_keys=()), view).row_keys == ()
