"""From draft to published: who may do what and when, what becomes permanent, and what a correction says."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.reports import services
from sen_dashboard.reports.collected import Audience, Cell, Collected, to_plain
from sen_dashboard.reports.collecting import Collection
from sen_dashboard.reports.differences import differences
from sen_dashboard.reports.models import GivenOut, Report, SectionComment
from sen_dashboard.reports.states import MOVES, WHY_NOT, Move, State, check_move
from tests.factories import make_user
from tests.kpi_pages.test_pages import words
from tests.reports.made import AT, LATER, NOTHING_HIDDEN, make_collected, make_kpi, make_report

pytestmark = pytest.mark.django_db

LATEST = datetime(2019, 4, 12, tzinfo=UTC)


@pytest.fixture
def manager() -> User:
    return make_user(Role.MANAGER)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_a_move_is_made_or_refused_with_the_sentence_of_the_state(state: State, move: Move) -> None:
    if move in MOVES[state]:
        assert check_move(state, move) == MOVES[state][move]
    else:
        with pytest.raises(ValidationError, match=WHY_NOT[state]):
            check_move(state, move)


def test_a_draft_is_commented_approved_by_another_and_published(manager: User) -> None:
    report = make_report(collected_by=manager)
    other = make_user(Role.MANAGER, first_name="Ada", last_name="Lovelace")
    services.comment(
        by=manager, report=report, section="inmss", text="Fewer than we feared.", at=AT, is_public=True
    )
    services.comment(by=other, report=report, section="inmss", text="Child C1 moved.", at=AT)
    services.approve(by=other, report=report, edition=report.edition, at=LATER)
    services.publish(by=manager, report=report, edition=report.edition, at=LATER)
    published = Report.objects.get()
    assert published.state == State.PUBLISHED
    inside, outside = published.collected(Audience.INTERNAL), published.collected(Audience.PUBLIC)
    assert [comment.text for comment in inside.sections[0].comments] == [
        "Fewer than we feared.",
        "Child C1 moved.",
    ]
    assert [comment.text for comment in outside.sections[0].comments] == ["Fewer than we feared."]
    assert inside.sections[0].comments[1].author == str(other)
    assert inside.approved_by == str(other)
    assert inside.published_at == LATER


def test_nobody_approves_what_they_collected(manager: User) -> None:
    report = make_report(collected_by=manager)
    with pytest.raises(ValidationError, match="someone else must approve it"):
        services.approve(by=manager, report=report, edition=report.edition, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.update(state=State.APPROVED, approved_by=manager, approved_at=LATER)


def test_nobody_approves_figures_they_have_not_seen(manager: User) -> None:
    seen = make_report()
    edition = seen.edition
    Report.objects.update(collected_at=LATER)
    with pytest.raises(ValidationError, match="look at it again"):
        services.approve(by=manager, report=Report.objects.get(), edition=edition, at=LATER)


@pytest.mark.parametrize("move", ["approve", "publish"])
def test_what_changed_since_the_page_was_read_is_not_approved_or_published(
    client: Client, manager: User, move: str
) -> None:
    report = make_report(state=State.DRAFT if move == "approve" else State.APPROVED)
    client.force_login(manager)
    page = client.get("/reports/2019-03/v1/internal/").content.decode()
    (link,) = re.findall(rf'href="(/reports/2019-03/v1/{move}/\?edition=[^"]+)"', page)
    Report.objects.update(state=State.DRAFT, approved_by=None, approved_at=None)
    services.comment(by=make_user(Role.MANAGER), report=report, section="inmss", text="Well.", at=LATER)
    if move == "publish":
        Report.objects.update(state=State.APPROVED, approved_by=manager, approved_at=LATER)
    form = client.get(unescape(link))
    (edition,) = re.findall(r'name="edition" value="([^"]+)"', form.content.decode())
    answer = client.post(unescape(link), {"edition": unescape(edition)})
    assert services.CHANGED_SINCE in words(answer)
    assert Report.objects.get().state == (State.DRAFT if move == "approve" else State.APPROVED)


def test_nobody_approves_their_own_words_for_the_public(manager: User) -> None:
    report = make_report()
    services.comment(by=manager, report=report, section="inmss", text="Well.", at=AT, is_public=True)
    with pytest.raises(ValidationError, match="You wrote a public comment"):
        services.approve(by=manager, report=report, edition=report.edition, at=LATER)
    services.comment(by=manager, report=report, section="inmss", text="Well.", at=AT)
    services.approve(by=manager, report=report, edition=report.edition, at=LATER)


def test_names_stay_as_they_were_and_the_public_reads_no_user_names(manager: User) -> None:
    report = make_report()
    other = make_user(Role.MANAGER, username="ada1", first_name="Ada", last_name="Lovelace")
    services.comment(by=other, report=report, section="inmss", text="Well.", at=AT)
    services.comment(by=manager, report=report, section="inmss", text="So.", at=LATER, is_public=True)
    Report.objects.update(collected_by=manager)
    services.approve(by=other, report=Report.objects.get(), edition=report.edition, at=LATER)
    User.objects.filter(pk=other.pk).update(last_name="King")
    inside, outside = (Report.objects.get().collected(audience) for audience in Audience)
    assert inside.approved_by == inside.sections[0].comments[0].author == "Ada Lovelace (ada1)"
    assert outside.approved_by == "Ada Lovelace"
    assert [comment.author for comment in outside.sections[0].comments] == ["a manager"]


def test_an_approved_report_is_changed_only_after_it_is_returned(manager: User) -> None:
    report = make_report(state=State.APPROVED)
    with pytest.raises(ValidationError, match="return it to draft first"):
        services.comment(by=manager, report=report, section="inmss", text="One more thing.", at=AT)
    services.return_to_draft(by=manager, report=report)
    services.comment(by=manager, report=report, section="inmss", text="One more thing.", at=AT)
    report = Report.objects.get()
    assert (report.state, report.approved_by) == (State.DRAFT, None)


def test_a_comment_is_replaced_by_its_author_and_removed_by_no_text(manager: User) -> None:
    report = make_report()
    for text in ("First.", "Second."):
        services.comment(by=manager, report=report, section="inmss", text=text, at=AT)
    assert [comment.text for comment in report.comments.all()] == ["Second."]
    services.comment(by=manager, report=report, section="inmss", text="  ", at=AT)
    assert not report.comments.exists()


@pytest.mark.parametrize("wrong", [{"section": "nowhere"}, {"text": "x" * 2001}, {"text": "…"}])
def test_a_comment_that_cannot_be_kept_is_refused_with_a_sentence(
    manager: User, wrong: dict[str, str]
) -> None:
    report = make_report()
    with pytest.raises(ValidationError) as refusal:
        services.comment(by=manager, report=report, **{"section": "inmss", "text": "Well.", **wrong}, at=AT)
    assert list(refusal.value.message_dict) == list(wrong)


class TestPublished:
    def test_stays_as_it_is_whatever_is_tried(self, manager: User) -> None:
        report = make_report(state=State.PUBLISHED)
        for move in (services.return_to_draft, services.discard):
            with pytest.raises(ValidationError, match="cannot be changed"):
                move(by=manager, report=report)
        for sql in (
            "UPDATE reports_report SET internal = '{}'",
            "UPDATE reports_report SET state = 'DRAFT'",
            "DELETE FROM reports_report",
        ):
            with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        assert Report.objects.get().internal == report.internal

    def test_keeps_its_comments(self, manager: User) -> None:
        report = make_report()
        services.comment(by=manager, report=report, section="inmss", text="Well.", at=AT)
        services.approve(by=manager, report=report, edition=report.edition, at=LATER)
        for change in (
            lambda: SectionComment.objects.update(text="Badly."),
            lambda: SectionComment.objects.all().delete(),
            lambda: SectionComment.objects.update(report=make_report(month=date(2019, 2, 1))),
            lambda: SectionComment.objects.create(
                report=report, section="panel", author=manager, text="Late.", written_at=AT
            ),
        ):
            with pytest.raises(IntegrityError, match="no longer a draft"), transaction.atomic():
                change()


def test_a_report_that_another_overtook_is_collected_again(manager: User) -> None:
    """Two public reports collected beside each other have not been checked against each other."""
    make_report(month=date(2019, 2, 1), state=State.PUBLISHED)  # published after March was collected
    report = make_report(state=State.APPROVED)
    with pytest.raises(ValidationError, match="collect this report again"):
        services.publish(by=manager, report=report, edition=report.edition, at=LATEST)


def test_a_report_is_collected_again_after_an_extract_was_given_out(manager: User) -> None:
    report = make_report(state=State.APPROVED)
    GivenOut.objects.create(
        what="dsg_plan", day=AT.date(), protection=NOTHING_HIDDEN.plain(), given_by=manager, given_at=AT
    )
    with pytest.raises(ValidationError, match="collect this report again"):
        services.publish(by=manager, report=report, edition=report.edition, at=LATEST)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_only_managers_prepare_reports(role: Role) -> None:
    other, report = make_user(role), make_report()
    tried: list[Any] = [
        lambda: services.comment(by=other, report=report, section="inmss", text="Well.", at=AT),
        lambda: services.approve(by=other, report=report, edition=report.edition, at=LATER),
        lambda: services.return_to_draft(by=other, report=report),
        lambda: services.publish(by=other, report=report, edition=report.edition, at=LATER),
        lambda: services.discard(by=other, report=report),
        lambda: services.begin(by=other, month=report.of_month, at=LATER),
        lambda: services.collect_again(by=other, report=report, at=LATER),
    ]
    for attempt in tried:
        with pytest.raises(PermissionDenied):
            attempt()


class TestCorrection:
    def test_is_the_next_version_with_what_differs(
        self, manager: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = make_report(make_kpi(children=842), state=State.PUBLISHED)
        now = make_collected(make_kpi(children=845), version=2)
        monkeypatch.setattr(
            services, "collect", lambda *args, **kwargs: Collection(now, now, NOTHING_HIDDEN, 1)
        )
        services.begin(by=manager, month=first.of_month, at=LATEST)
        second = Report.objects.unpublished().get()
        assert second.version == 2
        assert second.collected(Audience.INTERNAL).differences == (
            "Needs of children in INMSS: Children in INMSS was 842 and is now 845.",
            "Needs of children in INMSS: Autism, Children was 842 and is now 845.",
        )
        assert Report.objects.get(version=1).internal == to_plain(make_collected(make_kpi(children=842)))

    def test_is_not_begun_beside_a_draft(self, manager: User) -> None:
        draft = make_report()
        with pytest.raises(ValidationError, match="an unpublished report"):
            services.begin(by=manager, month=draft.of_month, at=LATER)

    def test_tells_rows_that_came_and_went_and_new_definitions(self) -> None:
        before, after = make_kpi(), make_kpi(slug="other", title="Other")
        assert differences(make_collected(before), make_collected(after)) == (
            "Needs of children in INMSS is no longer in the report.",
            "Other is new in the report.",
        )
        assert differences(make_collected(before), make_collected(before, collected_at=AT)) == ()

    def test_tells_of_targets_notes_and_facts_that_are_gone(self) -> None:
        before = make_kpi(standing="Target met", basis="At most 900.", caveats=("One is left out.",))
        after = make_kpi(facts=(), standing="Outside limit", basis="At most 800.", caveats=("Two are.",))
        assert differences(make_collected(before), make_collected(after)) == tuple(
            f"Needs of children in INMSS: {words}"
            for words in (
                "the target was changed: At most 800.",
                "Children in INMSS was removed.",
                "Standing was Target met and is now Outside limit.",
                "a note was removed: One is left out.",
                "a note was added: Two are.",
            )
        )

    def test_compares_rows_with_the_same_words_in_their_order(self) -> None:
        """As two schools of one name."""

        def of(*numbers: int) -> Collected:
            rows = tuple((Cell(None, "St Mary’s"), Cell(number, str(number))) for number in numbers)
            return make_collected(make_kpi(table=replace(make_kpi().table, rows=rows)))

        assert differences(of(3, 7), of(4, 7)) == (
            "Needs of children in INMSS: St Mary’s, Children was 3 and is now 4.",
        )
        assert differences(of(3, 7), of(3)) == (
            "Needs of children in INMSS: the row St Mary’s (2) was removed.",
        )


def test_superseded_versions_are_said_to_be() -> None:
    make_report(state=State.PUBLISHED)
    make_report(version=2, state=State.PUBLISHED)
    assert list(Report.objects.with_superseded().values_list("version", "is_superseded")) == [
        (2, False),
        (1, True),
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", 2),
        ("March 2019", 1),
        ("2019-03", 1),
        ("2018-19", 2),
        ("2017-18", 0),
        ("842 children", 2),
        ("843 children", 0),
        ("feared", 1),
        ("50%", 0),
        ("need_mix", 0),  # a word of how the figures are kept, not of a sentence
        ('said "no"', 1),
    ],
)
def test_the_archive_is_searched_by_period_sentence_and_comment(
    manager: User, words: str, found: int
) -> None:
    make_report(month=date(2019, 2, 1))
    march = make_report(make_kpi(sentence='842 children; two schools said "no".'))
    services.comment(by=manager, report=march, section="inmss", text="Fewer than we feared.", at=AT)
    assert Report.objects.search(words).count() == found
