"""Hide the file system from this process by Landlock (Linux 5.13 and later, any user): linux/landlock.h by ctypes.

After `hide` only what lies beneath the given folders can be read; nothing can be written, made, removed or executed,
and from Linux 6.7 on no TCP port be bound or connected to. It cannot be undone.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_CREATE_RULESET: Final = 444  # the same numbers on every architecture (asm-generic/unistd.h)
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_ASK_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_READ: Final = (1 << 2) | (1 << 3)  # files, folders
# Version of the interface → file rights that it knows, as a mask.
_FILE_RIGHTS: Final = ((1, (1 << 13) - 1), (2, (1 << 14) - 1), (3, (1 << 15) - 1), (5, (1 << 16) - 1))
_TCP_RIGHTS: Final = ((4, 0b11),)  # bind, connect


def hide(readable: Iterable[Path]) -> bool:
    """Leave only the given folders to this process, for reading; return False where the kernel cannot.

    The process must have set no_new_privs.
    """
    with suppress(OSError, AttributeError):
        kernel = ctypes.CDLL(None, use_errno=True)
        version = kernel.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
        if version < 1:
            return False
        attributes = struct.pack("=QQ", _known(_FILE_RIGHTS, version), _known(_TCP_RIGHTS, version))
        if version < _TCP_RIGHTS[0][0]:
            attributes = attributes[:8]  # the kernel refuses fields that it does not know
        ruleset = kernel.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
        if ruleset < 0:
            return False
        try:
            for folder in readable:
                _allow(kernel, ruleset, folder)
            return bool(kernel.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
        finally:
            os.close(ruleset)
    return False


def _allow(kernel: ctypes.CDLL, ruleset: int, folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", _READ, descriptor), 0)
    finally:
        os.close(descriptor)


def _known(rights: Iterable[tuple[int, int]], version: int) -> int:
    return max((mask for since, mask in rights if since <= version), default=0)
