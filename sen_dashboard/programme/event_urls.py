"""The pages of events and of figures before and after them, under "events/"."""

from django.urls import path

from sen_dashboard.programme.views import events, pages

urlpatterns = [
    path("<key:event_id>/before-and-after/", pages.before_and_after, name="event_before_and_after"),
    path("", events.events, name="events"),
    path("events.<form:form>", events.events_file, name="events_file"),
    path("add/", events.AddEvent.as_view(), name="event_add"),
    path("<key:event_id>/change/", events.ChangeEvent.as_view(), name="event_change"),
    path("<key:event_id>/remove/", events.RemoveEvent.as_view(), name="event_remove"),
]
