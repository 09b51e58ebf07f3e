"""The pages for changing a placement, under "placements/": a key may contain slashes, so each path includes it."""

from django.urls import path

from sen_dashboard.records.work import views

urlpatterns = [
    path("<key:placement_id>/end/", views.End.as_view(), name="placement_end"),
    path("<key:placement_id>/end/remove/", views.RemoveEnd.as_view(), name="placement_end_remove"),
    path("<key:placement_id>/move/", views.Move.as_view(), name="placement_move"),
    path("<key:placement_id>/attendance/", views.ChangeAttendance.as_view(), name="placement_attendance"),
    path("<key:placement_id>/accrual/", views.ChangeAccrual.as_view(), name="placement_accrual"),
    path("<key:placement_id>/costs/add/", views.AddLine.as_view(), name="cost_line_add"),
    path(
        "<key:placement_id>/costs/<int:line_id>/change/", views.ChangeLine.as_view(), name="cost_line_change"
    ),
    path(
        "<key:placement_id>/costs/<int:line_id>/correct/",
        views.CorrectLine.as_view(),
        name="cost_line_correct",
    ),
    path("<key:placement_id>/costs/<int:line_id>/void/", views.VoidLine.as_view(), name="cost_line_void"),
]
