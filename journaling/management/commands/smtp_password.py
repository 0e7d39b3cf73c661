"""`manage.py smtp_password NAME`: make a line for the file that MUNIMENT_SMTP_USERS names."""

import getpass
import os
import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser

from journaling.smtp.accounts import account_line
from muniment.errors import Refused

_SALT_BYTES = 16  # NIST SP 800-132 section 5.1: at least 128 bits


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Print the line of MUNIMENT_SMTP_USERS' file for an account. The password is asked for, or read from standard"
        " input when that is not a terminal."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name that the mail system will authenticate with")

    def handle(self, *_args, **options) -> None:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("The password is empty.", returncode=2)
        try:
            line = account_line(options["name"], password.encode(), salt=os.urandom(_SALT_BYTES))
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from refused
        self.stdout.write(line)
