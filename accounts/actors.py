"""Who acts when nobody is signed in: whoever runs a command on the archive's machine."""

import getpass
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Runs commands; `name` is the account of the operating system."""

    name: str

    @property
    def label(self) -> str:
        """What the audit trail calls this actor."""
        return f"command line: {self.name}"


def operator() -> Operator:
    """Return who runs this process."""
    try:
        return Operator(name=getpass.getuser())
    except (KeyError, OSError):  # a process of an account without a name
        return Operator(name="unknown")
