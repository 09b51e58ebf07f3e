"""The dashboard by keyboard alone: keys are pressed, and wherever Tab stops the focus must be seen.

A test that walks with these functions uses no mouse: ``without_mouse`` has the ``site`` fixture fail on any.
"""

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Download, Page

MOST_STOPS = 300

# Name: what is read of the element, first line only; a field's and a region's is its label's.
# Seen: an outline or a shadow that is drawn, on an element of which some part is in the window.
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
    """What has the keyboard's focus; ``control`` is its place in the page and its HTML.

    ``is_page`` is where no element has it: before the first and after the last.
    """

    name: str
    id: str
    control: str
    is_page: bool
    is_seen: bool


def focus(page: "Page") -> Focus:
    """What has the focus now; fails where that cannot be seen."""
    found = Focus(**page.evaluate(FOCUS))
    assert found.is_page or found.is_seen, f"the focus cannot be seen at {found.control}"
    return found


def tab_to(page: "Page", wanted: str, *, key: str = "Tab") -> None:
    """Press Tab, or "Shift+Tab" to go back, until the focus is on what has that name or id."""
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
    """Go to the link or button of that name, and to the page that it leads to."""
    tab_to(page, wanted, key=key)
    enter(page)


def write(page: "Page", text: str) -> None:
    """Type in place of what the field with the focus holds."""
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def save(page: "Page", wanted: str) -> "Download":
    """Go to the link of that name, which a file answers, and save it."""
    tab_to(page, wanted)
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    return saved.value


def rows_of(saved: "Download") -> list[dict[str, str]]:
    """The rows of a CSV file that was saved."""
    return list(csv.DictReader(io.StringIO(saved.path().read_bytes().decode("utf-8-sig"), newline="")))


def without_mouse(page: "Page") -> None:
    """Have every page log an error when a pointer is pressed on it."""
    page.context.add_init_script(
        "addEventListener('pointerdown', () => console.error('a pointer was used'), true)"
    )


def headed(page: "Page", heading: str) -> None:
    """Wait for the page of that heading."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def stops(page: "Page") -> list[str]:
    """The controls at which Tab stops on its way to the end of the page; each is seen. Fails where it stays at one."""
    found: list[str] = []
    last = -1
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = focus(page)
        place = int(at.control.split()[0])
        if (
            at.is_page or place < last
        ):  # Chromium goes on at the top at once, or after a stop at the page itself
            return found
        if place > last:  # a box for a day has a stop for each of its parts
            found.append(at.control)
        last = place
    raise AssertionError(f"Tab does not come to the end of the page, only to {found[-1]}")


def controls(page: "Page") -> list[str]:
    """All that is shown and can be operated, in reading order, written as ``stops`` does.

    Of a group of radio buttons it is the one that is chosen, or else the first: arrows lead to the others.
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
