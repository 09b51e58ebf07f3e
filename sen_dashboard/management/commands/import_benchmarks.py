"""`import_benchmarks FOLDER`: what the Department for Education publishes about councils, into the store."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from sen_dashboard.benchmarking.importer import import_benchmarks
from sen_dashboard.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Read DfE's files of published figures and statistical neighbours in a folder into the store: all or none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder of DfE's files, as they are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError, for exit status 1, after listing what is wrong."""
        folder: Path = options["folder"]
        self.report(lambda progress: import_benchmarks(folder, progress=progress), options)
