"""The pages about how finance systems' files are read, under "finance/mappings/"."""

from django.urls import path

from placements.finance.ledger import views

urlpatterns = [
    path("", views.mappings, name="mappings"),
    path("<int:mapping_id>/change/", views.ChangeMapping.as_view(), name="mapping_change"),
]
