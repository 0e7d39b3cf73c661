"""Running listeners until they are told to stop: one process, or several that share the ports."""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import time
from collections.abc import Callable
from typing import Protocol

import uvloop

from archive.intake.port import Intake
from archive.intake.pressure import Gauge, Pressure
from journaling.smtp.options import Listener, Options
from journaling.smtp.server import Server
from muniment.errors import Refused

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 30  # for messages under way when told to stop; systemd's default is to kill after 90
_RESTART_SECONDS = 1.0
_ECHO_SECONDS = 1.0  # a service manager tells every process, and so does the parent of several: that is once
_REFUSED = 2  # exit code: wrong usage
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

Address = tuple[Listener, str, int]
Announce = Callable[[list[Address]], None]


class ClosableIntake(Intake, Protocol):
    """An intake that this process made and closes."""

    async def close(self) -> None:
        """Return when everything accepted is dealt with."""
        ...


def serve(
    *,
    options: Options,
    listeners: tuple[Listener, ...],
    make_intake: Callable[[], ClosableIntake],
    announce: Announce,
    make_gauge: Callable[[], Gauge] | None = None,
    drain_seconds: float = DRAIN_SECONDS,
    grace_seconds: float = 0,
    share_ports: bool = False,
    lifeline: int | None = None,
) -> None:
    """Take mail until SIGTERM or SIGINT; raise `Refused` if an address cannot be listened on.

    `make_intake` and `make_gauge` are called inside the event loop; without a gauge nothing keeps mail out.
    `announce` is told where is listened. `lifeline` is the read end of a pipe: its closing, too, means stop. For
    `grace_seconds` checks are answered 421 and mail is still taken; then messages under way have `drain_seconds`. Being
    told to stop again ends the grace, never a message.
    """

    async def work() -> None:
        loop = asyncio.get_running_loop()
        told, again = asyncio.Event(), asyncio.Event()

        first = loop.time()

        def tell() -> None:
            nonlocal first
            if not told.is_set():
                first = loop.time()
                told.set()
            elif loop.time() - first > _ECHO_SECONDS:
                again.set()

        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, tell)
        if lifeline is not None:
            loop.add_reader(lifeline, told.set)
        intake = make_intake()
        gauge = make_gauge() if make_gauge else None
        server = Server(options=options, intake=intake, pressure=lambda: gauge.pressure if gauge else Pressure.NONE)
        try:
            announce(await _listen(server, listeners, share_ports=share_ports))
            await told.wait()
            if lifeline is not None:
                loop.remove_reader(lifeline)  # at its end it would go on telling
            server.leave()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(again.wait(), grace_seconds)
        finally:
            await server.stop(within_seconds=drain_seconds)
            if gauge:
                gauge.close()
            await intake.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


async def _listen(server: Server, listeners: tuple[Listener, ...], *, share_ports: bool) -> list[Address]:
    addresses = []
    for listener in listeners:
        try:
            host, port = await server.listen(listener, share_port=share_ports)
        except OSError as error:
            reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
            raise Refused(
                f"Cannot listen on {listener.host} port {listener.port} ({reason}): free it or choose another, with"
                " --host and --port or MUNIMENT_SMTP_HOST and MUNIMENT_SMTP_PORT."
            ) from error
        addresses.append((listener, host, port))
    return addresses


def serve_in_processes(count: int, work: Callable[[int, int], None]) -> None:
    """Run `work(number, lifeline)` in `count` child processes until SIGTERM or SIGINT, and start again those that die.

    Raises `Refused` when a child does: all stop then. A child whose parent is gone stops by its lifeline.
    """
    lifeline, held = os.pipe()
    children: dict[int, int] = {}
    told: list[int] = []
    for stop_signal in _STOP_SIGNALS:
        signal.signal(stop_signal, lambda signum, _frame: told.append(signum))
    refused = False
    try:
        for number in range(count):
            children[_start(number, work, lifeline, held)] = number
        while children and not told and not refused:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                time.sleep(0.1)
                continue
            number = children.pop(pid)
            refused = os.waitstatus_to_exitcode(status) == _REFUSED
            if not refused and not told:
                logger.error("smtp.process_died number=%d status=%d", number, status)
                time.sleep(_RESTART_SECONDS)
                children[_start(number, work, lifeline, held)] = number
    finally:
        _end(children, told)
        os.close(lifeline)
        os.close(held)
    if refused:
        raise Refused("A listening process could not start; its reason stands above.")


def _end(children: dict[int, int], told: list[int]) -> None:
    """Tell the children to stop, again each time that we are told again, and wait until they have."""
    passed_on = -1
    while children:
        if len(told) > passed_on:
            passed_on = len(told)
            for pid in children:
                os.kill(pid, signal.SIGTERM)
        pid, _status = os.waitpid(-1, os.WNOHANG)
        children.pop(pid, None)
        if not pid:
            time.sleep(0.05)


def _start(number: int, work: Callable[[int, int], None], lifeline: int, held: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.close(held)
        for signum in _STOP_SIGNALS:
            signal.signal(signum, signal.SIG_DFL)
        work(number, lifeline)
        code = 0
    except Refused as error:
        logger.error("%s", error)  # noqa: TRY400 - the sentence is enough
        code = _REFUSED
    except BaseException:
        logger.exception("smtp.process_failed number=%d", number)
    finally:
        logging.shutdown()
        os._exit(code)
