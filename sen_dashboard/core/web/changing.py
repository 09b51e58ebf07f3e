"""Changing a record that somebody else may have changed at the same time: nothing is lost, and the person decides."""

from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.utils.functional import cached_property

from sen_dashboard.core.models.history import version_of
from sen_dashboard.core.models.holding import ChangedMeanwhileError
from sen_dashboard.core.web.editing import EditPage
from sen_dashboard.core.web.kept import typed_here

NEVER_SEEN = -1
"""Used when the version is missing or invalid; it matches no record, so the person is shown the current state."""


class SeesOthersChanges(EditPage):
    """A page that changes the record ``watched`` by a service that takes the version ``seen``.

    If the service raises ChangedMeanwhileError, the page is shown again with everything that was typed, says what was
    changed and by whom, and offers to save over it or to discard what was typed. The template includes
    `components/changed.html` in its form; views pass ``seen`` on to the service. ``called`` is the record's name in a
    sentence, and ``called_address`` the page where it can be viewed.
    """

    called: str
    called_address: str

    @property
    def watched(self) -> Model:
        """The record in the address, of which only the key need be known."""
        raise NotImplementedError

    @cached_property
    def seen(self) -> int:
        """The version that the person saw, or chose to save over."""
        typed = typed_here(self.request)
        if typed is None:
            return version_of(self.watched)
        version = typed.get("over") or typed.get("seen", "")
        return (
            int(version) if version.isascii() and version.isdecimal() and len(version) <= 10 else NEVER_SEEN
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the names that `components/changed.html` reads."""
        page = super().get_context_data(**kwargs)
        return page | {
            "seen": self.seen,
            "changed": changed_meanwhile(page["form"]),
            "called": self.called,
            "called_address": self.called_address,
        }


def changed_meanwhile(form: BaseForm) -> ChangedMeanwhileError | None:
    """Return the error by which the service refused a form because somebody else changed the record, or None."""
    refused = form.non_field_errors().as_data()
    return next((error for error in refused if isinstance(error, ChangedMeanwhileError)), None)
