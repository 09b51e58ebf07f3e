"""The width of words in a chart, in ems, so that it applies at any size."""

from sen_dashboard.core.charts import fonts


def printed(text: str) -> float:
    """Return the width in ems of a text in a file, whose font is known."""
    return fonts.width(text, 1)


def shown(text: str) -> float:
    """Return the greatest width in ems that a text may have on a page, in the reader's own font."""
    # DejaVu Sans is the widest font in which pages are shown.
    return max(fonts.width(text, 1), fonts.width(text, 1, fonts.WIDEST))
