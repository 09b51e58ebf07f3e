"""What the symbols of a public report mean, in words for every format."""

from sen_dashboard.reports.collected import Audience, Collected


def legend(collected: Collected) -> dict[str, str]:
    """Each symbol that may stand in place of a number, and its meaning; empty for an internal report, which hides none.

    The symbols are DfE's (domain.md section 3.12).
    """
    if collected.audience is not Audience.PUBLIC:
        return {}
    return {
        "c": (
            f"Confidential: a number from 1 to {collected.threshold - 1}, one that would give such a number away, "
            "or a figure that rests on it."
        ),
        "z": "Not applicable: there is nothing that it could be a figure of.",
        "x": "Not available: it is not recorded.",
        "low": "Low: it rounds to 0 but is not 0.",
    }
