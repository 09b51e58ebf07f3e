"""`import_benchmarks PATH [--edition YYYY-MM]`: load statistics of the Department for Education (DfE)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from sen_dashboard.benchmarking.importer import import_benchmarks
from sen_dashboard.importing.command import ImportCommand
from sen_dashboard.importing.problems import ImportReport, Progress


class Command(ImportCommand):
    help = "Read DfE's files of published figures and statistical neighbours into the store: all or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, help="the zip as it was downloaded, its folder, or any folder of DfE's files"
        )
        parser.add_argument(
            "--edition",
            default="",
            metavar="YYYY-MM",
            help="the month of publication: asked for where figures held would change; an older one changes none",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError, for exit status 1, after listing what is wrong."""

        def load(progress: Progress) -> ImportReport:
            return import_benchmarks(options["path"], edition=options["edition"], progress=progress)

        self.report(load, options)
