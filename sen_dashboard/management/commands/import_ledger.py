"""`import_ledger FILE... --mapping MAPPING.json [--check] [--replace] [--late-to MONTH]`: load a ledger export."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from placements.finance.ledger.loading import import_ledger
from placements.finance.ledger.mapping import read_mapping
from sen_dashboard.clock.day import calendar_day
from sen_dashboard.importing.command import ImportCommand
from sen_dashboard.importing.problems import ImportReport, Progress
from sen_dashboard.management.months import chosen_month


class Command(ImportCommand):
    help = "Read the postings that a finance system exported, CSV or xlsx, into the ledger: all or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", type=Path, nargs="+", metavar="file", help="an export; several count as one"
        )
        parser.add_argument(
            "--mapping",
            type=Path,
            required=True,
            help="a JSON file that says which columns hold what, which rows are kept, the source and the line",
        )
        parser.add_argument("--check", action="store_true", help="only look for problems, load nothing")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="let the files replace a month of which they have fewer than half as many postings as are stored",
        )
        parser.add_argument(
            "--late-to",
            metavar="month",
            help="an open month such as 2019-04, to which what is new or changed in a closed month is posted",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError, for exit status 1, after listing what is wrong."""
        late_to = chosen_month(options["late_to"]) if options["late_to"] is not None else None

        def load(progress: Progress) -> ImportReport:
            return import_ledger(
                *options["files"],
                mapping=read_mapping(options["mapping"]),
                today=calendar_day(),
                check_only=options["check"],
                replace=options["replace"],
                late_to=late_to,
                progress=progress,
            )

        if not self.report(load, options).loaded:
            self.stdout.write("Nothing is wrong. Nothing was loaded: leave out --check to load it.")
