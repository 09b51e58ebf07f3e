"""What KPIs on the 12 months to the as-at day have in common: the period in words, and its part months."""

from sen_dashboard.core import formats
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import YearTo


def period(scope: Scope) -> str:
    """ "in the 12 months to 31 March 2019"."""
    return f"in the 12 months to {formats.day(scope.as_at)}"


def part_month_caveats(scope: Scope) -> tuple[str, ...]:
    """A sentence if the 12 months begin or end within a month."""
    year = YearTo(scope.as_at)
    if year.is_whole:
        return ()
    return (
        f"The 12 months run from {formats.day(year.start)} to {formats.day(year.end)}; of the first and the last "
        "month only the days within them count.",
    )
