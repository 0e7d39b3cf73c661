"""A session's conversation, without the network: command lines and data in, answers out (RFC 5321, 2033, 3030).

`line` and `receive` answer at once with bytes, or with a coroutine that gives them when the archive or the password
check is done; the caller feeds nothing more until then.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

from archive.intake.port import Intake
from archive.intake.pressure import Pressure
from journaling.smtp import commands, replies
from journaling.smtp.access import is_within
from journaling.smtp.commands import Chunk, Wrong
from journaling.smtp.content import ChunkContent, DotContent
from journaling.smtp.delivery import conclude
from journaling.smtp.login import Login
from journaling.smtp.options import Listener, Options
from journaling.smtp.receiving import Receiving
from journaling.smtp.transaction import Transaction
from muniment.seal.sighting import Envelope

logger = logging.getLogger(__name__)

_EXTENSIONS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING", "BINARYMIME", "HELP")
_PARAMETER_REPLIES = {
    Wrong.SYNTAX: replies.BAD_PARAMETER,
    Wrong.VALUE: replies.BAD_PARAMETER,
    Wrong.UNKNOWN: replies.UNKNOWN_PARAMETER,
}
_PRESSURE_REPLIES = {Pressure.BEHIND: replies.BEHIND, Pressure.FULL: replies.DISK_FULL}

Reply = bytes | Awaitable[bytes] | None
Verb = Callable[["Session", bytes], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The client's end of the connection, as the network or a listed proxy says."""

    address: str
    port: int
    known: bool = True  # False: a proxy's own connection, or one whose client it does not know


