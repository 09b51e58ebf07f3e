"""`publish_month [2019-03] --audience internal|public --out FOLDER`: write a month's report in every format."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs.kinds import JobError
from sen_dashboard.management.months import chosen_month
from sen_dashboard.reports import delivering, jobs
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.collecting import NothingToReport, check_has_records

BY = "the command publish_month"


class Command(BaseCommand):
    help = (
        "Write the report of a month in every format: its latest published version or, before one is published, a "
        "draft with the figures of now, marked as a draft on every page. A full disk leaves none of the files."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "month",
            nargs="?",
            metavar="YYYY-MM",
            help="the month; otherwise the last posted one that is over",
        )
        parser.add_argument("--audience", required=True, choices=list(map(str, Audience)), help="for whom")
        parser.add_argument(
            "--out", required=True, type=Path, metavar="FOLDER", help="where the files go; made if absent"
        )
        parser.add_argument(
            "--queue", action="store_true", help="leave it to the worker instead of doing it now"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with a sentence, for exit status 1."""
        month, audience = chosen_month(options["month"]), Audience(options["audience"])
        folder: Path = options["out"].absolute()
        if options["queue"]:
            self.queue(month, audience, folder)
        else:
            self.write(month, audience, folder)

    def write(self, month: Month, audience: Audience, folder: Path) -> None:
        try:
            collected = delivering.to_write(month, audience, by=BY, at=timezone.now())
            paths = delivering.write(collected, folder)
        except JobError as error:
            raise CommandError(str(error)) from None
        name = formats.month_in_words(month.start)
        self.stdout.write(f"{name}, version {collected.version}, {audience}: {collected.status}")
        for path in paths:
            self.stdout.write(str(path))

    def queue(self, month: Month, audience: Audience, folder: Path) -> None:
        try:
            check_has_records(month, working_day())
            job = jobs.schedule(
                kind=jobs.JobKind.WRITE, month=month, at=timezone.now(), audience=audience, folder=str(folder)
            )
        except NothingToReport as error:
            raise CommandError(str(error)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{job}, {audience}: the worker will write them to {folder}")
