"""Who may AUTH: a file of names with scrypt hashes (RFC 7914), and the SASL responses that carry a password.

One account a line, `name:$scrypt$ln=15,r=8,p=1$SALT$HASH`, salt and hash in base64; empty lines and lines that begin
with `#` are skipped. `manage.py smtp_password NAME` makes a line.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from muniment.errors import Refused

_COST = (
    15  # 2**15 blocks of 1 KiB: 32 MiB and some 70 ms (OWASP's password storage cheat sheet: at least 2**15 with p=3)
)
_BLOCKS = 8
_PARALLEL = 3
_MAX_COST = 20  # 1 GiB: a file must not bring the process down
_SALT_BYTES = 16
_HASH_BYTES = 32
_LINE = re.compile(
    r"\$scrypt\$ln=(?P<cost>[0-9]{1,2}),r=(?P<blocks>[0-9]{1,2}),p=(?P<parallel>[0-9]{1,2})"
    r"\$(?P<salt>[A-Za-z0-9+/=]{8,})\$(?P<hash>[A-Za-z0-9+/=]{8,})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A password's scrypt hash with its parameters."""

    cost: int
    blocks: int
    parallel: int
    salt: bytes
    hash: bytes

    def matches(self, password: bytes) -> bool:
        """Say whether this is the password, in a time that does not depend on it: a good part of a second."""
        made = _scrypt(password, cost=self.cost, blocks=self.blocks, parallel=self.parallel, salt=self.salt)
        return hmac.compare_digest(made, self.hash)


def _scrypt(password: bytes, *, cost: int, blocks: int, parallel: int, salt: bytes) -> bytes:
    memory = 128 * blocks * (1 << cost) + 128 * blocks * parallel  # RFC 7914 section 2
    return hashlib.scrypt(password, salt=salt, n=1 << cost, r=blocks, p=parallel, maxmem=2 * memory, dklen=_HASH_BYTES)


def account_line(name: str, password: bytes, *, salt: bytes) -> str:
    """Return the line of the accounts file for this name and password; `salt` is 16 random bytes."""
    if not name or ":" in name or name != name.strip() or not name.isprintable() or name.startswith("#"):
        raise Refused("An account's name is printable text without a colon, and does not begin with # or a space.")
    made = _scrypt(password, cost=_COST, blocks=_BLOCKS, parallel=_PARALLEL, salt=salt)
    texts = (base64.b64encode(value).decode() for value in (salt, made))
    return f"{name}:$scrypt$ln={_COST},r={_BLOCKS},p={_PARALLEL}${'$'.join(texts)}"


class Accounts:
    """The accounts of one file."""

    def __init__(self, secrets: dict[bytes, Secret]) -> None:
        self._secrets = secrets
        # A name that does not exist costs as much time as one that does.
        self._nobody = next(iter(secrets.values()), None) or Secret(
            cost=_COST, blocks=_BLOCKS, parallel=_PARALLEL, salt=bytes(_SALT_BYTES), hash=bytes(_HASH_BYTES)
        )

        # A thread of its own, and one only: guesses must not take the threads that write the archive.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="smtp-auth")

    async def check(self, name: bytes, password: bytes) -> bool:
        """Say whether name and password belong together."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._check, name, password)

    def _check(self, name: bytes, password: bytes) -> bool:
        secret = self._secrets.get(name)
        matches = (secret or self._nobody).matches(password)
        return matches and secret is not None


def read_accounts(path: Path) -> Accounts:
    """Read the accounts file; raise `Refused` with the number of a line that is wrong, never its text."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"MUNIMENT_SMTP_USERS: {path} cannot be read: {type(error).__name__}.") from error
    secrets: dict[bytes, Secret] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, text = line.partition(":")
        secret = _read_secret(text.strip())
        if secret is None or not name or name.encode() in secrets:
            raise Refused(
                f"MUNIMENT_SMTP_USERS: line {number} of {path} is not `name:hash`, or its name comes twice."
                " `manage.py smtp_password NAME` makes a line."
            )
        secrets[name.encode()] = secret
    if not secrets:
        raise Refused(f"MUNIMENT_SMTP_USERS: {path} holds no account. `manage.py smtp_password NAME` makes a line.")
    return Accounts(secrets)


def _read_secret(text: str) -> Secret | None:
    match = _LINE.fullmatch(text)
    if match is None or not 1 <= int(match["cost"]) <= _MAX_COST or not int(match["blocks"]) * int(match["parallel"]):
        return None
    salt, made = read_base64(match["salt"].encode()), read_base64(match["hash"].encode())
    if salt is None or made is None or len(made) != _HASH_BYTES:
        return None
    return Secret(
        cost=int(match["cost"]), blocks=int(match["blocks"]), parallel=int(match["parallel"]), salt=salt, hash=made
    )


def read_base64(text: bytes) -> bytes | None:
    """Decode base64 strictly; None if it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def read_plain(response: bytes) -> tuple[bytes, bytes] | None:
    """Return name and password of a SASL PLAIN response (RFC 4616), decoded from base64; None if it is none.

    Nobody acts for somebody else here: an authorization identity must be empty or the name itself.
    """
    parts = response.split(b"\0")
    if len(parts) != 3:  # noqa: PLR2004
        return None
    on_behalf_of, name, password = parts
    if not name or on_behalf_of not in (b"", name):
        return None
    return name, password
