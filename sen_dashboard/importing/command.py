"""What the commands that import files have in common: a progress bar, warnings, problems and the report."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from sen_dashboard.importing.problems import DatasetError, ImportReport, Progress


class ImportCommand(BaseCommand):
    """A command that loads all files or none."""

    def report(self, load: Callable[[Progress], ImportReport], options: dict[str, Any]) -> ImportReport:
        """Load with a progress bar, then say what was loaded, a line for each file.

        Raises CommandError, for exit status 1, after listing what is wrong.
        """
        hidden = True if options["verbosity"] == 0 else None  # None: shown on a terminal only
        try:
            with tqdm(unit="B", unit_scale=True, disable=hidden, leave=False) as bar:

                def progress(step: str, done: int, total: int) -> None:
                    bar.total = total
                    bar.set_description(step, refresh=False)
                    bar.update(done - bar.n)

                report = load(progress)
        except DatasetError as error:
            self.warn(error.warnings)
            for line in error.lines():
                self.stderr.write(line)
            raise CommandError("Nothing was loaded.") from None
        self.warn(report.warnings)
        for line in report.lines():
            self.stdout.write(line)
        return report

    def warn(self, warnings: tuple[str, ...]) -> None:
        for warning in warnings:
            self.stderr.write(f"Warning: {warning}")
