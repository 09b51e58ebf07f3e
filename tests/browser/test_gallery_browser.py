"""Every chart of the gallery in a real browser: nothing overlaps, marks are links, keys work, and Plotly loads.

With PICTURES=FOLDER the tests save a picture of each chart there, to look at.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from sen_dashboard.core.charts import words
from tests.core.charts.gallery import CHARTS, address

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.core.charts.gallery"),
]

AXE = Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
WIDTHS = [
    1280,
    pytest.param(768, marks=pytest.mark.assurance),
    pytest.param(375, marks=pytest.mark.assurance),
    320,
]
FAIR_TARGETS = (1280, 375, 320)  # between them the table has every link, larger

# Pairs of words of which one lies on the other, and words that leave the drawing, by more than a pixel.
CROWDED = r"""(svg) => {
  const box = (text) => ({ text: text.textContent, ...text.getBoundingClientRect().toJSON() })
  const [frame, words] = [box(svg), [...svg.querySelectorAll("text")].map(box)]
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
  const pairs = words.flatMap((a, n) => words.slice(n + 1).filter((b) => meet(a, b)).map((b) => [a.text, b.text]))
  const out = words.filter((a) => a.left < frame.left - 1 || a.right > frame.right + 1
    || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
  const beyond = (a) => [frame.left - a.left, a.right - frame.right, frame.top - a.top, a.bottom - frame.bottom]
  return [...pairs, ...out.map((a) => [a.text, "outside", ...beyond(a).map(Math.round)])]
}"""


@pytest.fixture
def gallery(page: "Page", live_server: Any) -> Iterator["Page"]:
    """A browser for the gallery; the test fails when a page logs an error, which a refused style does too."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.context.add_init_script(path=AXE)
    page.base = f"{live_server.url}/charts/"  # type: ignore[attr-defined]  # our own note, for open_chart
    yield page
    assert errors == []


def open_chart(gallery: "Page", name: str, width: int = 1280) -> "Locator":
    """The drawing of a chart that is shown at that width of the window."""
    gallery.set_viewport_size({"width": width, "height": 900})
    gallery.goto(f"{gallery.base}{name}/")  # type: ignore[attr-defined]  # noted by the fixture
    shown = gallery.locator(".chart__svg:visible")
    assert shown.count() == 1
    if folder := os.environ.get("PICTURES"):
        gallery.locator(".chart").screenshot(path=f"{folder}/{name}-{width}.png")
    return shown


@pytest.mark.parametrize("width", WIDTHS)
def test_no_words_lie_on_others_and_axe_finds_nothing(gallery: "Page", width: int) -> None:
    """Nor do words leave the drawing, and no target is too small."""
    rules = {"target-size": {"enabled": width in FAIR_TARGETS}}
    for name in CHARTS:
        assert open_chart(gallery, name, width).evaluate(CROWDED) == [], name
        assert gallery.evaluate("document.documentElement.scrollWidth") <= width, name
        found = gallery.evaluate(
            "(rules) => axe.run({ rules, preload: false }).then((report) => report.violations)", rules
        )
        assert [(broken["id"], [node["html"] for node in broken["nodes"]]) for broken in found] == [], name


# Marks


def test_every_mark_is_a_link_with_its_words(gallery: "Page") -> None:
    for name, chart in CHARTS.items():
        links = open_chart(gallery, name).locator("a")
        found = links.evaluate_all("(all) => all.map((a) => [a.getAttribute('href'), a.textContent])")
        known = {
            (leads_to, words.of_mark(chart, series, place))
            for series in chart.series
            for place, mark in enumerate(series.marks)
            if mark.value is not None and (leads_to := address(series, mark))
        }
        assert set(map(tuple, found)) <= known, name
        if name != "sixty-days":  # whose marks would lie too close
            assert len(found) == len(known), name


def test_a_mark_is_named_for_those_who_do_not_see_it(gallery: "Page") -> None:
    open_chart(gallery, "twelve-months")
    group = gallery.get_by_role("group", name="Chart twelve-months").first
    assert group.get_by_role("link", name="31 March 2019: 842", exact=True).is_visible()
    open_chart(gallery, "costs", 320)
    link = gallery.get_by_role("link", name="ASD: £36,213, INMSS", exact=True)
    assert link.count() == 1
    link.click()
    assert gallery.url.endswith("/charts/?part=key&row=row-0")


def test_without_javascript_every_mark_is_reached(browser: Any, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{live_server.url}/charts/twelve-months/")
    assert plain.locator(".chart__svg:visible a").count() == 12
    assert not plain.get_by_role("button", name="Explore the chart").is_visible()
    plain.get_by_role("link", name="28 February 2019: 855").focus()
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/charts/?part=key&row=row-10")
    context.close()


# Keys


def focused(gallery: "Page") -> str:
    """The words of what has the focus."""
    return str(gallery.evaluate("document.activeElement.textContent")).strip()


def press(gallery: "Page", *keys: str) -> str:
    """What has the focus after those keys."""
    for key in keys:
        gallery.keyboard.press(key)
    return focused(gallery)


def test_a_chart_is_one_stop_and_arrow_keys_go_along_a_line(gallery: "Page") -> None:
    open_chart(gallery, "twelve-months")
    gallery.get_by_role("button", name="Explore the chart").focus()
    assert press(gallery, "Tab") == "30 April 2018: 840"
    assert press(gallery, "ArrowLeft") == "30 April 2018: 840"
    assert press(gallery, "ArrowRight", "ArrowRight") == "30 June 2018: 841"
    assert press(gallery, "End") == "31 March 2019: 842"
    assert press(gallery, "Home", "End", "ArrowLeft") == "28 February 2019: 855"
    assert press(gallery, "Tab") == "After the chart"
    assert press(gallery, "Shift+Tab") == "28 February 2019: 855"  # where one was
    gallery.keyboard.press("Enter")
    gallery.wait_for_url("**/charts/?part=key&row=row-10")


def test_up_and_down_go_to_other_lines_at_the_same_place(gallery: "Page") -> None:
    open_chart(gallery, "three-series-that-cross")
    gallery.locator(".chart__svg:visible a", has_text="31 March 2019").first.focus()
    assert focused(gallery) == "31 March 2019: 51, INMSS"
    assert press(gallery, "ArrowUp") == "31 March 2019: 58, State special schools"
    assert press(gallery, "ArrowUp") == "31 March 2019: 58, State special schools"
    assert press(gallery, "ArrowDown", "ArrowDown") == "31 March 2019: 49, Specialist resourced provision"


def test_arrow_keys_go_through_bars_from_the_top(gallery: "Page") -> None:
    for width in (1280, 320):
        open_chart(gallery, "costs", width)
        gallery.get_by_role("button", name="Explore the chart").focus()
        assert press(gallery, "Tab") == "ASD: £36,213, INMSS"
        assert press(gallery, "ArrowDown") == "ASD: £19,010, State special"
        assert press(gallery, "ArrowDown", "ArrowRight") == "SEMH: £16,605, State special"
        assert press(gallery, "ArrowUp") == "SEMH: £38,480, INMSS"
        assert press(gallery, "End") == "Other (6): £17,910, State special"


def test_the_focus_is_seen(gallery: "Page") -> None:
    open_chart(gallery, "needs")
    gallery.get_by_role("button", name="Explore the chart").focus()
    gallery.keyboard.press("Tab")
    look = """() => {
      const link = document.activeElement, area = getComputedStyle(link.querySelector("path"))
      return [getComputedStyle(link).outlineColor, area.fill, area.stroke]
    }"""
    assert gallery.evaluate(look) == ["rgb(11, 12, 12)", "rgb(255, 221, 0)", "rgb(11, 12, 12)"]
    if folder := os.environ.get("PICTURES"):
        gallery.locator(".chart").screenshot(path=f"{folder}/focus.png")


# Plotly


def test_plotly_comes_only_when_asked_for(gallery: "Page") -> None:
    asked: list[str] = []
    gallery.on("request", lambda request: asked.append(request.url))
    open_chart(gallery, "share")
    gallery.get_by_role("link", name="31 March 2019").first.focus()
    gallery.wait_for_timeout(600)
    assert not [url for url in asked if "plotly" in url or ".json" in url]
    gallery.get_by_role("button", name="Explore the chart").click()
    gallery.locator(".chart__plot .point").first.wait_for()
    assert not gallery.locator(".chart__svg:visible").count()
    assert focused(gallery) == "Back to the plain chart"
    assert len([url for url in asked if "plotly-basic" in url]) == 1
    gallery.get_by_role("button", name="Back to the plain chart").press("Enter")
    assert gallery.locator(".chart__svg:visible").count() == 1
    assert focused(gallery) == "Explore the chart"


def rest_on(gallery: "Page", drawing: "Locator") -> None:
    """Let the mouse rest on a drawing until Plotly is there."""
    drawing.hover(position={"x": 200, "y": 100})
    gallery.locator(".chart__plot:not(.chart__plot--waiting) .main-svg").first.wait_for()


def test_a_mouse_that_rests_gets_values_zoom_and_links(gallery: "Page") -> None:
    drawing = open_chart(gallery, "twelve-months")
    box = drawing.bounding_box()
    rest_on(gallery, drawing)
    plot = gallery.locator(".chart__plot")
    assert plot.bounding_box() == pytest.approx(box, abs=1)
    point = plot.locator(".point").nth(3).bounding_box()
    assert point is not None
    gallery.mouse.move(point["x"] + 3, point["y"] + 3, steps=4)
    assert plot.locator(".hovertext").text_content() == "31 July 2018: 850"
    if folder := os.environ.get("PICTURES"):
        gallery.locator(".chart").screenshot(path=f"{folder}/hover.png")
    gallery.mouse.click(point["x"] + 3, point["y"] + 3)
    gallery.wait_for_url("**/charts/?part=key&row=row-3")


def test_a_plot_that_is_zoomed_names_more_of_what_it_shows(gallery: "Page") -> None:
    drawing = open_chart(gallery, "share")
    rest_on(gallery, drawing)
    box = gallery.locator(".chart__plot").bounding_box()
    assert box is not None
    named = gallery.locator(".chart__plot .xtick text")
    whole = named.all_text_contents()
    assert whole == ["Jul 2017", "Nov 2017", "Mar 2018", "Jul 2018", "Nov 2018", "Mar 2019"]
    gallery.mouse.move(box["x"] + 200, box["y"] + 150)
    gallery.mouse.down()
    gallery.mouse.move(box["x"] + 300, box["y"] + 150, steps=5)
    gallery.mouse.up()
    expect(named).to_have_text(["Oct 2017", "Nov 2017", "Dec 2017", "Jan 2018"])
    gallery.get_by_role("button", name="Reset axes").click()
    expect(named).to_have_text(whole)


def test_an_explored_chart_follows_the_width_of_the_window(gallery: "Page") -> None:
    drawing = open_chart(gallery, "needs")
    rest_on(gallery, drawing)
    gallery.set_viewport_size({"width": 700, "height": 900})
    gallery.wait_for_function("document.querySelector('.chart__plot .main-svg').clientWidth < 640")
    assert gallery.evaluate("document.documentElement.scrollWidth") <= 700


def test_a_mouse_that_passes_changes_nothing(gallery: "Page") -> None:
    drawing = open_chart(gallery, "share")
    drawing.hover()
    gallery.mouse.move(2, 2)
    gallery.wait_for_timeout(600)
    assert not gallery.locator(".chart__plot").count()


def test_after_the_way_back_a_mouse_leaves_the_chart_as_it_is(gallery: "Page") -> None:
    drawing = open_chart(gallery, "share")
    rest_on(gallery, drawing)
    gallery.get_by_role("button", name="Back to the plain chart").click()
    drawing.hover()
    gallery.wait_for_timeout(600)
    assert drawing.is_visible()


def test_a_tap_follows_the_link(browser: Any, live_server: Any) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 375, "height": 800})
    touched = context.new_page()
    touched.goto(f"{live_server.url}/charts/needs/")
    touched.get_by_role("link", name="SEMH: 201, Children").tap()
    touched.wait_for_url("**/charts/?part=key&row=row-1")
    context.close()


