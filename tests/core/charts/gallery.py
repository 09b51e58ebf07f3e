"""Charts of every shape and with every extreme, and pages that show them to people who work on the renderers.

With PICTURES=FOLDER `pytest tests/browser/test_gallery_browser.py` saves a picture of each there.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import path

from sen_dashboard import urls as site
from sen_dashboard.core.charts import plotly, svg
from sen_dashboard.core.charts.chart import (
    Axis,
    Chart,
    Level,
    Mark,
    Series,
    Shape,
    Tone,
    bars,
    lines,
)
from sen_dashboard.core.charts.layout.value import NARROW, WIDE
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import Month

Value = float | int | None

PERCENT, POUNDS, COUNT = (
    Axis("Percent of plans", Kind.PERCENT),
    Axis("Pounds", Kind.POUNDS, True),
    Axis("Children", Kind.COUNT),
)
LONG_NAME = "The Very Long Name of a School in the Weald Community Academy with Nursery and Sixth Form"
HOSTILE = "<b>&\"'</b> %{x} $x^2$ </title><script>alert(1)</script>"


def months(count: int) -> list[date]:
    """The ends of so many months, the last of them March 2019."""
    numbers = range(2019 * 12 + 3 - count, 2019 * 12 + 3)
    return [Month(number // 12, number % 12 + 1).end for number in numbers]


def drawn(
    name: str, values: Sequence[Value], tone: Tone = Tone.MAIN, *, labels: Sequence[str] = ()
) -> Series:
    """A series in which each mark has a row."""
    written = labels or [""] * len(values)
    marks = (
        Mark(value, f"row-{n}", label) for n, (value, label) in enumerate(zip(values, written, strict=True))
    )
    return Series(name, tuple(marks), "key", tone)


def wave(count: int, low: float, high: float, shift: int = 0) -> list[float]:
    """Values that go up and down between two limits, always the same."""
    return [low + (high - low) * ((n + shift) * (n + shift + 7) * 37 % 101) / 100 for n in range(count)]


def falling(count: int, start: float, end: float) -> list[float]:
    """Values that fall, or rise, with small fluctuations."""
    return [
        start + (end - start) * n / max(count - 1, 1) + (n * 37 % 5 - 2) * abs(start - end) / 60
        for n in range(count)
    ]


def before(chart: Chart, *values: Value) -> Chart:
    """The chart with the values of a year earlier added."""
    then = Chart(chart.shape, chart.along, chart.values, chart.categories, (drawn("then", values),))
    return chart.with_year_before(then)


NEEDS = ["ASD", "SEMH", "SLCN", "PD", "SLD", "MLD", "Other (6)"]
YEARS = ["2014-15", "2015-16", "2016-17", "2017-18", "2018-19"]
SCHOOLS = [
    "Sandernock School",
    "Ash Grove",
    LONG_NAME,
    "Hill House",
    "St Mary’s",
    "Brook View School for Boys",
    "The Cedars",
    "Oakfield Lodge Independent Special School",
    "Downs View",
    "Marlowe House",
    "Pilgrims’ Way",
    "North Foreland Academy",
    "Stour Valley",
    "Medway Bridge",
    "Romney Marsh School",
    "Thanet Reach",
    "Weald View School and College for Young People",
    "Swale Park",
    "Darent House",
    "Ebbsfleet Green",
]


def _charts() -> dict[str, Chart]:
    share = lines(
        months(24),
        Axis("Percent of children with a plan", Kind.PERCENT),
        drawn("INMSS share", falling(24, 9.4, 7.0)),
        levels=(Level("Target", 7.0), Level("Limit", 9.0)),
    )
    spending = lines(
        months(12),
        POUNDS,
        drawn("Spending", [*(3.4e6 * n for n in range(1, 10)), None, None, None]),
        drawn("Committed spending, with what is due", [3.45e6 * n for n in range(1, 13)], Tone.SECOND),
        drawn("Budget", [3.4e6 * n for n in range(1, 13)], Tone.THIRD),
    )
    days = [date(2019, 3, 1) + timedelta(days=n) for n in range(60)]
    costs = bars(
        NEEDS,
        Axis("Average cost of a place a year", Kind.POUNDS),
        drawn("INMSS", [36213, 38480, 32911, 43870, 33490, 26420, 41020]),
        drawn("State special", [19010, 16605, 16420, 17330, 16602, 15044, 17910], Tone.SECOND),
    )
    needs = bars(NEEDS, COUNT, drawn("Children", [312, 201, 96, 44, 40, 31, 118]))
    return {
        "share": before(share, *falling(24, 10.2, 9.4)),
        "share-with-events": before(share, *falling(24, 10.2, 9.4)).with_events(
            [
                *((date(2018, 4, 28) + timedelta(days=n), f"Event {n}") for n in range(8)),
                (date(2017, 4, 1), "First"),
                (date(2019, 3, 31), "Last"),
            ]
        ),
        "twelve-months": lines(
            months(12), COUNT, drawn("Children", [840, 836, 841, 850, 847, 839, 845, 851, 858, 860, 855, 842])
        ),
        "one-point": lines(months(1), COUNT, drawn("Children", [842]), levels=(Level("Target", 800),)),
        "gaps": lines(
            months(24),
            COUNT,
            drawn("Starts", [None if n in (3, 4, 9, 11, 12) else n * 3 % 17 for n in range(24)]),
            drawn("Ends", [None if n > 20 else n * 5 % 13 for n in range(24)], Tone.SECOND),
        ),
        "sixty-days": lines(days, COUNT, drawn("Open cases", wave(60, 20, 90)), named_by=Kind.DAY),
        "negative": lines(
            months(12), Axis("Percentage points", Kind.POINTS), drawn("Change", wave(12, -4.5, 3.2))
        ),
        "spending": before(spending, *(3.1e6 * n for n in range(1, 13))),
        "three-series-that-cross": lines(
            months(13),
            COUNT,
            drawn("INMSS", wave(13, 40, 60)),
            drawn("State special schools", wave(13, 40, 60, 3), Tone.SECOND),
            drawn("Specialist resourced provision", wave(13, 40, 60, 5), Tone.THIRD),
        ),
        "four-of-the-same": Chart(
            Shape.LINES,
            Axis("Academic year", Kind.TEXT),
            Axis("Percent", Kind.PERCENT, True),
            tuple(YEARS),
            tuple(
                drawn(name, [5, 5.5, 6, 6.2, 6.3], tone)
                for name, tone in zip(
                    ("Kent", "Neighbours' median", "South East", "England"), Tone, strict=True
                )
            ),
        ),
        "levels-close-together": lines(
            months(24),
            PERCENT,
            drawn("Within 20 weeks", wave(24, 30, 99)),
            levels=(Level("Target", 60.2), Level("Limit", 60.0), Level("England", 59.8)),
        ),
        "identical-values": lines(months(6), PERCENT, drawn("Within 20 weeks", [100.0] * 6)),
        "nothing-but-noughts": lines(months(6), COUNT, drawn("Complaints", [0] * 6)),
        "tiny": lines(
            months(6),
            Axis("Ratio", Kind.RATIO),
            drawn("Share", [0.0001, 0.0002, 0.00015, 0.0003, 0.0001, 0.0002]),
        ),
        "huge": lines(
            months(6),
            Axis("Pounds", Kind.POUNDS),
            drawn("Spending", [41e9, 41.1e9, 41.2e9, 41.05e9, 41.3e9, 41.25e9]),
        ),
        "hostile-lines": lines(
            months(6),
            Axis(HOSTILE, Kind.COUNT),
            drawn(HOSTILE, [1, 2, 3, 2, 1, 2]),
            drawn("W" * 60, [2, 1, 2, 3, 2, 1], Tone.SECOND),
            levels=(Level(HOSTILE, 2.5),),
        ),
        "needs": before(needs, 290, 214, 101, 40, 52, 31, 125),
        "costs": costs,
        "costs-and-a-year-before": before(costs, 35310, 36480, 33911, 41870, 33490, 26420, 41020),
        "twenty-long-names": bars(
            SCHOOLS,
            Axis("Annual cost", Kind.POUNDS),
            drawn(
                "Cost",
                [3.4e6 / (n + 1) for n in range(20)],
                labels=[f"£{3.4 / (n + 1):.1f}m, {96 // (n + 1)} children" for n in range(20)],
            ),
        ),
        "benchmark": bars(
            ["Kent", "Essex", "Surrey", "South East", "England"],
            Axis("Percent", Kind.PERCENT),
            Series(
                "INMSS share",
                tuple(
                    Mark(value, row, "", tone)
                    for value, row, tone in (
                        (9.1, "a", None),
                        (8.2, "b", Tone.THIRD),
                        (7.7, "c", Tone.THIRD),
                        (6.9, "", Tone.SECOND),
                        (6.3, "", Tone.SECOND),
                    )
                ),
            ),
        ),
        "all-of-them": bars(
            ["Agreed", "Refused", "Deferred"],
            PERCENT,
            drawn("Cases", [100.0, 0.0, 62.5], labels=["345 of 345", "0 of 12", "5 of 8"]),
        ),
        "negative-bars": before(
            bars(
                [*NEEDS[:4], LONG_NAME],
                Axis("Change of cost", Kind.POUNDS),
                drawn("Change", [1.31e6, -420_000, 38_000, None, -1_250_000]),
            ),
            900_000,
            -800_000,
            -20_000,
            0,
            100_000,
        ),
        "negative-bars-alone": bars(["ASD", "SEMH"], COUNT, drawn("Change", [-3, -12])),
        "one-bar": bars(["ASD"], COUNT, drawn("Children", [1])),
        "hostile-bars": bars(
            [HOSTILE, HOSTILE, "ش ר 漢字 😀", "W" * 60],
            Axis(HOSTILE, Kind.COUNT),
            drawn(HOSTILE, [3, 2, 1, 4], labels=[HOSTILE, "", "2 😀", "4"]),
            drawn("Other", [1, 2, 3, 4], Tone.FOURTH),
        ),
    }


CHARTS = _charts()


# Pages

PAGE = """
{% extends "base.html" %}
{% block title %}{{ name }}{% endblock %}
{% block head %}{% include "components/chart_scripts.html" %}{% endblock %}
{% block main %}
  <h1 class="heading">A chart</h1>
  <p id="answer">What the chart shows.</p>
  <div class="columns"><div class="columns__main">
    {% include "components/chart.html" %}{% include "components/events.html" %}
    <a class="govuk-link" href="/">After the chart</a>
  </div></div>
{% endblock %}
"""


def address(series: Series, mark: Mark) -> str | None:
    """The address that the gallery's marks lead to."""
    return f"/charts/?part={series.key}&row={mark.row}" if mark.row else None


