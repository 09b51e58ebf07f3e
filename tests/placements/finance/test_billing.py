"""The terms in which schools bill, as Finance enters them."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from placements.accrual import committed_by_month
from placements.finance.billing import CHANGED, billing_terms, set_billing_terms
from placements.models import BillingTerm
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.periods import Month
from tests.factories import make_cost_line, make_placement, make_user
from tests.kpi_pages.test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(make_user(Role.FINANCE))
    return client


def send(client: Client, **typed: str) -> Any:
    form = client.get(reverse("billing_terms")).context["form"]
    return client.post(reverse("billing_terms"), form.initial | typed, follow=True)


def test_another_term_changes_what_is_committed(finance: Client) -> None:
    make_cost_line(placement=make_placement(accrual="TERMS"), annual_amount=Decimal(36_000))
    page = words(send(finance, name_4="Late summer", month_4="6"))
    assert "Autumn from September, Spring from January, Summer from April, Late summer from June" in page
    committed = committed_by_month(Month(2018, 4), Month(2018, 9))
    assert [int(amount) for amount in committed.values()] == [9_000, 0, 9_000, 0, 0, 9_000]
    send(finance, name_4="", month_4="")
    assert billing_terms() == {9: "Autumn", 1: "Spring", 4: "Summer"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name_4": "Half"}, "Choose the month in which it begins."),
        ({"month_4": "6"}, "Enter what the term is called."),
        ({"name_4": "Half", "month_4": "9"}, "Another term begins in this month."),
        ({f"{box}_{row}": "" for box in ("name", "month") for row in (1, 2, 3)}, "Enter one term at least."),
    ],
)
def test_refuses(finance: Client, typed: dict[str, str], sentence: str) -> None:
    assert sentence in words(send(finance, **typed))
    assert len(billing_terms()) == 3


def test_somebody_else_changed_them_meanwhile(finance: Client) -> None:
    form = finance.get(reverse("billing_terms")).context["form"]
    BillingTerm.objects.filter(first_month=4).update(first_month=5)
    assert CHANGED in words(finance.post(reverse("billing_terms"), form.initial))


def test_the_service_refuses_other_roles() -> None:
    for role in set(Role) - {Role.FINANCE}:
        with pytest.raises(PermissionDenied):
            set_billing_terms(by=make_user(role), terms={1: "All year"}, seen=billing_terms())
