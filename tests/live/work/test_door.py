"""Who queues never waits for Redis and never fails by it, whatever is wrong with it."""

import signal
import time

import pytest
import redis as client
from celery import Celery

from archive.queueing import QueueUnavailable, forget_silence, hint, order
from config import queues

PATIENCE_SECONDS = 8.0  # three time-outs of two seconds, and a busy machine


def nothing():
    """No worker takes it."""


@pytest.fixture
def task(queue):
    """Return a task whose queue is the server, by the product's own options."""
    app = Celery("door", broker=queue.url)
    app.conf.update(
        broker_transport_options=queues.REDIS,
        broker_connection_timeout=queues.REDIS["socket_connect_timeout"],
        task_publish_retry_policy=queues.PUBLISH_RETRIES,
        task_ignore_result=True,
        task_default_queue="door",
    )
    forget_silence()
    yield app.task(name="door.nothing")(nothing)
    forget_silence()


def timed(task):
    """Return whether a hint was taken, and how long that took."""
    began = time.monotonic()
    return hint(task), time.monotonic() - began


def test_a_server_that_died_costs_a_moment_and_is_used_again_when_it_is_back(task, queue):
    assert hint(task)
    queue.stop(signal.SIGKILL)
    queue.forget()
    taken, seconds = timed(task)
    queue.start()
    forget_silence()

    assert (taken, seconds < 1, hint(task), queue.ask("LLEN", "door")) == (False, True, True, 1)


def test_a_server_that_stands_still_costs_some_seconds_once(task, queue):
    assert hint(task)
    queue.suspend()
    try:
        first, second = timed(task), timed(task)
    finally:
        queue.resume()

    assert (first[0], second[0]) == (False, False)
    assert first[1] < PATIENCE_SECONDS
    assert second[1] < 0.1


def test_data_that_vanish_under_open_connections_are_no_trouble(task, queue):
    hint(task)
    queue.ask("FLUSHALL")

    assert (hint(task), queue.ask("LLEN", "door")) == (True, 1)


def test_a_server_that_is_full_is_one_that_does_not_answer(task, queue):
    queue.ask("CONFIG", "SET", "maxmemory", "1")
    try:
        taken = hint(task)
        forget_silence()
        with pytest.raises(QueueUnavailable):
            order(task)
    finally:
        queue.ask("CONFIG", "SET", "maxmemory", "0")

    assert not taken


def test_a_server_with_another_password_is_one_that_does_not_answer(task, queue):
    _change_password(queue)
    try:
        app = Celery("stranger", broker=queue.url)
        app.conf.update(broker_transport_options=queues.REDIS, task_publish_retry_policy=queues.PUBLISH_RETRIES)
        taken = hint(app.task(name="door.stranger")(nothing))
    finally:
        _restore(queue)

    assert not taken


def _change_password(queue):
    """Change it, and end the connections that were let in by the old one: Celery keeps some for the next task."""
    with client.Redis(port=queue.port, password=queue.password) as connection:
        connection.config_set("requirepass", "another")
        connection.client_kill_filter(_type="normal", skipme=True)


def _restore(queue):
    with client.Redis(port=queue.port, password="another") as connection:
        connection.execute_command("CONFIG", "SET", "requirepass", queue.password)
