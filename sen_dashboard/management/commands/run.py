"""`run`: run the whole dashboard with one command."""

import tempfile
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from placements.models import Child
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.services import (
    DemonstrationAccount,
    has_demonstration_accounts,
    make_demonstration_accounts,
)
from sen_dashboard.benchmarking.models import PublishedValue
from sen_dashboard.benchmarking.sources import SHIPPED_EDITION
from sen_dashboard.management.demonstration import add_what_no_file_holds, first_day
from sen_dashboard.running.serving import (
    HOST,
    StopRequest,
    collect_static,
    forget_interruption,
    listen,
    serve,
)
from sen_dashboard.running.working import worker
from sen_dashboard.store.database import open_store

FIRST_ADMINISTRATOR = (
    "Make the first account with: .venv/bin/python manage.py make_user NAME --role administrator"
)


def where_to_look(sign_in_hint: str) -> str:
    """Return the last line of a start: the address to open, or the address for the proxy in front."""
    if settings.HTTPS:
        return f"Listening on {HOST}:{settings.PORT} for the proxy that speaks HTTPS (Ctrl-C stops)"
    return f"Open http://{HOST}:{settings.PORT} and sign in{sign_in_hint} (Ctrl-C stops)"


class Command(BaseCommand):
    help = "Start the store, bring it up to date, serve the pages and work off the queue until Ctrl-C."
    requires_system_checks: tuple[str, ...] = ()  # `make check` runs them; a start should be quick

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-worker", action="store_true", help="leave the queue to a worker started by other means"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises SetUpError when the port or the store is not available."""
        stop = StopRequest()
        stop.listen()
        try:
            with listen(settings.PORT) as listener:
                self.say("Starting PostgreSQL" if settings.EMBEDDED_STORE else "Connecting to PostgreSQL")
                with open_store():
                    try:
                        hint = self.prepare()
                    finally:
                        stop.only_remember()
                    if not stop.made:
                        self.say(where_to_look(hint))
                        with nullcontext() if options["no_worker"] else worker():
                            serve(listener, stop)
        except (KeyboardInterrupt, Exception):
            if not stop.made:
                raise
            forget_interruption()
        self.say("Stopped")

    def prepare(self) -> str:
        """Prepare tables, records, accounts and static files so that pages can be served.

        Returns how to sign in, for the last line.
        """
        self.say("Bringing the tables up to date")
        call_command("migrate", verbosity=0)
        self.published_figures()
        accounts = self.demonstration() if settings.EMBEDDED_STORE else []
        collect_static()
        if accounts:
            self.print_accounts(accounts)
            return f" as {accounts[0].name}, or another of these accounts, with the password beside it"
        if not User.objects.exists():
            self.say(FIRST_ADMINISTRATOR)
        return ""

    def published_figures(self) -> None:
        """Fill an empty table of benchmarks from the copy of DfE's files that comes with the program."""
        if not PublishedValue.objects.exists():
            self.say("Loading the published figures for the benchmarks")
            call_command(
                "import_benchmarks", settings.BASE_DIR / "fixtures" / "benchmarks", edition=SHIPPED_EDITION
            )

    def demonstration(self) -> list[DemonstrationAccount]:
        """Fill an empty store with invented records; return the accounts that may be shown, if any.

        The accounts come first: the import is one transaction, so a store with the records has the accounts as well,
        and a store without records, even after an interruption, is filled by the next start.
        """
        if not School.objects.exists() and not Child.objects.exists():
            accounts = make_demonstration_accounts()
            with tempfile.TemporaryDirectory() as folder:
                self.say("Writing the demonstration data set")
                call_command("make_dataset", folder)
                self.say("Importing it")
                with first_day():
                    call_command("import_dataset", folder)
                    add_what_no_file_holds()
            return accounts
        return make_demonstration_accounts() if has_demonstration_accounts() else []

    def print_accounts(self, accounts: list[DemonstrationAccount]) -> None:
        width = max(len(account.name) for account in accounts)
        self.say("")
        self.say(f"{'Account':{width}}  {'Role':13}  Password")
        for account in accounts:
            self.say(f"{account.name:{width}}  {account.role.value:13}  {account.password}")
        self.say("")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
