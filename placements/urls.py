"""The pages of the ledger's months, under "months/"."""

from django.urls import path

from placements import views

urlpatterns = [
    path("", views.months, name="months"),
    path("<financial_year:year>/", views.months, name="months_of_year"),
    path("<month:month>/close/", views.CloseMonth.as_view(), name="month_close"),
]
