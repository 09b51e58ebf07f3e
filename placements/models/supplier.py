"""Payees of a finance system: how its exports are read, and which supplier is which school."""

from uuid import uuid4

from django.conf import settings
from django.db import models

from placements.models.money import budget_line
from provision.models import School
from sen_dashboard.core.models.constraints import Unique
from sen_dashboard.core.models.trail import kept_in_trail


@kept_in_trail()
class LedgerMapping(models.Model):
    """How to read the exports of one finance system: ``columns`` and ``rows`` as in the mapping of `import_ledger`."""

    source = models.CharField(max_length=40, blank=True, default="", db_collation="C")
    line = budget_line()
    columns = models.JSONField(default=dict)
    rows = models.JSONField(default=dict, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            Unique("ledger_mapping_key", "source", sentence="The columns of this source are already chosen.")
        ]

    def __str__(self) -> str:
        return self.source or "(no name)"


@kept_in_trail()
class SupplierMatch(models.Model):
    """A person's choice of the school that a finance system's supplier is.

    ``supplier`` is its id there or, without one, its name as ``ledger.suppliers.folded`` returns it.
    """

    source = models.CharField(max_length=40, blank=True, default="", db_collation="C")
    supplier = models.CharField(max_length=200, db_collation="C")
    name = models.CharField(max_length=200, blank=True, default="")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    matched_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    matched_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "supplier matches"
        constraints = [
            Unique("supplier_match_key", "source", "supplier", sentence="This supplier is already matched.")
        ]

    def __str__(self) -> str:
        return self.name or self.supplier


class LedgerUpload(models.Model):
    """Files of a finance system uploaded on a page, until they are loaded or discarded.

    ``names`` are the files' names; the files are kept in the folder ``kept_as`` and removed once loaded. ``mapping`` is
    how they are read; ``late_to`` and ``replace`` are the choices about closed months and small ones. ``revision`` is
    another whenever these change, and ``found`` is the result of checking or loading by the present one, as
    ``ledger.uploads`` writes it.
    """

    names = models.JSONField(default=list)
    kept_as = models.CharField(max_length=32, unique=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    mapping = models.JSONField(default=dict, blank=True)
    late_to = models.DateField(null=True, blank=True)
    replace = models.BooleanField(default=False)
    revision = models.UUIDField(default=uuid4)
    found = models.JSONField(default=dict, blank=True)
    loaded_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return ", ".join(self.names)
