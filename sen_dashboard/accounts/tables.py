"""The matrix of roles as a table."""

import django_tables2 as tables

from sen_dashboard.accounts.permissions import MATRIX, Permission
from sen_dashboard.accounts.roles import Role


def matrix_table() -> tables.Table:
    """A row for each permission, a column for each role, "Yes" or "No" where they meet."""
    columns = [(role.slug, tables.Column(verbose_name=role.value)) for role in Role]
    first = ("task", tables.Column(verbose_name="What may be done"))
    rows = [_row(permission) for permission in Permission]
    return tables.Table(rows, extra_columns=[first, *columns], orderable=False)


def _row(permission: Permission) -> dict[str, str]:
    answers = {role.slug: "Yes" if role in MATRIX[permission] else "No" for role in Role}
    return {"task": permission.value, **answers}
