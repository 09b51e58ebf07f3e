"""The colours of charts, from the Analysis Function palette."""

from sen_dashboard.core.charts.chart import Tone

COLOURS: dict[Tone, str] = {
    Tone.MAIN: "#12436D",  # dark blue
    Tone.SECOND: "#F46A25",  # orange
    Tone.THIRD: "#A285D1",  # light purple
    Tone.FOURTH: "#28A197",  # turquoise
}
YEAR_BEFORE = "#6f777b"  # grey, dark enough to be told from white
TEXT = "#0b0c0c"
GRID = "#e5e6e7"
EVENT = "#505a5f"  # grey
