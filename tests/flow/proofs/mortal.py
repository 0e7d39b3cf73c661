"""A process that can be killed at any moment that leaves a trace: each statement of SQL, each call of a port."""

from contextlib import contextmanager

from django.db import connection

READS = frozenset({"get", "info", "keys", "count", "matching", "message_ids", "search"})


class Killed(BaseException):
    """Nothing after this ran. No handler of errors may see it."""


class Fate:
    """Counts what leaves a trace, and kills at a number."""

    def __init__(self):
        self.left = None
        self.changes = 0  # calls of ports that may change something

    def step(self):
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            raise Killed

    @contextmanager
    def kills_after(self, steps):
        """Kill what runs within after so many traces; say whether it died."""
        died = []
        self.left = steps
        try:
            with connection.execute_wrapper(self._sql):
                yield died
        except Killed:
            died.append(True)
        finally:
            self.left = None

    def _sql(self, execute, sql, params, many, context):
        self.step()
        return execute(sql, params, many, context)


class Mortal:
    """A port whose calls are traces."""

    def __init__(self, port, fate):
        self._port, self._fate = port, fate

    def __getattr__(self, name):
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*args, **kwargs):
            self._fate.step()
            self._fate.changes += name not in READS
            return found(*args, **kwargs)

        return call
