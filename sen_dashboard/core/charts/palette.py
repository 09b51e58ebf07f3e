"""The colours of charts: the palette of the Government Analysis Function, the same in every format.

Pages take them from static/css/components/chart.css; a test compares the two.
"""

from sen_dashboard.core.charts.chart import Series, Tone

TONES = {
    Tone.MAIN: "#12436D",  # dark blue
    Tone.SECOND: "#F46A25",  # orange
    Tone.THIRD: "#A285D1",  # light purple
    Tone.FOURTH: "#28A197",  # turquoise
}
YEAR_BEFORE = "#6f777b"
YEAR_BEFORE_BAR = "#d6d8da"  # within an edge of YEAR_BEFORE
TEXT = "#0b0c0c"
LEVEL = TEXT
EVENT = "#505a5f"
AXIS = "#505a5f"
GRID = "#e5e6e7"
PAPER = "#ffffff"


def of_series(series: Series) -> str:
    """Return the colour of a line, or of bars that have no tone of their own."""
    return YEAR_BEFORE if series.is_year_before else TONES[series.tone]
