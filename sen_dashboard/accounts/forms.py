"""The forms for people and for changing one's own password."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.timezone import now

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.sign_in import WHILE, forget_attempts, note_attempt

UNTOLD = forms.TextInput(attrs={"autocomplete": "off"})
"""A box for somebody else's name: the browser must not suggest the name of the person who types."""
UNTOLD_EMAIL = forms.EmailInput(attrs={"autocomplete": "off"})


class PersonForm(forms.ModelForm):
    roles = forms.TypedMultipleChoiceField(
        choices=[(role.value, role.value) for role in Role],
        coerce=Role,
        widget=forms.CheckboxSelectMultiple(attrs={"hints": {role.value: role.sentence for role in Role}}),
        help_text="Choose all that apply",
        error_messages={"required": "Choose at least one role."},
    )

    class Meta:
        model = User
        fields: tuple[str, ...] = ("first_name", "last_name", "email")
        widgets = {"username": UNTOLD, "first_name": UNTOLD, "last_name": UNTOLD, "email": UNTOLD_EMAIL}
        labels = {
            "username": "User name",
            "first_name": "First name",
            "last_name": "Last name",
            "email": "Email address",
        }
        help_texts = {
            "username": "What the person signs in with: letters, digits and @ . + - _. It cannot be changed later",
            "email": "Where the monthly digest is sent, if they ask for it",
        }
        error_messages = {
            "username": {
                "required": "Enter a user name.",
                "invalid": "Use letters, digits and @ . + - _ only.",
                "unique": "There is already a person with this user name.",
            },
            "email": {"invalid": "Enter an email address in the correct format, like name@example.com."},
        }


class NewPersonForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ("username", *PersonForm.Meta.fields)


class SignInForm(AuthenticationForm):
    """Django's form, which also refuses too many attempts, and a one-time password that has expired."""

    TOO_MANY = "too_many"
    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if name is None or not self.cleaned_data.get("password"):
            return super().clean()
        if not note_attempt(name=name, address=self.request.META["REMOTE_ADDR"], at=now()):
            minutes = int(WHILE.total_seconds() // 60)
            raise ValidationError(
                f"Too many attempts to sign in. Try again in {minutes} minutes, or ask your administrator.",
                code=self.TOO_MANY,
            )
        cleaned = super().clean()
        forget_attempts(name=name)
        return cleaned

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        until = user.one_time_until
        if until and until < now():
            raise ValidationError(
                "Your one-time password has expired. Ask your administrator for another.",
                code="expired",
            )


class OwnPasswordForm(PasswordChangeForm):
    """Django's form, with the rules as a hint and a sentence for each missing entry."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = " ".join(password_validators_help_texts())
        self._word("old_password", "Current password", "Enter your current password.")
        self._word("new_password1", "New password", "Enter a new password.", rules)
        self._word("new_password2", "New password again", "Enter the new password again.")

    def _word(self, name: str, label: str, missing: str, hint: str = "") -> None:
        field = self.fields[name]
        field.label, field.help_text = label, hint
        field.error_messages["required"] = missing
