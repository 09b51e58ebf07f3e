"""Form fields, and how their errors reach a person."""

from datetime import date
from typing import Any

import pytest
from django import forms

from sen_dashboard.core.web.forms import DayField, problems


class Meeting(forms.Form):
    held = DayField(label="Held on")
    place = forms.CharField(required=False)

    def clean(self) -> None:
        if self.cleaned_data.get("place") == "nowhere":
            raise forms.ValidationError("A meeting is somewhere.")


def typed(day: str, month: str, year: str, place: str = "") -> Meeting:
    return Meeting({"held-day": day, "held-month": month, "held-year": year, "place": place})


@pytest.mark.parametrize("parts", [("29", "4", "2019"), (" 29 ", "04", "2019"), ("29", "4", "2019 ")])
def test_a_day_is_read(parts: tuple[str, str, str]) -> None:
    form = typed(*parts)
    assert form.is_valid()
    assert form.cleaned_data["held"] == date(2019, 4, 29)


@pytest.mark.parametrize(
    ("parts", "sentence", "box"),
    [
        (("", "", ""), "Enter a date.", "id_held-day"),
        (("29", "", "2019"), "The date must include a month.", "id_held-month"),
        (("29", "", ""), "The date must include a month and year.", "id_held-month"),
        (("31", "4", "2019"), "The date must be a real date.", "id_held-day"),
        (("29", "2", "2019"), "The date must be a real date.", "id_held-day"),
        (("29", "Apirl", "2019"), "The date must be a real date.", "id_held-day"),
        (("0", "4", "2019"), "The date must be a real date.", "id_held-day"),
        (("29", "-4", "2019"), "The date must be a real date.", "id_held-day"),
        (("29", "4", "0"), "The date must be a real date.", "id_held-day"),
        (("29", "4", "20190"), "The date must be a real date.", "id_held-day"),
        (("9" * 5000, "4", "2019"), "The date must be a real date.", "id_held-day"),
        (("²", "4", "2019"), "The date must be a real date.", "id_held-day"),
        (("29\0", "4", "2019"), "The date must be a real date.", "id_held-day"),
    ],
)
def test_what_is_no_day_is_said_at_the_box_to_put_right(
    parts: tuple[str, str, str], sentence: str, box: str
) -> None:
    form = typed(*parts)
    assert problems(form) == {box: sentence}
    assert form["held"].value() == list(parts)


def test_a_day_that_may_be_left_out() -> None:
    field = DayField(required=False)
    assert field.clean(["", "", ""]) is None
    assert field.clean(None) is None


def test_a_form_without_the_boxes_is_said_to_lack_the_day() -> None:
    assert problems(Meeting({})) == {"id_held-day": "Enter a date."}


@pytest.mark.parametrize(("value", "changed"), [(["29", "4", "2019"], False), (["28", "4", "2019"], True)])
def test_a_day_knows_whether_it_was_changed(value: Any, changed: bool) -> None:
    assert DayField().has_changed(date(2019, 4, 29), value) is changed


def test_what_is_wrong_with_the_whole_form_leads_to_the_contents() -> None:
    assert problems(typed("29", "4", "2019", place="nowhere")) == {"main": "A meeting is somewhere."}


def test_a_form_not_yet_sent_has_no_problems() -> None:
    assert problems(Meeting()) == {}