@login_not_required
def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page with one chart, as pages show it."""
    chart = CHARTS[name]
    context: dict[str, Any] = {
        "name": name,
        "chart": svg.inline(chart, address),
        "chart_title": f"Chart {name}",
        "explore": f"/charts/{name}.json?as_at=2019-03-31",
        "events": [(n, event.day, event.title) for n, event in enumerate(chart.events, start=1)],
    }
    return HttpResponse(Template(PAGE).render(RequestContext(request, context)))


@login_not_required
def figure(request: HttpRequest, name: str) -> JsonResponse:
    """The same chart as a Plotly figure."""
    size = NARROW if request.GET["drawing"] == "narrow" else WIDE
    return JsonResponse(plotly.figure(CHARTS[name], address, size).to_plotly_json())


@login_not_required
def records(request: HttpRequest) -> HttpResponse:
    """The page that marks lead to."""
    return HttpResponse("Records")


@login_not_required
def icon(request: HttpRequest) -> HttpResponse:
    """No icon: the page that marks lead to names none, and browsers then ask for this one."""
    return HttpResponse(status=204)


urlpatterns = [
    path("favicon.ico", icon),
    path("charts/", records),
    path("charts/<slug:name>/", page),
    path("charts/<slug:name>.json", figure),
    *site.urlpatterns,
]
