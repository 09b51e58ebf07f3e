from django.urls import path

from sen_dashboard.programme.views import events

urlpatterns = [
    path("", events.events, name="events"),
    path("events.<form:form>", events.events_file, name="events_file"),
    path("add/", events.AddEvent.as_view(), name="event_add"),
    path("<key:event_id>/change/", events.ChangeEvent.as_view(), name="event_change"),
    path("<key:event_id>/remove/", events.RemoveEvent.as_view(), name="event_remove"),
]
