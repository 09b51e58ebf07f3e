"""Using the dashboard by keyboard alone: keys are pressed, and wherever Tab stops the focus must be visible.

A test with these functions uses no mouse: ``without_mouse`` makes the ``site`` fixture fail if one is used.
"""

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page

MOST_STOPS = 300

# Name: the first line of the element's accessible text; for a field or region, its label.
# Seen: has an outline or shadow, and part of the element is in the window.
FOCUS = r"""() => {
  const e = document.activeElement, look = getComputedStyle(e), box = e.getBoundingClientRect()
  const label = e.labels?.[0] ?? document.getElementById(e.getAttribute("aria-labelledby")) ?? e
  const isOutlined = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0
    && !/^(transparent|rgba\(.*, 0\))$/.test(look.outlineColor)
  const isInWindow = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
    && box.top < innerHeight && box.left < innerWidth
  return {
    name: (label.innerText ?? label.textContent).trim().split("\n")[0].trim(),
    id: e.id,
    control: [...document.querySelectorAll("*")].indexOf(e) + " " + e.cloneNode(false).outerHTML,
    is_page: e === document.body || e === document.documentElement,
    is_seen: (isOutlined || look.boxShadow !== "none") && isInWindow,
  }
}"""


@dataclass(frozen=True)
class Focus:
    """The element with the keyboard's focus; ``control`` is its position in the page and its HTML.

    ``is_page`` means that no element has it: before the first and after the last.
    """

    name: str
    id: str
    control: str
    is_page: bool
    is_seen: bool


def focus(page: "Page") -> Focus:
    """The element with the focus now; fails if the focus is not visible."""
    found = Focus(**page.evaluate(FOCUS))
    assert found.is_page or found.is_seen, f"the focus cannot be seen at {found.control}"
    return found


def tab_to(page: "Page", wanted: str, *, key: str = "Tab") -> None:
    """Press Tab, or "Shift+Tab" to go back, until the element with that name or id has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        found = focus(page)
        if not found.is_page and wanted in (found.name, found.id):
            return
    raise AssertionError(f"{key} does not reach {wanted}")


def enter(page: "Page") -> None:
    """Press Enter, which leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def follow(page: "Page", wanted: str, *, key: str = "Tab") -> None:
    """Go to the link or button with that name, and to the page that it leads to."""
    tab_to(page, wanted, key=key)
    enter(page)


def write(page: "Page", text: str) -> None:
    """Replace the contents of the field with the focus."""
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def save(page: "Page", wanted: str) -> "Download":
    """Go to the link with that name, which leads to a file, and save it."""
    tab_to(page, wanted)
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    return saved.value


def rows_of(saved: "Download") -> list[dict[str, str]]:
    """The rows of a saved CSV file."""
    return list(csv.DictReader(io.StringIO(saved.path().read_bytes().decode("utf-8-sig"), newline="")))


def without_mouse(page: "Page") -> None:
    """Make every page log an error if a pointer is pressed on it."""
    page.context.add_init_script(
        "addEventListener('pointerdown', () => console.error('a pointer was used'), true)"
    )


def headed(page: "Page", heading: str) -> None:
    """Wait for the page with that heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def stops(page: "Page") -> list[str]:
    """The controls where Tab stops on its way to the end of the page, each visible. Fails if it stays at one."""
    found: list[str] = []
    last = -1
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = focus(page)
        place = int(at.control.split()[0])
        if (
            at.is_page or place < last
        ):  # Chromium continues at the top at once, or after a stop at the page itself
            return found
        if place > last:  # a date box has a stop for each of its parts
            found.append(at.control)
        last = place
    raise AssertionError(f"Tab does not come to the end of the page, only to {found[-1]}")


def controls(page: "Page") -> list[str]:
    """All visible controls that can be operated, in reading order, written as in ``stops``.

    For a group of radio buttons, the chosen one or else the first: arrow keys lead to the others.
    """
    found: Any = page.evaluate(
        """() => [...document.querySelectorAll("*")]
          .map((e, place) => [e, place + " " + e.cloneNode(false).outerHTML])
          .filter(([e]) => e.matches("a[href], button, input, select, textarea, summary, [tabindex]"))
          .filter(([e]) => e.tabIndex >= 0 && e.type !== "hidden" && e.checkVisibility())
          .filter(([e]) => e.type !== "radio" || e === (
            document.querySelector(`[name="${e.name}"]:checked`) ?? document.querySelector(`[name="${e.name}"]`)))
          .map(([, control]) => control)"""
    )
    return [str(control) for control in found]
