"""What every server of the live tests shares."""

import socket


class ServerFailed(Exception):
    """A server could not be had or did not start: the tests that need it fail with this and its log, never skip."""


def free_port() -> int:
    """Return a port of loopback that nobody listened on a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
