"""The address of the commissioning plan, "commissioning-plan/"."""

from django.urls import path

from sen_dashboard.programme.views import pages

urlpatterns = [path("", pages.commissioning_plan, name="commissioning_plan")]
