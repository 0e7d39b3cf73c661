"""`manage.py serve_smtp`: take mail over SMTP and LMTP into the archive until told to stop."""

import json
import sys
from collections.abc import Sequence
from functools import partial

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from archive import tasks, wiring
from archive.intake.group_commit import GroupCommit
from archive.intake.pressure import Bounds, Gauge
from archive.queries.backlog import Backlog
from archive.queueing import hint
from archive.services.server import let_go
from archive.services.setup import prepare
from journaling.smtp.configuration import read_listener, read_options
from journaling.smtp.options import Listener, Options
from journaling.smtp.service import DRAIN_SECONDS, Address, serve, serve_in_processes
from muniment.errors import Refused
from muniment.ids import SegmentId


class Command(BaseCommand):
    requires_system_checks = []  # capture does not load the web; its own settings are checked below
    help = (
        "Take mail over SMTP or LMTP into the archive. A message is answered 250 only when it is durable."
        " Stops on SIGTERM or Ctrl-C after the messages under way. docs/settings.md lists the MUNIMENT_SMTP_ settings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.MUNIMENT_SMTP_HOST, help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.MUNIMENT_SMTP_PORT, help="port; 0 takes a free one")
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP (RFC 2033) there instead of SMTP")
        parser.add_argument("--source", default="", help="name of the capture source (default: smtp or lmtp)")
        parser.add_argument(
            "--listen",
            action="append",
            default=[],
            metavar="URL",
            help="instead of the four above, may be repeated: smtp://HOST:PORT/SOURCE or lmtp://HOST:PORT/SOURCE",
        )
        parser.add_argument("--processes", type=int, default=1, metavar="N", help="processes that share the ports")
        parser.add_argument("--drain-seconds", type=float, default=DRAIN_SECONDS, help="longest wait when stopping")
        parser.add_argument("--json", action="store_true", help="say where it listens as one JSON document")

    def handle(self, *_args, **options) -> None:
        try:
            listeners = _listeners(options)
            smtp_options = read_options(settings)
            if options["processes"] > 1 and not all(listener.port for listener in listeners):
                raise Refused("Several processes need a port that is named, not 0.")  # noqa: TRY301
            prepare()
            self._serve(listeners, smtp_options, options)
        except Refused as refused:
            raise CommandError(str(refused), returncode=2) from refused

    def _serve(self, listeners: tuple[Listener, ...], smtp_options: Options, options: dict) -> None:
        work = partial(
            serve,
            options=smtp_options,
            listeners=listeners,
            make_intake=_make_intake,
            make_gauge=_make_gauge,
            drain_seconds=options["drain_seconds"],
            grace_seconds=settings.MUNIMENT_SMTP_GRACE_SECONDS,
        )
        announce = partial(self._announce, as_json=options["json"])
        if options["processes"] <= 1:
            work(announce=announce)
            return
        let_go()

        def work_in_child(number: int, lifeline: int) -> None:
            work(announce=announce if number == 0 else _say_nothing, share_ports=True, lifeline=lifeline)

        serve_in_processes(options["processes"], work_in_child)

    def _announce(self, addresses: list[Address], *, as_json: bool) -> None:
        found = [
            {"protocol": "lmtp" if listener.lmtp else "smtp", "host": host, "port": port, "source": listener.source}
            for listener, host, port in addresses
        ]
        if as_json:
            self.stdout.write(json.dumps({"listening": found}))
        else:
            for one in found:
                self.stdout.write("Listening: {protocol} on {host} port {port}, source {source}".format(**one))
        self.stdout.flush()
        sys.stdout.flush()


def _listeners(options: dict) -> tuple[Listener, ...]:
    if options["listen"]:
        return tuple(read_listener(text) for text in options["listen"])
    source = options["source"] or ("lmtp" if options["lmtp"] else "smtp")
    return (Listener(host=options["host"], port=options["port"], lmtp=options["lmtp"], source=source),)


def _make_intake() -> GroupCommit:
    return GroupCommit(
        wiring.archive().vault,
        budget_bytes=settings.MUNIMENT_BYTES_IN_FLIGHT,
        sealed=_queue_segments,
    )


def _make_gauge() -> Gauge:
    bounds = Bounds(
        segments=settings.MUNIMENT_BACKLOG_SEGMENTS,
        messages=settings.MUNIMENT_BACKLOG_MESSAGES,
        free_bytes=settings.MUNIMENT_FREE_BYTES,
    )
    return Gauge(Backlog(wiring.archive(), bounds).read, bounds)


def _queue_segments(segment_ids: Sequence[SegmentId]) -> None:
    hint(tasks.catalogue_segments, [str(segment_id) for segment_id in segment_ids])


def _say_nothing(_addresses: list[Address]) -> None:
    """Only the first of several processes says where they listen."""
