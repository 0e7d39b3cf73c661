"""Group commit: messages that wait together share one segment and one PUT (DESIGN.md section 4).

A batch is flushed when every open transaction waits for its answer, or 200 ms after its first message, or at 8 MiB or
1,000 messages, whichever comes first; while a PUT is under way the next batch gathers.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from archive.intake.port import Captured, IntakeUnavailable
from muniment.errors import MunimentError
from muniment.ids import SegmentId
from muniment.seal.sighting import Sighting
from muniment.seal.vault import Vault

log = logging.getLogger(__name__)

MAX_BATCH_BYTES: Final = 8 * 1024 * 1024
MAX_BATCH_MESSAGES: Final = 1_000
MAX_WAIT_SECONDS: Final = 0.2
FAILING_SECONDS: Final = 10.0  # how long a failure is taken for the present state: no mail comes that would tell better
GATHER_SECONDS: Final = 0.2  # segments sealed within this time are told together: a task costs more than a segment


@dataclass(frozen=True, slots=True)
class _Waiting:
    captured: Captured
    answer: asyncio.Future[None]


class GroupCommit:
    """An `Intake` that seals into a vault. Make it inside the running event loop; `close` it at the end.

    `sealed` is told the ids of durable segments, as many as there are since it was told last, in a thread of its own;
    what it raises is logged and harms nothing, since the sweep finds the segments.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        budget_bytes: int,
        sealed: Callable[[Sequence[SegmentId]], None] = lambda _segments: None,
    ) -> None:
        self._vault = vault
        self._sealed = sealed
        self._budget = budget_bytes
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="seal")
        self._notify = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sealed")
        self._untold: list[SegmentId] = []
        self._untold_lock = threading.Lock()
        self._open = 0
        self._batch: list[_Waiting] = []
        self._batch_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._due = False
        self._sealing = False
        self._failing_until = 0.0

    @property
    def failing(self) -> bool:
        return self._loop.time() < self._failing_until

    def begin(self) -> None:
        self._open += 1

    def abandon(self) -> None:
        self._open -= 1
        self._flush_if_due()

    def reserve(self, size_bytes: int) -> bool:
        if size_bytes > self._budget:
            return False
        self._budget -= size_bytes
        return True

    def release(self, size_bytes: int) -> None:
        self._budget += size_bytes

    async def accept(self, captured: Captured) -> None:
        answer: asyncio.Future[None] = self._loop.create_future()
        self._batch.append(_Waiting(captured, answer))
        self._batch_bytes += len(captured.raw)
        if self._timer is None:
            self._timer = self._loop.call_later(MAX_WAIT_SECONDS, self._flush_now)
        self._flush_if_due()
        await answer

    async def close(self) -> None:
        """Wait until what was accepted is sealed and told; new messages must have stopped before."""
        while self._batch or self._sealing:
            self._flush_now()
            await asyncio.sleep(0.01)
        await asyncio.to_thread(self._thread.shutdown)
        await asyncio.to_thread(self._notify.shutdown)

    def _flush_now(self) -> None:
        self._due = True
        self._flush_if_due()

    def _flush_if_due(self) -> None:
        if self._sealing or not self._batch:
            return
        full = self._batch_bytes >= MAX_BATCH_BYTES or len(self._batch) >= MAX_BATCH_MESSAGES
        if not (self._due or full or len(self._batch) >= self._open):
            return
        batch = self._take()
        self._sealing = True
        self._loop.run_in_executor(self._thread, self._seal, batch)

    def _take(self) -> list[_Waiting]:
        """Take what fits one segment; the rest stays for the next PUT."""
        size = count = 0
        for waiting in self._batch[:MAX_BATCH_MESSAGES]:
            if count and size + len(waiting.captured.raw) > MAX_BATCH_BYTES:
                break
            size += len(waiting.captured.raw)
            count += 1
        batch, self._batch = self._batch[:count], self._batch[count:]
        self._batch_bytes -= size
        self._due = False
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(MAX_WAIT_SECONDS, self._flush_now) if self._batch else None
        return batch

    def _seal(self, batch: list[_Waiting]) -> None:
        """Seal one batch, in the sealing thread; every exception reaches the waiting sessions as 451."""
        try:
            segment = self._vault.seal([self._sighting(waiting.captured) for waiting in batch])
        except (MunimentError, OSError) as error:
            log.error("seal-failed messages=%d reason=%s", len(batch), error)  # noqa: TRY400 - the reason is enough
            self._loop.call_soon_threadsafe(self._answer, batch, IntakeUnavailable("the store did not take the batch"))
            return
        except BaseException as error:
            log.exception("seal-failed messages=%d", len(batch))
            self._loop.call_soon_threadsafe(self._answer, batch, IntakeUnavailable(repr(error)))
            raise
        self._loop.call_soon_threadsafe(self._answer, batch, None)
        with self._untold_lock:
            self._untold.append(segment.segment_id)
            first = len(self._untold) == 1
        if first:
            self._notify.submit(self._tell)

    def _sighting(self, captured: Captured) -> Sighting:
        return Sighting(
            id=self._vault.new_sighting_id(),
            source=captured.source,
            captured_at=self._vault.now(),
            raw=captured.raw,
            envelope=captured.envelope,
            verdicts=captured.verdicts,
        )

    def _answer(self, batch: list[_Waiting], error: IntakeUnavailable | None) -> None:
        self._sealing = False
        self._failing_until = self._loop.time() + FAILING_SECONDS if error else 0.0
        self._open -= len(batch)
        for waiting in batch:
            if waiting.answer.done():
                continue
            if error is None:
                waiting.answer.set_result(None)
            else:
                waiting.answer.set_exception(error)
        self._flush_if_due()

    def _tell(self) -> None:
        time.sleep(GATHER_SECONDS)
        with self._untold_lock:
            segment_ids, self._untold = self._untold, []
        try:
            self._sealed(segment_ids)
        except Exception:
            log.exception("queue-failed segments=%d: the sweep will find them", len(segment_ids))
