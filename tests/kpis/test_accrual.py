"""The accruals of random councils' cost lines, line by line and month by month, against a second calculation."""

from placements.accrual import committed_by_month, committed_lines, lines_accruing, sums
from placements.models import CostLine
from sen_dashboard.core.periods import FinancialYear
from tests.kpis import second_calculation, second_calculation_money
from tests.kpis.random_council import AS_AT_DAYS


def test_every_line_and_month_equals_the_second_calculation(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        months = list(FinancialYear.containing(day).months())
        expected = {
            (line.pk, month): amounts
            for line in council.cost_lines
            for month, amounts in second_calculation_money.line_by_month(
                council, line, months[-1].start
            ).items()
            if month >= months[0].start
        }
        rows = sums(CostLine.objects.counted(), months[0], months[-1], "cost_line_id", "month")
        found = {(row["cost_line_id"], row["month"]): (row["gross"], row["education"]) for row in rows}
        assert found == expected


def test_lines_accruing_add_up_to_the_months(council: second_calculation.Records) -> None:
    """The records behind a number are those that make it, each with its own part."""
    for day in AS_AT_DAYS:
        months = list(FinancialYear.containing(day).months())
        lines = lines_accruing(committed_lines(), months[0], months[7])
        whole = committed_by_month(months[0], months[7])
        assert sum(line.accrued for line in lines) == sum(whole.values())
        assert all(line.accrued is not None for line in lines)
