"""The matrix of roles, and the list of people."""

from collections.abc import Collection
from datetime import date, datetime

import django_tables2 as tables
from django.utils.timezone import localtime

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import MATRIX, Permission
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core import formats
from sen_dashboard.core.web.tables import DAY_CELL, ListTable


def matrix_table() -> tables.Table:
    """Return a row for each permission and a column for each role, with "Yes" or "No" where they meet."""
    columns = [(role.slug, tables.Column(verbose_name=role.value)) for role in Role]
    first = ("task", tables.Column(verbose_name="Task"))
    rows = [_row(permission) for permission in Permission]
    return tables.Table(rows, extra_columns=[first, *columns], orderable=False)


def _row(permission: Permission) -> dict[str, str]:
    answers = {role.slug: "Yes" if role in MATRIX[permission] else "No" for role in Role}
    return {"task": permission.value, **answers}


class PeopleTable(ListTable):
    """Accounts by user name, including deactivated ones."""

    username = tables.Column(verbose_name="User name")
    name = tables.Column(
        accessor="get_full_name",
        order_by=("last_name", "first_name", "username"),
        verbose_name="Name",
        default="",
    )
    roles = tables.Column(verbose_name="Roles", orderable=False, default="None", empty_values=(frozenset(),))
    is_active = tables.Column(verbose_name="Account", order_by=("is_active", "username"))
    last_login = tables.Column(
        verbose_name="Last sign-in",
        order_by=("last_login", "username"),
        default="Never",
        attrs={"td": DAY_CELL},
    )
    actions = tables.TemplateColumn(
        template_name="components/person_actions.html", verbose_name="Change", orderable=False
    )

    def render_roles(self, value: Collection[Role]) -> str:
        return formats.listed(sorted(value))

    def render_is_active(self, value: bool, record: User) -> str:
        if not value:
            return "Deactivated"
        until = record.one_time_until
        return f"Active, one-time password until {formats.moment(until)}" if until else "Active"

    def render_last_login(self, value: datetime) -> str:
        return formats.day(localtime(value).date())

    def value_roles(self, value: Collection[Role]) -> list[Role]:
        return sorted(value)

    value_is_active = render_is_active

    def value_last_login(self, value: datetime) -> date:
        return localtime(value).date()
