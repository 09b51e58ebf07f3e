"""The high-needs lines of the S251 budget and outturn statements, used by budgets, forecasts and postings.

Names: Department for Education, section 251 guidance; the choice of lines, domain.md section 5.
"""

from placements.models import Budget, Forecast, LedgerPosting
from placements.querysets import INMSS_LINE

S251_LINES = (
    ("1.0.2", "place funding"),
    ("1.2.1", "top-up funding, maintained schools"),
    ("1.2.2", "top-up funding, academies, free schools and colleges"),
    (INMSS_LINE, "top-up and other funding, non-maintained and independent providers"),
    ("1.2.4", "additional high-needs targeted funding"),
    ("1.2.5", "SEN support services"),
    ("1.2.6", "hospital education services"),
    ("1.2.7", "other alternative provision services"),
    ("1.2.8", "support for inclusion"),
    ("1.2.9", "special schools and PRUs in financial difficulty"),
    ("1.2.11", "direct payments"),
    ("1.2.13", "therapies and other health-related services"),
    ("1.4.11", "SEN transport from the dedicated schools grant"),
    ("1.9.3", "dedicated schools grant carried forward"),
    ("2.1.1", "educational psychology service"),
    ("2.1.2", "SEN administration, assessment and coordination"),
    ("2.1.4", "SEN transport before 16"),
    ("2.1.6", "SEN transport from 16 to 18"),
    ("2.1.7", "SEN transport from 19 to 25"),
)
LINE_CHOICES = tuple((line, f"{line} {name}") for line, name in S251_LINES)


def lines_held() -> list[tuple[str, str]]:
    """The INMSS line and every other line with money, each with its name; the council's own lines have only a code."""
    held = Budget.objects.values_list("line").union(
        Forecast.objects.values_list("line"), LedgerPosting.objects.values_list("line")
    )
    names = dict(LINE_CHOICES)
    lines = {INMSS_LINE, *(line for (line,) in held)}
    return [(line, names.get(line, line)) for line in sorted(lines, key=_in_order)]


def _in_order(line: str) -> list[tuple[int, str]]:
    """The sort key by which 1.2.3 comes before 1.2.11."""
    return [(int(part) if part.isdecimal() else 0, part) for part in line.split(".")]
