"""What a clerk types into the form of a request."""

from datetime import date
from typing import Any

from django.utils.timezone import localdate

_TODAY = localdate()
RECEIVED = date(_TODAY.year - ((_TODAY.month, _TODAY.day) < (4, 29)), 4, 29)
"""The last 29 April: within a year."""

COMPLETE: dict[str, Any] = {
    "child": "C1",
    "caseworker": "A. Officer",
    "origin": "ANNUAL_REVIEW",
    "received_on-day": "29",
    "received_on-month": "4",
    "received_on-year": str(RECEIVED.year),
    "panel": "INDEPENDENT",
    "primary_need": "ASD",
    "secondary_need": "SEMH",
    "profile": "BEHAVIOUR_ANXIETY",
    "school": "Ash School",
    "attendance": "DAY",
    "cost_basis": "ANNUAL",
    "cost_core": "£30,000.50",
    "cost_therapy": "6000",
    "cost_transport": "9,000",
    "reasons": ["COMPLEXITY", "CAPACITY"],
    "consultations-TOTAL_FORMS": "3",
    "consultations-INITIAL_FORMS": "0",
    "consultations-0-school": "L1",
    "consultations-0-answer": "FULL",
    "consultations-1-school": "",
    "consultations-1-answer": "AWAITING",
    "consultations-2-school": "Beech School",
    "consultations-2-answer": "CANNOT_MEET_NEED",
    "documents-TOTAL_FORMS": "3",
    "documents-INITIAL_FORMS": "0",
    "documents-0-title": "Annual review",
    "documents-0-reference": "DOC/17",
    "documents-1-title": "",
    "documents-1-reference": "",
    "documents-2-title": "Letter of the parents",
    "documents-2-reference": "DOC/18",
}
"""A complete request for child C1 at Ash School: £36,000.50 a year and transport, with two schools and two papers."""


def typed(**changed: Any) -> dict[str, Any]:
    """The same request with other text in some boxes; "__" in a name stands for the hyphen in the box's."""
    return COMPLETE | {name.replace("__", "-"): value for name, value in changed.items()}