class Session:
    """One client, from greeting to goodbye."""

    __slots__ = (
        "_chunk",
        "_closing",
        "_errors",
        "_extended",
        "_helo",
        "_intake",
        "_listener",
        "_login",
        "_options",
        "_peer",
        "_pressure",
        "_receiving",
        "_tls",
        "_transaction",
        "_trusted",
        "upgrading",
    )

    def __init__(
        self,
        *,
        options: Options,
        listener: Listener,
        intake: Intake,
        peer: Peer,
        pressure: Callable[[], Pressure] = lambda: Pressure.NONE,
    ) -> None:
        self._options = options
        self._listener = listener
        self._intake = intake
        self._pressure = pressure
        self._peer = peer
        self._trusted = peer.known and is_within(peer.address, options.networks)
        self._login = Login(options)
        self._helo = b""
        self._extended = False  # by EHLO or LHLO
        self._tls = ""
        self._errors = 0
        self._transaction: Transaction | None = None
        self._receiving: Receiving | None = None  # while data are coming
        self._chunk = Chunk(size_bytes=0, last=False)
        self._closing = False
        self.upgrading = False  # the TLS handshake follows the answer

    @property
    def closing(self) -> bool:
        """Whether the connection ends after the answer."""
        return self._closing or self._login.exhausted

    @property
    def receiving(self) -> bool:
        """Whether data are expected, not a command."""
        return self._receiving is not None

    @property
    def delivering(self) -> bool:
        """Whether a message is between DATA and its answer."""
        return self._receiving is not None or (self._transaction is not None and self._transaction.begun)

    @property
    def line_limit(self) -> int:
        """The longest line, in bytes with CRLF, that can be a command."""
        limits = self._options.limits
        return limits.auth_line_bytes if self._login.possible(self._tls) else limits.line_bytes

    def greeting(self) -> bytes:
        """Return the first answer."""
        if not self._trusted and self._peer.known and self._options.accounts is None:
            logger.warning("smtp.stranger_refused source=%s", self._listener.source)
            self._closing = True
            return replies.STRANGER
        return replies.greeting(self._options.hostname, lmtp=self._listener.lmtp)

    def line(self, line: bytes) -> Reply:
        """Answer one line, its line end included."""
        if not line.endswith(b"\r\n"):
            self._closing = True
            return replies.BARE_LINE_FEED
        reply = self._login.response(line[:-2]) if self._login.pending else self._command(line)
        return self.counted(reply) if isinstance(reply, bytes) else reply

    def _command(self, line: bytes) -> Reply:
        verb, argument = commands.split(line[:-2])
        if len(line) > self._options.limits.line_bytes and verb != b"AUTH":
            return replies.LINE_TOO_LONG
        act = (self._LMTP if self._listener.lmtp else self._SMTP).get(verb)
        if act is None or not commands.is_clean(argument):
            return replies.UNKNOWN_COMMAND
        return act(self, argument)

    def line_too_long(self) -> bytes:
        """Answer a line that was too long to be read."""
        self._login.cancel()
        return self.counted(replies.LINE_TOO_LONG)

    def counted(self, reply: bytes) -> bytes:
        """Count an error; the last one that is allowed ends the session."""
        if not reply.startswith(b"5"):
            return reply
        self._errors += 1
        if self._errors < self._options.limits.errors or self._closing:
            return reply
        self._closing = True
        return reply + replies.TOO_MANY_ERRORS

    def receive(self, data: bytes, start: int) -> tuple[int, Reply]:
        """Take data from `data[start:]`; return where the rest begins, and the answer if the data are complete."""
        receiving = self._receiving
        if receiving is None:
            return start, None
        position = receiving.feed(data, start)
        content = receiving.content
        if not content.complete:
            return position, None
        self._receiving = None
        if isinstance(content, DotContent):
            return position, self._data_received(content, receiving.refusal)
        return position, self._chunk_received(content, receiving.refusal)

    def _data_received(self, content: DotContent, refusal: bytes) -> Reply:
        transaction, self._transaction = self._transaction, None
        if transaction is None:
            return refusal
        return self._conclude(transaction, content, refusal)

    def _chunk_received(self, content: ChunkContent, refusal: bytes) -> Reply:
        transaction = self._transaction
        if transaction is None or not transaction.recipients:
            return self.counted(refusal)
        if self._chunk.last:
            self._transaction = None
            return self._conclude(transaction, content, refusal)
        transaction.refusal = refusal
        return refusal or replies.chunk_taken(self._chunk.size_bytes)

    def _conclude(self, transaction: Transaction, content: DotContent | ChunkContent, refusal: bytes) -> Reply:
        return conclude(
            transaction,
            content,
            refusal,
            envelope=self._envelope(transaction),
            listener=self._listener,
            options=self._options,
        )

    def _envelope(self, transaction: Transaction) -> Envelope:
        return Envelope(
            mail_from=transaction.sender.address,
            mail_parameters=transaction.sender.parameters,
            recipients=tuple(transaction.recipients),
            protocol=self._protocol(utf8=transaction.declared.utf8),
            helo=self._helo,
            client_address=self._peer.address,
            client_port=self._peer.port,
            tls=self._tls,
            authenticated_as=self._login.name.decode("utf-8", "replace"),
        )

    def _protocol(self, *, utf8: bool) -> str:
        """Return the keyword of RFC 3848, or RFC 6531 section 4.3."""
        name = "LMTP" if self._listener.lmtp else "SMTP"
        secured = bool(self._tls) or bool(self._login.name)
        if utf8:
            name = f"UTF8{name}"
        elif not self._listener.lmtp and (self._extended or secured):
            name = "ESMTP"
        return name + ("S" if self._tls else "") + ("A" if self._login.name else "")

    def secured(self, tls: str) -> None:
        """Begin again after the TLS handshake: nothing said in clear counts (RFC 3207 section 4.2)."""
        self.reset()
        self._helo, self._tls, self.upgrading = b"", tls, False

    def reset(self) -> None:
        """Drop the transaction: RSET, a new EHLO, or the connection is gone."""
        if self._transaction is not None:
            self._transaction.drop()
        self._transaction = self._receiving = None

    # The verbs

    def _hello(self, argument: bytes) -> Reply:
        if not argument:
            return replies.NAME_NEEDED
        self.reset()
        self._helo, self._extended = argument, False
        return replies.hello(self._options.hostname)

    def _extended_hello(self, argument: bytes) -> Reply:
        if not argument:
            return replies.NAME_NEEDED
        self.reset()
        self._helo, self._extended = argument, True
        extensions = [*_EXTENSIONS, f"SIZE {self._options.limits.message_bytes}"]
        if self._options.tls is not None and not self._tls:
            extensions.append("STARTTLS")
        if self._login.possible(self._tls):
            extensions.append("AUTH PLAIN LOGIN")
        return replies.hello(self._options.hostname, tuple(extensions))

    def _mail(self, argument: bytes) -> Reply:
        if not self._helo:
            return replies.HELLO_FIRST
        if not self._peer.known:
            return replies.NO_CLIENT
        if not self._trusted and not self._login.name:
            return replies.LOGIN_NEEDED
        if self._transaction is not None:
            return replies.MAIL_TWICE
        path = commands.read_path(argument, b"FROM:")
        if isinstance(path, Wrong):
            return replies.BAD_MAIL
        declared = commands.check_mail_parameters(path.parameters)
        if isinstance(declared, Wrong):
            return _PARAMETER_REPLIES[declared]
        if declared.size_bytes > self._options.limits.message_bytes:
            return replies.TOO_LARGE
        if (pressure := self._pressure()) is not Pressure.NONE:
            return _PRESSURE_REPLIES[pressure]
        # A look only: the room is taken at DATA, so that nobody holds it by talking.
        if not self._intake.reserve(declared.size_bytes):
            return replies.NO_ROOM
        self._intake.release(declared.size_bytes)
        self._transaction = Transaction(self._intake, path, declared)
        return replies.SENDER_OK

    def _recipient(self, argument: bytes) -> Reply:
        transaction = self._transaction
        if transaction is None:
            return replies.MAIL_FIRST
        if transaction.begun:
            return replies.IN_TRANSACTION
        path = commands.read_path(argument, b"TO:")
        if isinstance(path, Wrong):
            return replies.BAD_RECIPIENT
        if not path.address:
            return replies.EMPTY_RECIPIENT
        wrong = commands.check_recipient_parameters(path.parameters)
        if wrong is not None:
            return _PARAMETER_REPLIES[wrong]
        if len(transaction.recipients) >= self._options.limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        return replies.RECIPIENT_OK if transaction.add(path) else replies.NO_ROOM

    def _data(self, argument: bytes) -> Reply:
        transaction = self._transaction
        if argument:
            return replies.NO_ARGUMENT
        if transaction is None:
            return replies.MAIL_FIRST
        if not transaction.recipients:
            return replies.RECIPIENT_FIRST
        if transaction.begun or transaction.declared.binary:
            return replies.DATA_AFTER_CHUNKS
        if not transaction.hold(transaction.declared.size_bytes):
            return replies.NO_ROOM
        transaction.begin()
        self._receive(DotContent(), transaction)
        return replies.START_DATA

    def _chunk_follows(self, argument: bytes) -> Reply:
        chunk = commands.read_chunk(argument)
        if chunk is None:
            self._closing = True
            return replies.BAD_CHUNK
        self._chunk = chunk
        transaction = self._transaction
        refusal = self._chunk_refusal(transaction)
        content = transaction.chunks if transaction is not None and transaction.chunks else ChunkContent()
        content.expect(chunk.size_bytes)
        if transaction is not None and not refusal:
            transaction.chunks = content
            transaction.begin()
        if not content.complete:
            self._receive(content, transaction, refusal)
            return None
        return self._chunk_received(content, refusal)

    def _chunk_refusal(self, transaction: Transaction | None) -> bytes:
        if transaction is None:
            return replies.MAIL_FIRST
        if not transaction.recipients:
            return replies.RECIPIENT_FIRST
        return transaction.refusal

    def _receive(
        self, content: DotContent | ChunkContent, transaction: Transaction | None, refusal: bytes = b""
    ) -> None:
        most = self._options.limits.message_bytes
        self._receiving = Receiving(content, transaction, message_bytes=most, refusal=refusal)

    def _reset(self, argument: bytes) -> Reply:
        if argument:
            return replies.NO_ARGUMENT
        self.reset()
        return replies.OK

    def _start_tls(self, argument: bytes) -> Reply:
        if self._options.tls is None:
            return replies.NOT_OFFERED
        if argument:
            return replies.NO_ARGUMENT
        if self._tls:
            return replies.TLS_ACTIVE
        self.upgrading = True
        return replies.START_TLS

    def _auth(self, argument: bytes) -> Reply:
        if not self._helo:
            return replies.HELLO_FIRST
        if self._transaction is not None:
            return replies.IN_TRANSACTION
        return self._login.start(argument, self._tls)

    def _quit(self, _argument: bytes) -> Reply:
        self._closing = True
        return replies.BYE

    # Both protocols differ in their greeting alone (RFC 2033 section 4.1).
    _COMMON: ClassVar[dict[bytes, Verb]] = {
        b"MAIL": _mail,
        b"RCPT": _recipient,
        b"DATA": _data,
        b"BDAT": _chunk_follows,
        b"RSET": _reset,
        b"NOOP": lambda _session, _argument: replies.OK,
        b"VRFY": lambda _session, _argument: replies.CANNOT_VERIFY,
        b"EXPN": lambda _session, _argument: replies.NOT_OFFERED,
        b"HELP": lambda _session, _argument: replies.HELP,
        b"STARTTLS": _start_tls,
        b"AUTH": _auth,
        b"QUIT": _quit,
    }
    _SMTP: ClassVar[dict[bytes, Verb]] = _COMMON | {b"HELO": _hello, b"EHLO": _extended_hello}
    _LMTP: ClassVar[dict[bytes, Verb]] = _COMMON | {b"LHLO": _extended_hello}
