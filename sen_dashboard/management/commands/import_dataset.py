"""`import_dataset FOLDER [--check]`: a data set's records into the store."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from sen_dashboard.datasets import DatasetError, import_dataset


class Command(BaseCommand):
    help = (
        "Read the records of a data set, a folder of CSV files or a zip of it, into the store: all or none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder, or a zip of it")
        parser.add_argument("--check", action="store_true", help="only look for problems, load nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError, for exit status 1, after listing what is wrong."""
        hidden = True if options["verbosity"] == 0 else None  # None: shown on a terminal only
        try:
            with tqdm(unit="B", unit_scale=True, disable=hidden, leave=False) as bar:

                def progress(step: str, done: int, total: int) -> None:
                    bar.total = total
                    bar.set_description(step, refresh=False)
                    bar.update(done - bar.n)

                report = import_dataset(options["folder"], check_only=options["check"], progress=progress)
        except DatasetError as error:
            self.warn(error.warnings)
            for line in error.lines():
                self.stderr.write(line)
            raise CommandError("Nothing was loaded.") from None
        self.warn(report.warnings)
        for line in report.lines():
            self.stdout.write(line)
        if not report.loaded:
            self.stdout.write("Nothing is wrong. Nothing was loaded: leave out --check to load it.")

    def warn(self, warnings: tuple[str, ...]) -> None:
        for warning in warnings:
            self.stderr.write(f"Warning: {warning}")
