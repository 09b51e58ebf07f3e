"""The programme's pages and forms, under "programme/"."""

from django.urls import URLPattern, path

from sen_dashboard.programme.views import (
    actions,
    commissioning,
    decisions,
    milestones,
    notes,
    pages,
    risks,
    workstreams,
)
from sen_dashboard.programme.views.pages import FIGURES

CHANGE = "commissioning-changes/<key:commissioning_change_id>"


def _record(kind: str, folder: str) -> list[URLPattern]:
    """Return the page of a record and its history; ``kind`` is the name of its page."""
    address, given = f"{folder}/<key:{kind}_id>/", {"kind": kind}
    return [
        path(f"{address}trail/", pages.programme_trail, given, name=f"{kind}_trail"),
        path(address, pages.programme_record, given, name=kind),
    ]


urlpatterns = [
    path("", pages.programme, name="programme"),
    path("highlight-report/", pages.programme_sheet, name="programme_sheet"),
    path("actions/add/", actions.AddAction.as_view(figures=FIGURES), name="action_add"),
    path(
        "actions/<key:action_id>/change/", actions.ChangeAction.as_view(figures=FIGURES), name="action_change"
    ),
    path("notes/add/", notes.AddNote.as_view(figures=FIGURES), name="kpi_note_add"),
    path(
        "notes/<key:kpi_note_id>/change/", notes.ChangeNote.as_view(figures=FIGURES), name="kpi_note_change"
    ),
    path("notes/<key:kpi_note_id>/remove/", notes.RemoveNote.as_view(), name="kpi_note_remove"),
    path("workstreams/add/", workstreams.AddWorkstream.as_view(), name="workstream_add"),
    path(
        "workstreams/<key:workstream_id>/change/",
        workstreams.ChangeWorkstream.as_view(),
        name="workstream_change",
    ),
    path("actions/<key:action_id>/update/", actions.AddUpdate.as_view(), name="action_update"),
    path(
        "actions/<key:action_id>/milestones/add/",
        milestones.AddActionMilestone.as_view(),
        name="action_milestone_add",
    ),
    path(
        "milestones/<key:milestone_id>/change/", milestones.ChangeMilestone.as_view(), name="milestone_change"
    ),
    path("milestones/<key:milestone_id>/reach/", milestones.ReachMilestone.as_view(), name="milestone_reach"),
    path("risks/add/", risks.AddRisk.as_view(), name="risk_add"),
    path("risks/<key:risk_id>/change/", risks.ChangeRisk.as_view(), name="risk_change"),
    path("decisions/add/", decisions.AddDecision.as_view(), name="decision_needed_add"),
    path(
        "decisions/<key:decision_needed_id>/change/",
        decisions.ChangeDecision.as_view(),
        name="decision_needed_change",
    ),
    path(
        "decisions/<key:decision_needed_id>/settle/",
        decisions.SettleDecision.as_view(),
        name="decision_needed_settle",
    ),
    path("commissioning-changes/add/", commissioning.AddChange.as_view(), name="commissioning_change_add"),
    path(f"{CHANGE}/change/", commissioning.ChangeChange.as_view(), name="commissioning_change_change"),
    path(
        f"{CHANGE}/milestones/add/",
        milestones.AddCommissioningMilestone.as_view(),
        name="commissioning_change_milestone_add",
    ),
    *_record("workstream", "workstreams"),
    *_record("action", "actions"),
    *_record("risk", "risks"),
    *_record("decision_needed", "decisions"),
    *_record("commissioning_change", "commissioning-changes"),
    path("<slug:key>/", pages.programme_list, name="programme_list"),
    path("<slug:key>.<form:form>", pages.programme_list_file, name="programme_list_file"),
]
