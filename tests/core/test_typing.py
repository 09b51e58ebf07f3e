"""Hurried typing is understood as meant: months by name, names in any case, lines counted as people see them."""

from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import QueryDict

from sen_dashboard.accounts.models import User
from sen_dashboard.core.web.forms import DayField, WordsInput

PASSWORD = "a long enough phrase"


@pytest.mark.parametrize("month", ["2", "02", "feb", "Feb", "FEB", "feb.", "Febr", "february"])
def test_a_month_may_be_typed_by_its_name(month: str) -> None:
    assert DayField().clean(["7", month, "2019"]) == date(2019, 2, 7)


@pytest.mark.parametrize("month", ["fe", "ju", "feby", "febuary", "0", "13", "mayday", "2nd", "²"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(ValidationError, match="must be a real date"):
        DayField().clean(["7", month, "2019"])


def test_every_month_has_a_name_of_three_letters() -> None:
    names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    assert [DayField().clean(["1", name, "2019"]).month for name in names] == list(range(1, 13))


def test_a_line_break_counts_as_one_character() -> None:
    class Comment(forms.Form):
        text = forms.CharField(max_length=2000, widget=WordsInput)

    lines = "\r\n".join(["x" * 94] * 21)  # 1,994 characters as the browser counts, 2,014 as it sends them
    typed = QueryDict(mutable=True)
    typed["text"] = lines
    form = Comment(typed)
    assert form.is_valid()
    assert form.cleaned_data["text"] == lines.replace("\r\n", "\n")
    typed["text"] = lines + "x" * 7
    assert not Comment(typed).is_valid()


def test_every_box_of_several_lines_counts_so() -> None:
    """No form has one of Django's own, which counts a line break as two."""
    for folder in ("sen_dashboard", "panel", "placements", "provision"):
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py"):
            own = path.match("core/web/forms.py")
            assert own or "forms.Textarea" not in path.read_text(encoding="utf-8"), path


@pytest.mark.django_db
class TestSignInName:
    @pytest.mark.parametrize("typed", ["ann.lee", "Ann.Lee", "ANN.LEE"])
    def test_any_case_will_do(self, typed: str) -> None:
        ann = User.objects.create_user("Ann.Lee", password=PASSWORD)
        assert authenticate(username=typed, password=PASSWORD) == ann

    def test_of_two_that_differ_in_case_alone_each_signs_in_as_it_is_written(self) -> None:
        for name in ("ann", "ANN"):
            User.objects.create_user(name, password=PASSWORD + name)
            assert authenticate(username=name, password=PASSWORD + name) == User.objects.get(username=name)
        assert authenticate(username="Ann", password=PASSWORD + "ann") is None
