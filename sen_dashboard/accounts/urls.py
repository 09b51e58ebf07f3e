from django.urls import path

from sen_dashboard.accounts import views

urlpatterns = [
    path("roles/", views.roles, name="roles"),
]
