"""What workbook, slides and PDF say in the same words."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from sen_dashboard.reports.collected import HIDDEN, Audience, Collected
from sen_dashboard.reports.files import FORMATS
from tests.reports.made import make_collected, make_kpi


def said(suffix: str, collected: Collected) -> str:
    """All text of a file and its properties, each space one."""
    file = BytesIO(FORMATS[suffix].write(collected))
    if suffix == "pdf":
        reader = PdfReader(file)
        text = " ".join([str(reader.metadata), *(page.extract_text() for page in reader.pages)])
    else:
        with ZipFile(file) as package:
            text = " ".join(package.read(name).decode(errors="replace") for name in package.namelist())
    return " ".join(text.split())


@pytest.fixture(params=["xlsx", "pptx", "pdf"])
def suffix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_public_report_does_not_say_who_collected_it(suffix: str) -> None:
    """Nor does any format leave a gap where the name would stand."""
    inside = make_collected()
    assert "10 April 2019, 10:00, by manager.one" in said(suffix, inside)
    public = said(suffix, replace(inside, audience=Audience.PUBLIC, collected_by="", threshold=5))
    assert "10 April 2019, 10:00" in public
    assert "10 April 2019, 10:00, by" not in public
    assert "manager.one" not in public


def test_a_figure_with_something_hidden_says_so(suffix: str) -> None:
    hidden = make_kpi(is_hidden=True, sentence="", facts=())
    assert HIDDEN in said(suffix, make_collected(hidden, audience=Audience.PUBLIC, threshold=5))


def test_a_definition_has_the_same_words(suffix: str) -> None:
    text = said(suffix, make_collected())
    places = [text.find(label) for label in make_kpi().definition.LABELS.values()]
    assert -1 not in places
