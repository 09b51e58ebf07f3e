"""Asking for a comparison as a page does."""

from sen_dashboard.benchmarking import page
from sen_dashboard.benchmarking.comparison import Comparison, find_council
from sen_dashboard.benchmarking.measures import BY_SLUG
from tests.benchmarking.dfe import KENT


def ask(slug: str, measure: str = "", year: str = "", council: str = KENT) -> Comparison:
    """The comparison that a page's address asks for."""
    found = find_council(council)
    assert found is not None
    answer = page.question(BY_SLUG[slug], found, {"measure": measure, "year": year}).answer()
    assert answer is not None
    return answer
