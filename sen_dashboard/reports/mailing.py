"""Emails to people, through the mail server in the settings. They hold links, and no figures on children."""

from collections.abc import Sequence
from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from sen_dashboard.core import formats
from sen_dashboard.jobs.kinds import JobError

BY_A_PROGRAM = {"Auto-Submitted": "auto-generated"}
"""Stops out-of-office replies (RFC 3834)."""


def what_is_missing() -> str:
    """Why no email can be sent, as a sentence; empty if it can."""
    for name in ("EMAIL_HOST", "SITE_URL"):
        if not getattr(settings, name):
            return f"No email was sent: {name} is not set."
    return ""


def send(subject: str, text: str, addresses: Sequence[str]) -> str:
    """Send the same email to each address separately; returns how many were accepted, as a sentence.

    A refused address does not affect the others. Raises JobError if all were refused, or if the server broke off, with
    the number sent.
    """
    sent = refused = 0
    try:
        with get_connection() as connection:
            for address in addresses:
                mail = EmailMessage(subject, text, to=[address], headers=BY_A_PROGRAM, connection=connection)
                try:
                    mail.send()
                    sent += 1
                except (SMTPRecipientsRefused, SMTPDataError):
                    refused += 1
    except OSError as error:  # includes SMTPException
        if sent:
            raise JobError(
                f"Email was sent to {sent} of {formats.plural(len(addresses), 'address', 'addresses')}, "
                f"then the mail server {settings.EMAIL_HOST} broke off ({type(error).__name__}). Trying "
                "again will send it to everyone."
            ) from None
        raise JobError(
            f"The mail server {settings.EMAIL_HOST} did not accept the email ({type(error).__name__}): "
            "check EMAIL_HOST and the related settings."
        ) from None
    if not sent:
        raise JobError(f"The mail server {settings.EMAIL_HOST} refused every address.")
    said = f"Email was sent to {formats.plural(sent, 'address', 'addresses')}"
    return f"{said}; {refused} refused." if refused else f"{said}."
