"""Hand work to the queue: `order` what nothing else would do, `hint` at what a sweep or the next run does anyway.

Nobody waits for a queue that does not answer: a call takes at most some seconds (`config.queues`), and those that
follow within `PAUSE_SECONDS` fail at once. Nothing here may be called otherwise: a test looks for `.delay`.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from celery import Task, current_app
from kombu.exceptions import OperationalError

from muniment.errors import Transient

PAUSE_SECONDS: Final = 5.0  # after a call without an answer
_NO_ANSWER = (OSError, OperationalError)
log = logging.getLogger(__name__)


class QueueUnavailable(Transient):
    """The queue does not answer: nothing was ordered."""


class Door:
    """What keeps many from waiting for the same silence. One for a process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closed_until = -1.0

    def reopen(self) -> None:
        """Let the next one ask."""
        self._closed_until = -1.0

    def pass_through(self, send: Callable[[], object]) -> None:
        """Send; raise `QueueUnavailable` where the queue does not answer, or did not a moment ago."""
        if self._clock() < self._closed_until:
            raise QueueUnavailable("The queue does not answer: nothing was ordered. Try again.")
        try:
            send()
        except _NO_ANSWER as error:
            self._closed_until = self._clock() + PAUSE_SECONDS
            log.warning("queue does not answer", extra={"kind": type(error).__name__})
            raise QueueUnavailable("The queue does not answer: nothing was ordered. Try again.") from error


_DOOR = Door()


def forget_silence() -> None:
    """Ask again at once, as after a repair."""
    _DOOR.reopen()


def order(task: Task, *arguments: Any, **named: Any) -> None:
    """Have a worker do a task; raise `QueueUnavailable` where nobody would learn of it."""
    _DOOR.pass_through(lambda: task.apply_async(arguments, named))


def hint(task: Task, *arguments: Any, queue: str | None = None, **named: Any) -> bool:
    """Have a worker do a task soon, of its own queue or another; False where the queue does not answer.

    Then it is done later by itself.
    """
    try:
        _DOOR.pass_through(lambda: task.apply_async(arguments, named, queue=queue))
    except QueueUnavailable:
        log.info("task not queued: it waits for the sweep", extra={"task": task.name})
        return False
    return True


def waiting(queue: str) -> int | None:
    """Return how many tasks wait in a queue, without those that workers have taken; None where it does not answer."""
    found: list[int] = []

    def ask() -> None:
        with current_app.connection_for_read() as connection:
            try:
                found.append(connection.channel().queue_declare(queue).message_count)
            except connection.connection_errors + connection.channel_errors as error:
                raise OperationalError(str(error)) from error

    try:
        _DOOR.pass_through(ask)
    except QueueUnavailable:
        return None
    return found[0]
