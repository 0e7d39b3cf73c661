"""Many at once, each with a connection of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def together(*acts):
    """Run acts at the same moment; return what each gave, raise what one raised."""
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def beside(act, seconds):
    """Start an act, wait, and return (whether it is done, a function that waits for its end)."""
    pool = ThreadPoolExecutor(1)

    def run():
        try:
            return act()
        finally:
            connections.close_all()

    future = pool.submit(run)
    waiting = threading.Event()
    waiting.wait(seconds)
    return future.done(), lambda: future.result(timeout=60)
