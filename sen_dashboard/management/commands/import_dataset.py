"""`import_dataset FOLDER [--check] [--replace]`: load the records of a data set."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from sen_dashboard import kpis
from sen_dashboard.datasets import import_dataset
from sen_dashboard.importing.command import ImportCommand
from sen_dashboard.importing.problems import ImportReport, Progress


class Command(ImportCommand):
    help = (
        "Read the records of a data set, a folder of CSV files or a zip of it, into the store: all or none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders",
            type=Path,
            nargs="+",
            metavar="folder",
            help="a folder, or a zip of it; files of one name in several folders count as one",
        )
        parser.add_argument("--check", action="store_true", help="only look for problems, load nothing")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="let a ledger replace a month of which it has fewer than half as many postings as are stored",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError, for exit status 1, after listing what is wrong."""

        def load(progress: Progress) -> ImportReport:
            return import_dataset(
                *options["folders"],
                check_only=options["check"],
                replace=options["replace"],
                kpis=kpis.keys(),
                progress=progress,
            )

        if not self.report(load, options).loaded:
            self.stdout.write("Nothing is wrong. Nothing was loaded: leave out --check to load it.")
