"""The pages of the panels' work, under "panel/"."""

from django.urls import path

from panel.views import decisions, expected, lookup, requests

urlpatterns = [
    path("requests/add/", requests.AddRequest.as_view(), name="request_add"),
    path("requests/drafts/", requests.drafts, name="request_drafts"),
    path("requests/drafts/<int:draft_id>/drop/", requests.DropDraft.as_view(), name="request_draft_drop"),
    path("cases/<key:case_id>/change/", requests.ChangeRequest.as_view(), name="request_change"),
    path("cases/<key:case_id>/papers-complete/", requests.PapersComplete.as_view(), name="papers_complete"),
    path("cases/<key:case_id>/present-again/", requests.PresentAgain.as_view(), name="present_again"),
    path("cases/<key:case_id>/papers/", decisions.case_papers, name="case_papers"),
    path("cases/<key:case_id>/ratify/", decisions.Ratify.as_view(), name="ratify"),
    path("meetings/<int:meeting_id>/decide/<key:case_id>/", decisions.Decide.as_view(), name="decide"),
    path("decisions/<int:decision_id>/correct/", decisions.Correct.as_view(), name="correct"),
    path("lookup/children/", lookup.children, name="panel_children"),
    path("lookup/schools/", lookup.schools, name="panel_schools"),
    path("expected/<int:expected_id>/offer/", expected.Offer.as_view(), name="expected_offer"),
    path("expected/<int:expected_id>/start/", expected.Start.as_view(), name="expected_start"),
    path("expected/<int:expected_id>/refusal/", expected.Refusal.as_view(), name="expected_refusal"),
    path("expected/<int:expected_id>/change/", expected.Change.as_view(), name="expected_change"),
]
