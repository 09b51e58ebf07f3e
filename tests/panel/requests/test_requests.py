"""The form of a request: what it saves, its errors, and that nothing typed is lost."""

import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from panel.models import PanelCase, RequestDraft
from panel.pages.request_form import COST_BOXES, MOST_ROWS, RequestForm
from panel.views.addresses import case_today
from placements.models import Child, CostKind
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from tests.factories import make_case, make_decision, make_plan, make_school, make_user
from tests.kpi_pages.test_pages import words
from tests.panel.requests.typing import COMPLETE, RECEIVED, typed
from tests.records.reading import rows

pytestmark = pytest.mark.django_db

ADD = "/panel/requests/add/"
DRAFTS = "/panel/requests/drafts/"


def errors(response: Any) -> dict[str, str]:
    """What the page says is wrong, by the box; each sentence stands at its box as well."""
    assert response.status_code == 200
    said: dict[str, str] = response.context["errors"]
    html = unescape(response.content.decode())
    for box, sentence in said.items():
        place = re.sub("-(day|month|year)$", "", box)
        assert box == "main" or f'id="{place}-error"' in html
        assert html.count(sentence) >= (1 if box == "main" else 2)
    return said


def boxes(response: Any) -> dict[str, Any]:
    """What the form of a page holds, by the name of each box, as a browser would send it."""
    form = re.search(r'<form class="form".*?</form>', response.content.decode(), re.DOTALL)
    assert form
    held: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        told = {name: unescape(text) for name, text in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if told.get("type") not in ("radio", "checkbox") or re.search(r"\schecked", tag):
            held.setdefault(told["name"], []).append(told.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form[0], re.DOTALL):
        held[name] = re.findall(r'value="([^"]*)"[^>]*selected', options) or [""]
    return {name: texts if len(texts) > 1 else texts[0] for name, texts in held.items()}


def missing(response: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent and is not in the form any more."""
    held = boxes(response)
    return {
        name: words
        for name, words in sent.items()
        if words
        and not name.endswith(("INITIAL_FORMS", "csrfmiddlewaretoken", "once"))  # these are the page's own
        and held.get(name) != words
    }


def clerk_of(client: Client) -> int:
    return int(client.session["_auth_user_id"])


class TestSaving:
    def test_keeps_everything(self, clerk: Client) -> None:
        response = clerk.post(ADD, COMPLETE)
        (case,) = PanelCase.objects.all()
        assert response["Location"] == f"/cases/case-000001/?as_at={localdate()}" == case_today(case.case_id)
        assert (case.child_id, case.panel, case.received_on) == ("C1", "INDEPENDENT", RECEIVED)
        assert (case.primary_need, case.secondary_need, case.profile) == ("ASD", "SEMH", "BEHAVIOUR_ANXIETY")
        assert (case.school_id, case.attendance, case.origin) == ("S1", "DAY", "ANNUAL_REVIEW")
        assert (case.reasons, case.caseworker) == (["COMPLEXITY", "CAPACITY"], "A. Officer")
        assert (case.annual_cost, case.cost_basis) == (Decimal("36000.50"), "ANNUAL")
        assert dict(case.requested_costs.values_list("kind", "annual_amount")) == {
            "CORE": Decimal("30000.50"),
            "THERAPY": 6000,
            "TRANSPORT": 9000,
        }
        assert dict(case.consultations.values_list("school", "answer")) == {
            "L1": "FULL",
            "L2": "CANNOT_MEET_NEED",
        }
        assert dict(case.documents.values_list("reference", "title")) == {
            "DOC/17": "Annual review",
            "DOC/18": "Letter of the parents",
        }

    def test_the_next_page_says_so_and_shows_it_all(self, clerk: Client) -> None:
        response = clerk.post(ADD, COMPLETE, follow=True)
        page = words(response)
        for said in (
            "Saved as panel case case-000001, £36,001.",
            "Status now Awaiting papers",
            "Origin Annual review",
            "Caseworker A. Officer",
        ):
            assert said in page
        assert rows(response, "costs") == ["Core education fee £30,001", "Therapy £6,000", "Transport £9,000"]
        assert rows(response, "consultations") == [
            "Beech School Refused: cannot meet need",
            "Elm School Refused: full",
        ]
        assert rows(response, "documents") == ["Annual review DOC/17", "Letter of the parents DOC/18"]

    def test_every_part_of_the_cost_has_a_box(self) -> None:
        assert COST_BOXES.keys() == set(CostKind.values)
        assert set(COST_BOXES.values()) <= RequestForm.base_fields.keys()

    def test_may_leave_out_what_need_not_be_known(self, clerk: Client) -> None:
        left_out = ("caseworker", "secondary_need", "profile", "school", "reasons", "cost_therapy")
        sent = {name: words for name, words in COMPLETE.items() if name not in left_out}
        assert clerk.post(ADD, {**sent, "cost_core": "36500"}).status_code == 302

    def test_takes_a_bounded_number_of_statements(
        self, clerk: Client, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(6):
            clerk.get(ADD)


BAD = {
    "no such day": ({"received_on__day": "31"}, "id_received_on-day", "The date must be a real date."),
    "no year": ({"received_on__year": ""}, "id_received_on-year", "The date must include a year."),
    "no date": (
        {"received_on__day": "", "received_on__month": "", "received_on__year": ""},
        "id_received_on-day",
        "Enter the date the request was received.",
    ),
    "a day to come": (
        {"received_on__year": str(localdate().year + 1)},
        "id_received_on-day",
        "The date received must be today or in the past.",
    ),
    "before birth": (
        {"received_on__year": "1919"},
        "id_received_on-day",
        "A case cannot be received before the child was born.",
    ),
    "no amount": (
        {"cost_core": "36k"},
        "id_cost_core",
        "Enter pounds and pence such as 1234.50, 1,234.50 or £1,234.50, 0 or more.",
    ),
    "less than nothing": (
        {"cost_core": "-5"},
        "id_cost_core",
        "Enter pounds and pence such as 1234.50, 1,234.50 or £1,234.50, 0 or more.",
    ),
    "no cost": (
        {"cost_core": "", "cost_therapy": "", "cost_transport": ""},
        "id_cost_core",
        "Enter the annual cost of the request, in at least one of the boxes.",
    ),
    "over-long": ({"caseworker": "x" * 41}, "id_caseworker", "Use at most 40 characters."),
    "over-long in a row": (
        {"documents__0__title": "x" * 121},
        "id_documents-0-title",
        "Use at most 120 characters.",
    ),
    "script": (
        {"caseworker": "<script>alert(1)</script>"},
        "id_caseworker",
        'Use plain words: what follows "<" looks like web page code.',
    ),
    "script in a row": (
        {"documents__2__reference": "<script>alert(1)</script>"},
        "id_documents-2-reference",
        'Use plain words: what follows "<" looks like web page code.',
    ),
    "script for a child": ({"child": "<script>"}, "id_child", "No child has this key."),
    "no child": ({"child": ""}, "id_child", "Enter the key of the child."),
    "no such school": ({"school": "Oak"}, "id_school", "No school has this key or this in its name."),
    "no such local school": (
        {"consultations__1__school": "Oak"},
        "id_consultations-1-school",
        "No school has this key or this in its name.",
    ),
    "a school twice": (
        {"consultations__2__school": "L1"},
        "id_consultations-2-school",
        "This school is already listed.",
    ),
    "a paper twice": (
        {"documents__2__reference": "DOC/17"},
        "id_documents-2-reference",
        "This paper is already listed.",
    ),
    "a paper without a place": (
        {"documents__2__reference": ""},
        "id_documents-2-reference",
        "Enter its reference in the document store.",
    ),
    "a place without a paper": (
        {"documents__2__title": ""},
        "id_documents-2-title",
        "Enter what this paper is.",
    ),
    "another panel's reasons": (
        {"panel": "ADDITIONAL_FUNDING"},
        "id_reasons",
        "Choose reasons that this panel records.",
    ),
    "no attendance": (
        {"attendance": ""},
        "id_attendance",
        "Choose day or residential: the cost depends on it.",
    ),
    "no panel": ({"panel": ""}, "id_panel", "Choose a panel."),
    "no need": ({"primary_need": ""}, "id_primary_need", "Choose the primary need."),
    "no origin": ({"origin": ""}, "id_origin", "Choose the origin of the request."),
}


class TestBadInput:
    @pytest.mark.parametrize(("changed", "box", "sentence"), BAD.values(), ids=BAD)
    def test_is_said_at_its_box_and_loses_nothing(
        self, clerk: Client, changed: dict[str, Any], box: str, sentence: str
    ) -> None:
        sent = typed(**changed)
        response = clerk.post(ADD, sent)
        assert errors(response) == {box: sentence}
        assert missing(response, sent) == {}
        assert not PanelCase.objects.exists()

    def test_a_form_without_its_rows(self, clerk: Client) -> None:
        sent = {name: words for name, words in COMPLETE.items() if not name.startswith("documents-")}
        assert errors(clerk.post(ADD, sent)) == {"main": "Part of the form is missing. Open the page again."}

    @pytest.mark.parametrize("sent", ["\0", "x" * 5000, "C1\nC2"])
    def test_a_key_that_nobody_could_have(self, clerk: Client, sent: str) -> None:
        assert errors(clerk.post(ADD, typed(child=sent))) == {"id_child": "No child has this key."}


class TestUnusualCost:
    SENT = typed(cost_core="36", cost_therapy="")
    SENTENCE = "£36 is well outside the usual range for ASD: £18,250 to £73,000, from 6 similar costs."

    def test_is_asked_about(self, clerk: Client) -> None:
        response = clerk.post(ADD, self.SENT)
        assert list(errors(response)) == ["id_unlikely"]
        assert self.SENTENCE in words(response)
        assert missing(response, self.SENT) == {}
        assert not PanelCase.objects.exists()

    def test_is_saved_once_it_is_confirmed(self, clerk: Client) -> None:
        clerk.post(ADD, self.SENT | {"unlikely": self.SENTENCE})
        assert PanelCase.objects.get().annual_cost == 36

    def test_another_cost_is_asked_about_anew(self, clerk: Client) -> None:
        response = clerk.post(ADD, self.SENT | {"cost_core": "63", "unlikely": self.SENTENCE})
        assert list(errors(response)) == ["id_unlikely"]
        assert "£63 is well outside the usual range" in words(response)
        assert "£36 is well outside the usual range" not in words(response)
        assert "unlikely" not in boxes(response)

    def test_stays_confirmed_while_something_else_is_put_right(self, clerk: Client) -> None:
        sent = self.SENT | {"unlikely": self.SENTENCE, "child": ""}
        response = clerk.post(ADD, sent)
        assert errors(response) == {"id_child": "Enter the key of the child."}
        assert missing(response, sent) == {}

    def test_nobody_is_asked_about_a_usual_one(self, clerk: Client) -> None:
        assert "Is this correct?" not in words(clerk.get(ADD))
        assert "Is this correct?" not in words(clerk.post(ADD, typed(child="")))


class TestUnlikely:
    """Another need than the plan's, and an open case: asked about once, and the answer kept."""

    SENTENCES = (
        "Case K1 of this child is open at the same panel; it was received on 15 January 2018.",
        "The primary need is ASD, but SEMH in the child’s plan.",
    )

    @pytest.fixture(autouse=True)
    def held(self, records: None) -> None:
        child = Child.objects.get(pk="C1")
        make_case(case_id="K1", child=child)
        make_plan(child=child, issued_on=RECEIVED, primary_need="SEMH")

    def test_is_asked_about_and_nothing_is_lost(self, clerk: Client) -> None:
        response = clerk.post(ADD, COMPLETE)
        said = "Check 2 unusual answers: correct what is wrong and tick what is correct."
        assert errors(response) == {"id_unlikely": said}
        page = unescape(response.content.decode())
        assert all(
            page.count(sentence) >= 2 for sentence in self.SENTENCES
        )  # its label and what it stands for
        assert missing(response, COMPLETE) == {}
        assert PanelCase.objects.count() == 1

    def test_is_saved_and_kept_once_it_is_confirmed(self, clerk: Client, person: User) -> None:
        half = clerk.post(ADD, COMPLETE | {"unlikely": self.SENTENCES[0]})
        assert boxes(half)["unlikely"] == self.SENTENCES[0]
        assert "Check 1 unusual answer:" in words(half)
        response = clerk.post(ADD, COMPLETE | {"unlikely": list(self.SENTENCES)})
        assert response.status_code == 302
        case = PanelCase.objects.get(pk="case-000001")
        kept = case.confirmations.order_by("pk").values_list("sentence", "confirmed_by", "confirmed_on")
        assert list(kept) == [(sentence, person.pk, localdate()) for sentence in self.SENTENCES]
        assert f"Confirmed as correct {self.SENTENCES[0]} ({person}, " in words(
            clerk.get(case_today(case.pk))
        )

        again = boxes(clerk.get(f"/panel/cases/{case.pk}/change/")) | {"caseworker": "Somebody"}
        assert clerk.post(f"/panel/cases/{case.pk}/change/", again).status_code == 302
        assert case.confirmations.count() == 2

    def test_another_sentence_is_not_confirmed_by_it(self, clerk: Client) -> None:
        sent = COMPLETE | {"unlikely": list(self.SENTENCES), "primary_need": "HI"}
        assert "Check 1 unusual answer:" in errors(clerk.post(ADD, sent))["id_unlikely"]

    def test_a_link_that_names_the_child_reads_once_what_is_held(self, clerk: Client) -> None:
        with CaptureQueriesContext(connection) as queries:
            response = clerk.get(ADD, {"child": "C1"})
        assert boxes(response)["primary_need"] == "SEMH"
        assert "Present school No placement" in words(response)
        read = Counter(query["sql"] for query in queries if "placements_plan" in query["sql"])
        assert read.most_common(1)[0][1] == 1

    def test_without_a_script_a_button_shows_what_is_held_and_fills_in_the_need(self, clerk: Client) -> None:
        response = clerk.post(ADD, typed(primary_need="", secondary_need="", more="child"))
        assert "Present school No placement" in words(response)
        assert boxes(response)["primary_need"] == "SEMH"
        response = clerk.post(ADD, typed(more="child"))
        assert (boxes(response)["primary_need"], boxes(response)["secondary_need"]) == ("ASD", "SEMH")


class TestRows:
    @pytest.mark.parametrize("name", ["consultations", "documents"])
    def test_another_is_added_and_nothing_lost_or_judged(self, clerk: Client, name: str) -> None:
        sent = typed(child="", cost_core="dear", more=name)
        response = clerk.post(ADD, sent)
        assert response.context["errors"] == {}
        held = boxes(response)
        expected = {"consultations": "3", "documents": "3"} | {name: "4"}
        assert {n: held[f"{n}-TOTAL_FORMS"] for n in expected} == expected
        counts = {"more": "", f"{name}-TOTAL_FORMS": ""}
        assert missing(response, sent | counts) == {}

    @pytest.mark.parametrize("count", ["", "-1", "x", "999999999", "²"])
    def test_a_number_of_rows_that_is_none(self, clerk: Client, count: str) -> None:
        response = clerk.post(ADD, typed(documents__TOTAL_FORMS=count, more="documents"))
        assert response.status_code == 200
        assert int(boxes(response)["documents-TOTAL_FORMS"]) <= MOST_ROWS + 1


class TestDrafts:
    def keep(self, clerk: Client, sent: dict[str, Any]) -> RequestDraft:
        assert clerk.post(ADD, sent | {"keep": "draft"})["Location"] == DRAFTS
        return RequestDraft.objects.get()

    @pytest.mark.parametrize(
        "sent", [COMPLETE, typed(child="not yet known", cost_core="dear", received_on__day="31")]
    )
    def test_keep_every_box_valid_or_not(self, clerk: Client, sent: dict[str, Any]) -> None:
        draft = self.keep(clerk, sent)
        response = clerk.get(f"{ADD}?draft={draft.pk}")
        assert response.context["errors"] == {}
        counts = {"consultations-TOTAL_FORMS": "", "documents-TOTAL_FORMS": ""}
        assert missing(response, sent | counts) == {}
        assert not PanelCase.objects.exists()

    def test_are_kept_again_and_gone_once_saved(self, clerk: Client) -> None:
        draft = self.keep(clerk, typed(child=""))
        address = f"{ADD}?draft={draft.pk}"
        clerk.post(address, typed(child="C1", keep="draft"))
        assert RequestDraft.objects.get().first_typed("child") == "C1"
        clerk.post(address, COMPLETE)
        assert not RequestDraft.objects.exists()
        assert PanelCase.objects.count() == 1

    def test_are_listed_by_what_was_typed(self, clerk: Client) -> None:
        assert "You have no drafts" in words(clerk.get(DRAFTS))
        self.keep(clerk, typed(child="<b>C1</b>"))
        page = clerk.get(DRAFTS)
        assert "1 draft" in words(page)
        assert "&lt;b&gt;C1" in page.content.decode()
        assert "Independent Placement Panel" in words(page)

    def test_are_thrown_away_after_a_question(self, clerk: Client) -> None:
        draft = self.keep(clerk, COMPLETE)
        address = reverse("request_draft_drop", args=[draft.pk])
        assert "This cannot be undone" in words(clerk.get(address))
        assert "The draft was deleted" in words(clerk.post(address, follow=True))
        assert not RequestDraft.objects.exists()

    def test_are_their_clerks_own(self, clerk: Client) -> None:
        draft = self.keep(clerk, COMPLETE)
        clerk.force_login(make_user(Role.PANEL_CLERK))
        assert "You have no drafts" in words(clerk.get(DRAFTS))
        opened, dropped = f"{ADD}?draft={draft.pk}", reverse("request_draft_drop", args=[draft.pk])
        for address in (opened, dropped):
            assert clerk.get(address).status_code == 404
        assert clerk.post(dropped).status_code == 404
        clerk.post(opened, typed(child="C9", keep="draft"))
        assert set(RequestDraft.objects.values_list("by")) == {(draft.by_id,), (clerk_of(clerk),)}
        assert RequestDraft.objects.get(pk=draft.pk).first_typed("child") == "C1"

    def test_hold_only_what_was_typed(self, clerk: Client) -> None:
        """Last week's ticks are asked about again; tokens are nobody's words."""
        sent = boxes(clerk.get(ADD)) | COMPLETE | {"unlikely": "It was received long ago."}
        draft = self.keep(clerk, sent)
        assert draft.typed.keys() == sent.keys() - {"once", "csrfmiddlewaretoken", "unlikely"}

    def test_kept_with_ticks_before_are_asked_about_again(self, clerk: Client) -> None:
        draft = self.keep(clerk, COMPLETE)
        draft.typed["unlikely"] = ["It was received long ago."]
        draft.save()
        assert "unlikely" not in boxes(clerk.get(f"{ADD}?draft={draft.pk}"))

    def test_another_row_keeps_the_ticks(self, clerk: Client) -> None:
        sent = typed(unlikely="It was received long ago.", more="documents")
        assert boxes(clerk.post(ADD, sent))["unlikely"] == "It was received long ago."

    @pytest.mark.parametrize("first", [{"keep": "draft"}, {}], ids=["kept", "saved"])
    def test_after_back_another_is_kept_only_when_asked_for(
        self, clerk: Client, first: dict[str, str]
    ) -> None:
        form = boxes(clerk.get(ADD)) | COMPLETE
        said = words(clerk.post(ADD, form | first, follow=True))
        before = RequestDraft.objects.count()
        changed = form | {"caseworker": "B. Officer", "cost_core": "dear", "keep": "draft"}

        asked = clerk.post(ADD, changed)
        sentence = "You have already sent this form with different details. Nothing was saved this time."
        assert errors(asked) == {"main": sentence}
        assert asked.context["sent_before"].said in said
        counts = {"consultations-TOTAL_FORMS": "", "documents-TOTAL_FORMS": ""}
        assert missing(asked, changed | counts | {"keep": ""}) == {}
        assert RequestDraft.objects.count() == before

        page = asked.content.decode()
        assert "Save this as a new draft" in page
        another = re.search(r'name="another" value="([^"]+)"', page)
        assert another
        assert clerk.post(ADD, boxes(asked) | {"another": another[1]})["Location"] == DRAFTS
        assert RequestDraft.objects.count() == before + 1
        assert RequestDraft.objects.first().first_typed("cost_core") == "dear"

    def test_opened_after_back_are_kept_again(self, clerk: Client) -> None:
        address = f"{ADD}?draft={self.keep(clerk, COMPLETE).pk}"
        form = boxes(clerk.get(address)) | {"keep": "draft"}
        for name in ("B. Officer", "C. Officer"):
            assert clerk.post(address, form | {"caseworker": name}).status_code == 302
            assert RequestDraft.objects.get().first_typed("caseworker") == name

    def test_used_in_another_tab_lose_nothing_and_make_no_second_case_silently(self, clerk: Client) -> None:
        address = f"{ADD}?draft={self.keep(clerk, COMPLETE).pk}"
        tabs = [boxes(clerk.get(address)) for _ in range(3)]
        clerk.post(address, tabs[0])
        assert clerk.get(address).status_code == 404
        assert clerk.post(address, tabs[1] | {"more": "documents"}).status_code == 200
        kept = words(clerk.post(address, tabs[1] | {"keep": "draft"}, follow=True))
        assert "It is a new one: the draft you opened had already been used or deleted." in kept
        asked = clerk.post(address, tabs[2])
        ticked = tabs[2] | {
            "unlikely": [s for s, _ in asked.context["form"].fields["unlikely"].widget.choices]
        }
        said = words(clerk.post(address, ticked, follow=True))
        assert "Its draft had already been used or deleted: check that it is not entered twice." in said
        assert (PanelCase.objects.count(), RequestDraft.objects.count()) == (2, 1)

    @pytest.mark.parametrize("key", ["x", "-1", "²", "9" * 19, "999"])
    def test_a_key_of_none(self, clerk: Client, key: str) -> None:
        assert clerk.get(ADD, {"draft": key}).status_code == 404

    def test_keep_no_character_that_the_store_refuses(self, clerk: Client) -> None:
        assert self.keep(clerk, typed(caseworker="a\0b")).first_typed("caseworker") == "ab"


class TestChanging:
    @pytest.fixture
    def case(self, clerk: Client) -> PanelCase:
        clerk.post(ADD, COMPLETE)
        return PanelCase.objects.get()

    def address(self, case: PanelCase) -> str:
        return reverse("request_change", args=[case.pk])

    def test_begins_with_what_is_held_and_changes_nothing_unasked(
        self, clerk: Client, case: PanelCase
    ) -> None:
        before = list(case.documents.values()), list(case.consultations.values())
        sent = boxes(clerk.get(self.address(case)))
        assert (sent["school"], sent["cost_core"], sent["documents-TOTAL_FORMS"]) == (
            "Ash School (S1)",
            "30,000.50",
            "5",
        )
        assert clerk.post(self.address(case), sent)["Location"] == case_today(case.pk)
        assert PanelCase.objects.filter(pk=case.pk).values().get() == PanelCase.objects.values().get()
        assert (list(case.documents.values()), list(case.consultations.values())) == before

    def test_takes_off_what_was_emptied(self, clerk: Client, case: PanelCase) -> None:
        sent = boxes(clerk.get(self.address(case)))
        sent |= {"documents-0-title": "", "documents-0-reference": "", "consultations-0-school": ""}
        clerk.post(self.address(case), sent | {"cost_therapy": ""})
        assert list(case.documents.values_list("reference", flat=True)) == ["DOC/18"]
        assert list(case.consultations.values_list("school", flat=True)) == ["L2"]
        assert "THERAPY" not in case.requested_costs.values_list("kind", flat=True)

    def test_an_imported_case_has_its_cost_in_the_first_box(self, clerk: Client) -> None:
        make_case(case_id="K1", annual_cost=36_000)
        assert boxes(clerk.get("/panel/cases/K1/change/"))["cost_core"] == "36,000"

    def test_a_decided_case_is_refused_with_a_sentence(self, clerk: Client, case: PanelCase) -> None:
        sent = boxes(clerk.get(self.address(case)))
        make_decision(case=case, meeting_on=RECEIVED)
        sent["seen"] = boxes(clerk.get(self.address(case)))["seen"]
        said = errors(clerk.post(self.address(case), sent))
        assert "It was agreed" in said["main"]

    def test_a_second_clerk_is_told_and_nothing_typed_is_lost(self, clerk: Client, case: PanelCase) -> None:
        mine = boxes(clerk.get(self.address(case))) | {"caseworker": "Mine"}
        clerk.post(self.address(case), boxes(clerk.get(self.address(case))) | {"caseworker": "Theirs"})

        response = clerk.post(self.address(case), mine)
        assert errors(response) == {
            "main": f"Someone changed case {case.pk} while you had it open. Your changes are not saved yet."
        }
        assert missing(response, mine) == {}
        assert PanelCase.objects.get().caseworker == "Theirs"
        assert f'href="{case_today(case.pk)}">Discard my changes' in response.content.decode()

        version = re.search(r'name="over" value="(\d+)"', response.content.decode())
        assert version
        clerk.post(self.address(case), mine | {"over": version[1]})
        assert PanelCase.objects.get().caseworker == "Mine"

    def test_saving_over_is_for_the_version_that_was_shown(self, clerk: Client, case: PanelCase) -> None:
        mine = boxes(clerk.get(self.address(case)))
        for name in ("Theirs", "Theirs again"):
            PanelCase.objects.update(caseworker=name)
            response = clerk.post(self.address(case), mine)
        PanelCase.objects.update(caseworker="Once more")
        over = re.search(r'name="over" value="(\d+)"', response.content.decode())
        assert over
        assert "main" in errors(clerk.post(self.address(case), mine | {"over": over[1]}))

    @pytest.mark.parametrize("seen", [None, "", "x", "²", "9" * 30])
    def test_no_version_is_never_saved(self, clerk: Client, case: PanelCase, seen: str | None) -> None:
        sent = boxes(clerk.get(self.address(case))) | {"caseworker": "Mine"}
        sent.pop("seen")
        assert "main" in errors(clerk.post(self.address(case), sent | ({"seen": seen} if seen else {})))
        assert PanelCase.objects.get().caseworker == "A. Officer"

    def test_no_such_case(self, clerk: Client) -> None:
        assert clerk.get("/panel/cases/none/change/").status_code == 404
        assert clerk.post("/panel/cases/none/change/", COMPLETE).status_code == 404


class TestMoves:
    def test_papers_complete(self, clerk: Client) -> None:
        make_case(case_id="K1")
        page = words(clerk.post("/panel/cases/K1/papers-complete/", follow=True))
        assert "The papers are complete." in page
        assert "Status now Ready for a meeting" in page
        assert PanelCase.objects.get(pk="K1").ready_on == localdate()

    def test_what_speaks_against_it_is_said(self, clerk: Client) -> None:
        make_decision(case=make_case(case_id="K1"))
        response = clerk.post("/panel/cases/K1/papers-complete/")
        assert "You cannot mark the papers as complete for case K1. It was agreed." in words(response)

    def test_present_again(self, clerk: Client) -> None:
        make_decision(case=make_case(case_id="K1"), outcome="DECLINED")
        page = words(clerk.post("/panel/cases/K1/present-again/", follow=True))
        assert "The case is ready for a meeting again." in page

    def test_received_tomorrow_cannot_be_ready(self, clerk: Client) -> None:
        make_case(case_id="K1", received_on=localdate() + timedelta(days=1))
        response = clerk.post("/panel/cases/K1/papers-complete/")
        assert "The papers cannot be complete before the case was received." in words(response)

    @pytest.mark.parametrize(
        ("outcome", "offered"),
        [
            (None, ["Change the request", "Papers complete"]),
            ("DECLINED", ["Present again"]),
            ("AGREED", []),
        ],
    )
    def test_only_what_may_be_done_is_offered(
        self, clerk: Client, outcome: str | None, offered: list[str]
    ) -> None:
        case = make_case(case_id="K1")
        if outcome:
            make_decision(case=case, outcome=outcome)
        buttons = ("Change the request", "Papers complete", "Present again")
        assert [name for name in buttons if name in words(clerk.get("/cases/K1/"))] == offered
        clerk.force_login(make_user(Role.OFFICER))
        assert not [name for name in buttons if name in words(clerk.get("/cases/K1/"))]


class TestLookingUpWithoutAScript:
    def test_one_that_is_near_is_taken_for_a_school(self, clerk: Client) -> None:
        clerk.post(ADD, typed(school="as"))
        assert PanelCase.objects.get().school_id == "S1"

    def test_several_are_offered_and_one_of_them_is_taken(self, clerk: Client) -> None:
        make_school(school_id="S2", name="Ash Grove School")
        sent = typed(school="ash")
        response = clerk.post(ADD, sent)
        assert errors(response) == {"id_school": "Choose below which school you mean."}
        assert "Which of these is “ash”?" in words(response)
        assert missing(response, sent) == {}
        clerk.post(ADD, sent | {"school-which": "S2"})
        assert PanelCase.objects.get().school_id == "S2"

    def test_what_was_chosen_for_other_words_is_not_taken(self, clerk: Client) -> None:
        clerk.post(ADD, typed(school="Ash School", **{"school-which": "L1"}))
        assert PanelCase.objects.get().school_id == "S1"

    def test_a_child_is_never_guessed(self, clerk: Client) -> None:
        response = clerk.post(ADD, typed(child="c"))
        assert "id_child" in errors(response)
        clerk.post(ADD, typed(child="c1"))
        assert PanelCase.objects.get().child_id == "C1"

    def test_too_many_to_choose_from(self, clerk: Client) -> None:
        for number in range(21):
            make_school(name=f"Oak {number}")
        said = errors(clerk.post(ADD, typed(school="oak")))
        assert said == {"id_school": "More than 20 match this: type more."}
