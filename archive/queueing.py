"""Hand work to the queue: `order` what nothing else would do, `hint` at what a sweep or the next run does anyway."""

import logging
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

from muniment.errors import Transient

_NO_ANSWER = (OSError, OperationalError)
log = logging.getLogger(__name__)


class QueueUnavailable(Transient):
    """The queue does not answer: nothing was ordered."""


def order(task: Task, *arguments: Any, **named: Any) -> None:
    """Have a worker do a task; raise `QueueUnavailable` where nobody would learn of it."""
    try:
        task.delay(*arguments, **named)
    except _NO_ANSWER as error:
        raise QueueUnavailable("The queue does not answer: nothing was ordered. Try again.") from error


def hint(task: Task, *arguments: Any, **named: Any) -> None:
    """Have a worker do a task soon; where the queue does not answer, it is done later by itself."""
    try:
        task.delay(*arguments, **named)
    except _NO_ANSWER:
        log.warning("task not queued: it waits for the sweep", extra={"task": task.name}, exc_info=True)
