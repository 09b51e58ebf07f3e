"""Measure pages in Chromium: when the chart appears, how long scripts block, what shifts, and what is sent."""

import shutil
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright, ViewportSize

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws pages only; the others also draw a browser's own tabs and buttons around each page."""
WATCH = Path(__file__).with_name("watch.js")
LOADS = 5
SETTLING = 200  # milliseconds after the chart, for late changes
PHONE: "ViewportSize" = {"width": 412, "height": 823}
DESK: "ViewportSize" = {"width": 1280, "height": 900}
SLOWED = 4
"""How many times slower than this machine the simulated phone is, as in Lighthouse, like its window size."""


@dataclass(frozen=True)
class Load:
    """One load of a page: milliseconds until its chart (if any) is visible, and of blocking; shifts; bytes sent.

    ``sent`` holds the bytes that came over the network, with headers, by the address of each request; nothing for
    cached ones. ``elements`` is the number of elements in the complete page.
    """

    chart_ms: float | None
    blocked_ms: float
    shifts: float
    sent: Mapping[str, int]
    elements: int


@dataclass(frozen=True)
class BrowserTiming:
    """Medians of a page's loads: first loads on a slow phone, and later loads on a desktop."""

    name: str
    phone_chart_ms: float
    blocked_ms: float
    desk_chart_ms: float
    shifts: float
    cold_bytes: float
    warm_bytes: float
    requests: int
    elements: int


def program() -> str | None:
    """The Chromium of this machine, if there is one."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def launch(playwright: "Playwright", path: str) -> "Browser":
    """A browser that can reach only this machine."""
    return playwright.chromium.launch(
        executable_path=path,
        args=[
            "--no-sandbox",
            "--disable-background-networking",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
        ],
    )


def visit(context: "BrowserContext", address: str, slowed: int = 1, has_chart: bool = True) -> Load:
    """Load a page, and measure it until its chart is visible and late changes are done."""
    page = context.new_page()
    page.add_init_script(path=WATCH)
    addresses: dict[str, str] = {}
    sent: dict[str, int] = {}

    def note(event: Any) -> None:
        address = addresses[event["requestId"]]
        if not address.startswith("data:"):  # an image in a style sheet
            sent[address] = int(event["encodedDataLength"])

    network = context.new_cdp_session(page)
    network.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )
    network.on("Network.loadingFinished", note)
    network.send("Network.enable")
    network.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(address)
    if has_chart:
        page.wait_for_function("measured.chart !== null")
    page.wait_for_timeout(SETTLING)
    seen = page.evaluate("({ ...measured, elements: document.querySelectorAll('*').length })")
    page.close()
    return Load(seen["chart"], seen["blocked"], seen["shifts"], sent, seen["elements"])


@contextmanager
def visitor(browser: "Browser", cookie: Any, window: "ViewportSize") -> Iterator["BrowserContext"]:
    """A person with an empty cache, signed in by the cookie."""
    context = browser.new_context(viewport=window, locale="en-GB", timezone_id="Europe/London")
    context.add_cookies([cookie])
    yield context
    context.close()


def bench_page(browser: "Browser", cookie: Any, name: str, address: str) -> BrowserTiming:
    """Load a page several times as a new visitor on a slow phone, then several times on a desktop that knows it."""
    first = []
    for _ in range(LOADS):
        with visitor(browser, cookie, PHONE) as stranger:
            first.append(visit(stranger, address, SLOWED))
    with visitor(browser, cookie, DESK) as known:
        visit(known, address)
        later = [visit(known, address) for _ in range(LOADS)]
    return BrowserTiming(
        name,
        phone_chart_ms=statistics.median(load.chart_ms or 0 for load in first),
        blocked_ms=statistics.median(load.blocked_ms for load in first),
        desk_chart_ms=statistics.median(load.chart_ms or 0 for load in later),
        shifts=max(load.shifts for load in first + later),
        cold_bytes=statistics.median(sum(load.sent.values()) for load in first),
        warm_bytes=statistics.median(sum(load.sent.values()) for load in later),
        requests=max(len(load.sent) for load in first),
        elements=max(load.elements for load in first + later),
    )


@contextmanager
def served() -> Iterator[str]:
    """Serve the pages as `manage.py run` does, and give their address."""
    from sen_dashboard.running.serving import HOST, StopRequest, listen, serve

    with listen(0) as listener:
        stop = StopRequest()
        server = Thread(target=serve, args=(listener, stop))
        server.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            stop.made = True
            server.join()


def bench_browser(addresses: dict[str, str], session: str) -> list[BrowserTiming]:
    """Measure the pages, each under its name; none if there is no Chromium."""
    from playwright.sync_api import sync_playwright

    path = program()
    if path is None:
        return []
    with served() as site, sync_playwright() as playwright:
        browser = launch(playwright, path)
        cookie = {"name": "sessionid", "value": session, "url": site}
        timings = [bench_page(browser, cookie, name, site + address) for name, address in addresses.items()]
        browser.close()
    return timings


def markdown(timings: list[BrowserTiming]) -> list[str]:
    """The measurements as Markdown."""
    if not timings:
        return ["", "## In the browser", "", "Not measured: no Chromium was found."]
    return [
        "",
        "## In the browser",
        "",
        f"Chromium beside the server on one machine, scale 1, medians of {LOADS} loads. “Phone” is a first visit with",
        f"the processor slowed {SLOWED} times, {PHONE['width']} pixels wide; “desk” a later one, {DESK['width']} wide.",
        "“Chart” is milliseconds until the first frame with a mark of the chart is painted; “blocked” what tasks take",
        "beyond 50 ms each; “shifts” the worst sum of layout shifts of all loads. Bytes are as sent, with headers.",
        "Aim: nothing blocked, shifts under 0.02.",
        "",
        "| KPI | chart, phone | blocked | chart, desk | shifts | bytes, first | bytes, later | requests | elements |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {t.name} | {t.phone_chart_ms:.0f} | {t.blocked_ms:.0f} | {t.desk_chart_ms:.0f} | {t.shifts:.3f} "
            f"| {t.cold_bytes:,.0f} | {t.warm_bytes:,.0f} | {t.requests} | {t.elements:,} |"
            for t in timings
        ),
    ]