@pytest.mark.parametrize("missing", ["**/plotly-basic.min.js", "**/share.json*"])
def test_when_plotly_does_not_come_the_drawing_stays(page: "Page", live_server: Any, missing: str) -> None:
    page.route(missing, lambda route: route.abort())
    page.goto(f"{live_server.url}/charts/share/")
    page.get_by_role("button", name="Explore the chart").click()
    page.get_by_text("cannot be explored at the moment").wait_for()
    assert page.locator(".chart__svg:visible").count() == 1
    page.unroute(missing)
    page.get_by_role("button", name="Explore the chart").click()
    page.locator(".chart__plot .point").first.wait_for()


def test_a_picture_is_saved(gallery: "Page") -> None:
    drawing = open_chart(gallery, "share-with-events")
    rest_on(gallery, drawing)
    with gallery.expect_download() as download:
        gallery.get_by_role("button", name="Save as a picture").click()
    assert download.value.suggested_filename == "chart.png"
    picture = download.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG")
    if folder := os.environ.get("PICTURES"):
        Path(folder, "saved.png").write_bytes(picture)


@pytest.mark.parametrize(
    "width", [320, *(pytest.param(width, marks=pytest.mark.assurance) for width in (1280, 768, 375))]
)
def test_axe_finds_nothing_in_an_explored_chart(gallery: "Page", width: int) -> None:
    for name in CHARTS:
        open_chart(gallery, name, width)
        gallery.get_by_role("button", name="Explore the chart").click()
        gallery.locator(".chart__plot:not(.chart__plot--waiting) .main-svg").first.wait_for()
        assert gallery.evaluate("document.documentElement.scrollWidth") <= width, name
        if folder := os.environ.get("PICTURES"):
            gallery.locator(".chart").screenshot(path=f"{folder}/{name}-{width}-explored.png")
        found = gallery.evaluate("axe.run({preload: false}).then((report) => report.violations)")
        assert [(broken["id"], [node["html"] for node in broken["nodes"]]) for broken in found] == [], name


def test_paper_has_the_drawing(gallery: "Page") -> None:
    drawing = open_chart(gallery, "share")
    rest_on(gallery, drawing)
    gallery.emulate_media(media="print")
    assert drawing.is_visible()
    assert not gallery.locator(".chart__plot").is_visible()
    assert not gallery.get_by_role("button", name="Back to the plain chart").is_visible()
