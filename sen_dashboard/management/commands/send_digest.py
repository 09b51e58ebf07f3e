"""`send_digest [2019-03]`: queue the monthly digest for those who asked for it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sen_dashboard.core import formats
from sen_dashboard.jobs.models import Job
from sen_dashboard.management.months import chosen_month
from sen_dashboard.reports import jobs


class Command(BaseCommand):
    help = (
        "Have the worker email a month’s digest to those who asked for it. Without a month this is the "
        "last posted month that has ended, and nothing is sent if it was already sent."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", nargs="?", metavar="YYYY-MM", help="the month")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence, for exit status 1."""
        month = chosen_month(options["month"])
        name = formats.month_in_words(month.start)
        done = Job.objects.filter(kind=jobs.JobKind.DIGEST, subject=jobs.subject(month), problem="").exclude(
            finished_at=None
        )
        if options["month"] is None and (before := done.first()):
            self.stdout.write(f"The digest of {name}: {before.step} Name the month to send it again.")
            return
        try:
            jobs.schedule(kind=jobs.JobKind.DIGEST, month=month, at=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"The worker will send the digest of {name}.")
