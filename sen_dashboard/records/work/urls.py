"""The pages that work with a placement, under its address."""

from django.urls import path

from sen_dashboard.records.work import views

urlpatterns = [
    path("end/", views.End.as_view(), name="placement_end"),
    path("move/", views.Move.as_view(), name="placement_move"),
    path("attendance/", views.ChangeAttendance.as_view(), name="placement_attendance"),
    path("costs/add/", views.AddLine.as_view(), name="cost_line_add"),
    path("costs/<int:line_id>/change/", views.ChangeLine.as_view(), name="cost_line_change"),
    path("costs/<int:line_id>/correct/", views.CorrectLine.as_view(), name="cost_line_correct"),
    path("costs/<int:line_id>/void/", views.VoidLine.as_view(), name="cost_line_void"),
]
