from django.urls import path

from panel.views import expected

urlpatterns = [
    path("expected/<int:expected_id>/offer/", expected.Offer.as_view(), name="expected_offer"),
    path("expected/<int:expected_id>/start/", expected.Start.as_view(), name="expected_start"),
    path("expected/<int:expected_id>/refusal/", expected.Refusal.as_view(), name="expected_refusal"),
    path("expected/<int:expected_id>/change/", expected.Change.as_view(), name="expected_change"),
]
