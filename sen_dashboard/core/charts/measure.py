"""How much room words take in a chart, in ems, so that it fits any size."""

from sen_dashboard.core.charts import fonts


def printed(text: str) -> float:
    """The ems that a text takes in a file, whose font is known."""
    return fonts.width(text, 1)


def shown(text: str) -> float:
    """The ems that a text takes at most on a page, in the reader's own font: DejaVu Sans is the widest of those in use."""
    return max(fonts.width(text, 1), fonts.width(text, 1, fonts.WIDEST))
