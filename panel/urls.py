"""The pages of the panels' work, under "panel/"."""

from django.urls import path

from panel.views import decisions

urlpatterns = [
    path("cases/<key:case_id>/papers/", decisions.case_papers, name="case_papers"),
    path("cases/<key:case_id>/ratify/", decisions.Ratify.as_view(), name="ratify"),
    path("meetings/<int:meeting_id>/decide/<key:case_id>/", decisions.Decide.as_view(), name="decide"),
    path("decisions/<int:decision_id>/correct/", decisions.Correct.as_view(), name="correct"),
]
