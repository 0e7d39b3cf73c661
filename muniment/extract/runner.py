"""A pool of limited child processes that draw text from attachments.

Attachments are hostile: a document may crash a library, eat memory or never end. It then takes its child with it,
not the worker. Children are reused, and replaced after a crash, a timeout or a number of documents.
"""

import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from muniment.errors import Refused, Transient
from muniment.extract import wire
from muniment.extract.cage import Cage, Isolation
from muniment.extract.model import Extraction, Outcome
from muniment.extract.reading import MIB, Limits

MEMORY_BYTES: Final = 1024 * MIB
TIMEOUT_SECONDS: Final = 20.0
START_SECONDS: Final = 60.0  # imports on a busy machine; measured 0.4 s on an idle one
DOCUMENTS_PER_CHILD: Final = 500  # bounds what a leak or a silent compromise can touch
_READ_BYTES: Final = 1024 * 1024
_WRITE_BYTES: Final = 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How children run: their limits, and what one document may cost."""

    timeout_seconds: float = TIMEOUT_SECONDS
    memory_bytes: int = MEMORY_BYTES
    documents_per_child: int = DOCUMENTS_PER_CHILD
    limits: Limits = field(default_factory=Limits)

    def cage(self) -> Cage:
        """Return the limits of one child."""
        cpu_seconds = int(self.timeout_seconds) + 1
        return Cage(
            memory_bytes=self.memory_bytes,
            cpu_seconds=cpu_seconds,
            life_cpu_seconds=cpu_seconds * (self.documents_per_child + 1),
        )


class Extractor:
    """Draws text from attachments in `processes` children at a time.

    A context manager; safe to share by threads, not across a fork: open it in the process that uses it. Children start
    with the first document.
    """

    def __init__(self, *, processes: int = 1, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._slots: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._processes = processes
        self._closed = threading.Event()
        for _ in range(processes):
            self._slots.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the children, after the documents that are being read."""
        if self._closed.is_set():
            return
        self._closed.set()
        children = [self._slots.get() for _ in range(self._processes)]
        for child in children:
            if child is not None:
                child.end()
            self._slots.put(None)  # whoever waits for a child is told

    def extract(self, content: bytes, *, content_type: str, filename: str) -> Extraction:
        """Draw the text from one attachment; waits for a free child.

        Whatever the content, the answer is an Extraction. Raises Transient when no child can be started, and Refused
        after `close`: neither says anything about the content.
        """
        limits = self._rules.limits
        if len(content) > limits.input_bytes:
            return Extraction(
                outcome=Outcome.TOO_LARGE, detail=f"It is larger than {limits.input_bytes // MIB} MiB and was not read."
            )
        with self._child(fresh=False) as child:
            used = child.used()
            extraction = child.read(content, content_type=content_type, filename=filename)
        if extraction.outcome is not Outcome.FAILED or not used:
            return extraction
        # An earlier document may have left that child sick: only the death of a fresh one blames this document.
        with self._child(fresh=True) as child:
            return child.read(content, content_type=content_type, filename=filename)

    @contextmanager
    def _child(self, *, fresh: bool) -> Iterator["_Child"]:
        """Lend a free child, waiting for one; a spent one is replaced first."""
        child = self._slots.get()
        try:
            if self._closed.is_set():
                raise Refused("The extractor is closed; open another one to read attachments.")
            if child is not None and (fresh or child.spent()):
                child.end()
                child = None
            if child is None:
                child = _Child(self._rules)
            yield child
        finally:
            self._slots.put(child)

    def isolation(self) -> Isolation:
        """Return what this machine grants the children; starts one when there is none. Raises Transient."""
        with self._child(fresh=False) as child:
            return child.isolation

    def pids(self) -> tuple[int, ...]:
        """Return the process ids of the idle children."""
        with self._slots.mutex:
            return tuple(child.pid for child in self._slots.queue if child is not None)


