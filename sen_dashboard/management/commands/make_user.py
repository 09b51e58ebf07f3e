"""`make_user`: make an account with one role, its password typed or read from standard input."""

import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.services import make_user


class Command(BaseCommand):
    help = "Make an account with one role. Asks for the password, or reads a line of standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the person signs in with")
        parser.add_argument("--role", required=True, choices=[role.slug for role in Role])

    def handle(self, *args: Any, **options: Any) -> None:
        role = Role.from_slug(options["role"])
        try:
            make_user(name=options["name"], role=role, password=self.password())
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        self.stdout.write(f"{options['name']} can sign in as {role}.")

    def password(self) -> str:
        """Return the password. Raises CommandError if it is typed differently twice: nobody sees what they type."""
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass("Password: ")
        if getpass("Password again: ") != first:
            raise CommandError("The two passwords differ.")
        return first
