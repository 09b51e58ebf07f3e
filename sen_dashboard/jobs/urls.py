"""The page of a job, under "jobs/"."""

from django.urls import path

from sen_dashboard.jobs import views

urlpatterns = [
    path("<int:job_id>/", views.job, name="job"),
    path("<int:job_id>/cancel/", views.cancel, name="job_cancel"),
    path("<int:job_id>/retry/", views.retry, name="job_retry"),
]
