from django.urls import path

from sen_dashboard.programme import views

urlpatterns = [
    path("", views.events, name="events"),
    path("events.<form:form>", views.events_file, name="events_file"),
    path("add/", views.AddEvent.as_view(), name="event_add"),
    path("<key:event_id>/change/", views.ChangeEvent.as_view(), name="event_change"),
    path("<key:event_id>/remove/", views.RemoveEvent.as_view(), name="event_remove"),
]
