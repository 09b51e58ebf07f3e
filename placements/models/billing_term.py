"""The terms in which schools bill, which a council can change; fees that accrue by terms are spread over them."""

from calendar import month_name

from django.db import models
from django.db.models import Q

from sen_dashboard.core.models.constraints import Check, Unique, on_one_line
from sen_dashboard.core.models.fields import words_field
from sen_dashboard.core.models.trail import kept_in_trail


@kept_in_trail(named_by=("name",))
class BillingTerm(models.Model):
    """A term, from the first day of a month to the day before the next term; so the terms always fill the year.

    Autumn from September, spring from January and summer from April unless the council enters others.
    """

    name = words_field(40, blank=False)
    first_month = models.SmallIntegerField(help_text="The number of the month in which it begins.")

    class Meta:
        constraints = [
            Unique("billing_term_month", "first_month", sentence="Another term begins in this month."),
            Check(
                "billing_term_month_of_a_year",
                Q(first_month__range=(1, 12)),
                field="first_month",
                sentence="Choose a month.",
            ),
            on_one_line("billing_term_named", "name", sentence="Enter what the term is called."),
        ]

    def __str__(self) -> str:
        return f"{self.name} from {month_name[self.first_month]}"
