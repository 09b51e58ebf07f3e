"""`make_dataset FOLDER [--scale N] [--seed N]`: write a fictional council's records in the data contract's format."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from sen_dashboard.demonstration import council, writer


class Command(BaseCommand):
    """Writes the demonstration data set."""

    help = "Writes a fictional council's data set, April 2013 to 31 March 2019, as CSV files into an empty FOLDER."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = council.DEFAULT_SEED
        parser.add_argument("folder", type=Path, help="an empty or new folder")
        parser.add_argument(
            "--scale", type=int, default=1, help="councils of 12,000 plans to write (default 1)"
        )
        parser.add_argument(
            "--seed", type=int, default=default, help=f"another seed makes other records (default {default})"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        scale: int = options["scale"]
        if scale < 1:
            raise CommandError("--scale must be a whole number from 1 on.")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} exists and is not an empty folder; give the name of a new one.")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"{folder} cannot be made: {error.strerror}.") from error
        quiet = options["verbosity"] == 0
        with tqdm(total=scale * writer.PARTS, desc="Making the data set", unit="step", disable=quiet) as bar:
            rows = writer.write_dataset(folder, scale, options["seed"], bar.update)
        for name, number in rows.items():
            self.stdout.write(f"{name}.csv: {number:,} rows")
