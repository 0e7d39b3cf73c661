"""The limits that a child puts on itself before it reads a byte from outside.

    memory      RLIMIT_AS: an allocation past it fails
    processor   RLIMIT_CPU: soft per document, hard for the child's life, so that an orphan ends by itself
    files       RLIMIT_FSIZE 0 (none is written), RLIMIT_NOFILE, RLIMIT_CORE 0
    processes   RLIMIT_NPROC 0 (Linux does not hold root to it)
    privileges  no_new_privs: no set-user-id program raises them
    network     a network namespace of its own, empty, where Linux allows it: as root, or with user namespaces
    file system only Python, its packages and this package can be read (Landlock, Linux 5.13 and later)

The last two depend on the kernel; `Isolation` tells what took hold. Where files are not hidden, a child in an
attacker's hands reads what its account may read: run the workers in a container that has nothing else.
"""

import ctypes
import math
import os
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from muniment.extract.landlock import hide

MAX_OPEN_FILES: Final = 32
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h
_CLONE_NEWUSER: Final = 0x10000000  # linux/sched.h
_CLONE_NEWNET: Final = 0x40000000


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What the kernel granted beyond the limits that every Unix has."""

    network_cut: bool
    files_hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cage:
    """What one child may use."""

    memory_bytes: int
    cpu_seconds: int  # one document
    life_cpu_seconds: int  # all its documents


def shut(cage: Cage) -> Isolation:
    """Apply the limits to this process, for good; return what the kernel granted."""
    _keep_privileges_down()
    isolation = Isolation(network_cut=_cut_network(), files_hidden=hide(_readable()))
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, cage.memory_bytes),
        (resource.RLIMIT_CPU, cage.life_cpu_seconds),
    ):
        _lower(limit, value)
    return isolation


def allow_document(cage: Cage) -> None:
    """Set the processor time of the next document, counted from now."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(usage.ru_utime + usage.ru_stime) + cage.cpu_seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _readable() -> list[Path]:
    """Python and its packages, this package, and what PDFium and calendars look up: fonts and time zones."""
    here = Path(__file__).resolve().parents[1]
    return [Path(sys.prefix), Path(sys.base_prefix), here, Path("/usr/share/fonts"), Path("/usr/share/zoneinfo")]


def _lower(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(limit, (value, value))


def _keep_privileges_down() -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _cut_network() -> bool:
    flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).unshare(flags) == 0)
    return False
