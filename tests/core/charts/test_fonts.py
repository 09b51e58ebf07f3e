"""The widths of words in charts and on paper, and characters that the first font lacks."""

import pytest

from sen_dashboard.core.charts import fonts


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("0123456789", 5560),  # Helvetica's widths, which Arial and Liberation Sans share
        ("£", 556),
        ("W", 944),
        ("A", 667),
        ("V", 667),
        ("AV", 2 * 667 - 74),  # kerned
        ("", 0),
        ("✓", 838),  # of DejaVu Sans
        ("特", 1147),  # a box of Last Resort
        ("W✓W", 2 * 944 + 838),
        ("W\nWW\nW", 2 * 944),
    ],
)
def test_widths_are_those_of_the_first_font_that_has_a_sign(text: str, thousandths: int) -> None:
    assert fonts.width(text, 10) == pytest.approx(thousandths / 100, abs=0.02)


def test_a_sign_that_the_first_font_lacks_is_a_box() -> None:
    assert fonts.legible("Hill School 特 ✓ £5 é") == "Hill School □ □ £5 é"


def test_every_font_has_its_licence_beside_it() -> None:
    said = (fonts.FOLDER / "VENDORED.md").read_text()
    for file in fonts.FOLDER.glob("*.ttf"):
        (line,) = (line for line in said.splitlines() if f"`{file.name}`" in line)
        assert any(f"`{licence.name}`" in line for licence in fonts.FOLDER.glob("LICENSE_*"))
