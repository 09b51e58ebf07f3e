"""The forms of the programme. Those that offer figures are the site's to place, which knows the KPIs."""

from django.urls import path

from sen_dashboard.programme.views import (
    actions,
    commissioning,
    decisions,
    milestones,
    risks,
    workstreams,
)

CHANGE = "commissioning-changes/<key:commissioning_change_id>"

urlpatterns = [
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
]