class _Child:
    """One child process and its private directory."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._documents = 0
        self._broken = False
        self._folder = tempfile.mkdtemp(prefix="muniment-extract-")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-BPs", "-m", "muniment.extract.child", *wire.arguments(rules.cage(), rules.limits)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd=self._folder,
                env={"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
                start_new_session=True,
            )
        except OSError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Transient("No process to read attachments could be started; try again.") from error
        self.pid = self._process.pid
        self._pipe = _Pipe(self._process)
        self.isolation = self._greeted()

    def _greeted(self) -> Isolation:
        try:
            self._pipe.begin([], time.monotonic() + START_SECONDS)
            return wire.read_greeting(self._pipe.take(wire.header_size(self._pipe.take(wire.prefix_bytes()))))
        except (_Late, _Gone, wire.BadFrame) as error:
            self.end()
            raise Transient("The process to read attachments did not start; see `manage.py check`.") from error

    def used(self) -> bool:
        """Return whether it has read a document before."""
        return self._documents > 0

    def spent(self) -> bool:
        """Return whether the next document needs another child."""
        return self._broken or self._documents >= self._rules.documents_per_child or self._process.poll() is not None

    def read(self, content: bytes, *, content_type: str, filename: str) -> Extraction:
        """Send one document and wait for its answer, at most the timeout."""
        self._documents += 1
        self._broken = True  # until a whole answer is here
        try:
            extraction = self._exchange(content, content_type=content_type, filename=filename)
        except _Late:
            self.end()
            return Extraction(
                outcome=Outcome.TIMEOUT, detail=f"Reading took more than {self._rules.timeout_seconds:g} s."
            )
        except wire.BadFrame:
            self.end()
            return Extraction(outcome=Outcome.FAILED, detail="The process that read it gave no sound answer.")
        except _Gone:
            return self._gone()
        self._broken = False
        if extraction.outcome is Outcome.FAILED or self.spent():
            self.end()
        return extraction

    def _exchange(self, content: bytes, *, content_type: str, filename: str) -> Extraction:
        pipe, limits = self._pipe, self._rules.limits
        header = wire.request(content, content_type=content_type, filename=filename)
        pipe.begin([header, content], time.monotonic() + self._rules.timeout_seconds)
        answer = pipe.take(wire.header_size(pipe.take(wire.prefix_bytes())))
        text = pipe.take(wire.text_size(answer, limits))
        if pipe.unasked():
            raise wire.BadFrame
        return wire.read_answer(answer, text, limits)

    def _gone(self) -> Extraction:
        self.end()
        if self._process.returncode == -signal.SIGXCPU:
            return Extraction(outcome=Outcome.TIMEOUT, detail="Reading took more processor time than is allowed.")
        return Extraction(outcome=Outcome.FAILED, detail="The process that read it died: a crash, or out of memory.")

    def end(self) -> None:
        """Kill the child with its group and remove its directory. May be called twice."""
        self._broken = True
        if self._process.returncode is None:
            if self._process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Late(Exception):
    """The deadline passed."""


class _Gone(Exception):
    """The child closed its end."""


class _Pipe:
    """Both pipes of a child, without ever waiting past a deadline, whichever way the child is stuck."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._in, self._out = (stream.fileno() for stream in (process.stdin, process.stdout) if stream is not None)
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._outgoing: list[memoryview] = []
        self._incoming = bytearray()
        self._deadline = 0.0

    def begin(self, outgoing: list[bytes], deadline: float) -> None:
        """Start an exchange: what goes out, and until when (monotonic clock)."""
        self._outgoing = [memoryview(piece) for piece in reversed(outgoing) if piece]
        self._deadline = deadline

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes from the child, sending meanwhile. Raises _Late, _Gone."""
        while len(self._incoming) < size:
            self._step()
        taken = bytes(self._incoming[:size])
        del self._incoming[:size]
        return taken

    def unasked(self) -> bool:
        """Return whether the child sent more than its answer, or answered before it had the whole document."""
        return bool(self._incoming or self._outgoing)

    def _step(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise _Late
        poll = select.poll()
        poll.register(self._out, select.POLLIN)
        if self._outgoing:
            poll.register(self._in, select.POLLOUT)
        ready = dict(poll.poll(left * 1000))
        try:
            if self._out in ready:
                self._receive()
            elif self._in in ready:
                self._send()
        except BlockingIOError:
            return
        except OSError as error:
            raise _Gone from error

    def _send(self) -> None:
        piece = self._outgoing.pop()
        try:
            rest = piece[os.write(self._in, piece[:_WRITE_BYTES]) :]
        except BlockingIOError:
            rest = piece
        if rest:
            self._outgoing.append(rest)

    def _receive(self) -> None:
        chunk = os.read(self._out, _READ_BYTES)
        if not chunk:
            raise _Gone
        self._incoming += chunk
