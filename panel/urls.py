"""The pages of the panels' work, under "panel/"."""

from django.urls import path

from panel.views import (
    agenda,
    decisions,
    expected,
    lookup,
    meeting_papers,
    meetings,
    requests,
    spreadsheet,
    work,
)

urlpatterns = [
    path("", work.panel_work, name="panel"),
    path("queues/<slug:key>/", work.queue, name="queue"),
    path("queues/<slug:key>/bulk/", work.queue_bulk, name="queue_bulk"),
    path("queues/<slug:key>.<form:form>", work.queue_file, name="queue_file"),
    path("expected/<int:expected_id>/", work.expected_placement, name="expected_placement"),
    path("meetings/<int:meeting_id>/trail/", work.meeting_trail, name="meeting_trail"),
    path("requests/add/", requests.AddRequest.as_view(), name="request_add"),
    path("requests/drafts/", requests.drafts, name="request_drafts"),
    path("requests/drafts/<int:draft_id>/drop/", requests.DropDraft.as_view(), name="request_draft_drop"),
    path("cases/<key:case_id>/change/", requests.ChangeRequest.as_view(), name="request_change"),
    path("cases/<key:case_id>/papers-complete/", requests.PapersComplete.as_view(), name="papers_complete"),
    path("cases/<key:case_id>/present-again/", requests.PresentAgain.as_view(), name="present_again"),
    path("cases/<key:case_id>/take-back/", requests.TakeBack.as_view(), name="case_take_back"),
    path("cases/<key:case_id>/papers/", decisions.case_papers, name="case_papers"),
    path("cases/<key:case_id>/ratify/", decisions.Ratify.as_view(), name="ratify"),
    path("meetings/<int:meeting_id>/decide/<key:case_id>/", decisions.Decide.as_view(), name="decide"),
    path("decisions/<int:decision_id>/correct/", decisions.Correct.as_view(), name="correct"),
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings.<form:form>", meetings.meetings_file, name="meetings_file"),
    path("meetings/add/", meetings.AddMeeting.as_view(), name="meeting_add"),
    path("meetings/<int:meeting_id>/", meetings.meeting, name="meeting"),
    path("meetings/<int:meeting_id>/change/", meetings.ChangeMeeting.as_view(), name="meeting_change"),
    path("meetings/<int:meeting_id>/attendance/", meetings.attendance, name="meeting_attendance"),
    path("meetings/<int:meeting_id>/agenda/add/", agenda.add, name="agenda_add"),
    path("meetings/<int:meeting_id>/agenda/defer/", agenda.defer, name="agenda_defer"),
    path("meetings/<int:meeting_id>/agenda/<int:item_id>/up/", agenda.move, {"places": -1}, name="agenda_up"),
    path(
        "meetings/<int:meeting_id>/agenda/<int:item_id>/down/", agenda.move, {"places": 1}, name="agenda_down"
    ),
    path("meetings/<int:meeting_id>/agenda/<int:item_id>/off/", agenda.take_off, name="agenda_take_off"),
    path("meetings/<int:meeting_id>/agenda/print/", meeting_papers.agenda, name="meeting_agenda"),
    path("meetings/<int:meeting_id>/spreadsheet/", spreadsheet.spreadsheet, name="meeting_spreadsheet"),
    path(
        "meetings/<int:meeting_id>/spreadsheet/template.xlsx",
        spreadsheet.template_xlsx,
        name="meeting_template_xlsx",
    ),
    path(
        "meetings/<int:meeting_id>/spreadsheet/template.csv",
        spreadsheet.template_csv,
        name="meeting_template_csv",
    ),
    path("meetings/<int:meeting_id>/minutes/", meeting_papers.minutes, name="meeting_minutes"),
    path(
        "meetings/<int:meeting_id>/cases/<key:case_id>/conflicts/",
        agenda.Conflicts.as_view(),
        name="meeting_conflicts",
    ),
    path(
        "meetings/<int:meeting_id>/conflicts/<int:conflict_id>/withdraw/",
        agenda.withdraw,
        name="conflict_withdraw",
    ),
    path("lookup/children/", lookup.children, name="panel_children"),
    path("lookup/child/", lookup.child, name="panel_child"),
    path("lookup/schools/", lookup.schools, name="panel_schools"),
    path("expected/<int:expected_id>/offer/", expected.Offer.as_view(), name="expected_offer"),
    path("expected/<int:expected_id>/start/", expected.Start.as_view(), name="expected_start"),
    path("expected/<int:expected_id>/refusal/", expected.Refusal.as_view(), name="expected_refusal"),
    path("expected/<int:expected_id>/change/", expected.ChangeExpected.as_view(), name="expected_change"),
]
