"""Signing in and out, roles, one's own password, and people."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from sen_dashboard.accounts import views

urlpatterns = [
    path("accounts/sign-in/", views.sign_in, name="sign_in"),
    path("accounts/sign-out/", LogoutView.as_view(), name="sign_out"),
    path("roles/", views.roles, name="roles"),
    path("accounts/session/", views.session, name="session"),
    path("accounts/kept/discard/", views.discard_kept, name="kept_discard"),
    path("accounts/password/", views.ChangePassword.as_view(), name="password"),
    path("people/", views.people, name="people"),
    path("people.<form:form>", views.people_file, name="people_file"),
    path("people/add/", views.AddPerson.as_view(), name="person_add"),
    path("people/<int:person_id>/change/", views.ChangePerson.as_view(), name="person_change"),
    path("people/<int:person_id>/deactivate/", views.DeactivatePerson.as_view(), name="person_deactivate"),
    path("people/<int:person_id>/reactivate/", views.ReactivatePerson.as_view(), name="person_reactivate"),
    path("people/<int:person_id>/password/", views.GiveNewPassword.as_view(), name="person_password"),
]
