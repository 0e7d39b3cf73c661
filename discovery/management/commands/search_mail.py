"""`manage.py search_mail QUERY`: search as the web does, with the rights of whoever runs the machine."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser

from accounts.actors import operator
from accounts.models import Action, TextKind
from accounts.services import audit
from archive.management.base import DONE, WRONG_USAGE, ArchiveCommand
from archive.models import Message
from archive.queries.coverage import coverage_within
from archive.wiring import archive
from muniment.engines.port import Hit, Scope, SearchRequest, Sort
from muniment.query.explain import explain
from muniment.query.parser import parse
from muniment.query.refusals import QueryError

# Who runs commands on the archive's machine can open its files as well.
OPERATOR = Scope(everything=True, blind=True, personal=True)


class Command(ArchiveCommand):
    help = "Search the archive; docs/query-language.md is the manual of QUERY."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument(
            "query", help='what to look for, such as: invoice from:acme.example -subject:"out of office"'
        )
        parser.add_argument("--limit", type=int, default=25, metavar="N", help="how many hits to list (25)")
        parser.add_argument("--offset", type=int, default=0, metavar="N", help="how many hits to pass over (0)")
        parser.add_argument("--sort", choices=[sort.value for sort in Sort], default=Sort.DATE_DESC.value)
        parser.add_argument("--explain", action="store_true", help="say in plain words what is looked for")

    def run(self, options: dict[str, Any]) -> int:
        ports = archive()
        try:
            tree = parse(options["query"], today=ports.vault.now().date())
            request = SearchRequest(
                query=tree,
                scope=OPERATOR,
                sort=Sort(options["sort"]),
                offset=max(0, options["offset"]),
                limit=max(0, options["limit"]),
            )
            result = ports.engine.search(request)
        except QueryError as error:
            self.stderr.write(
                f"{options['query']}\n{' ' * error.start}{'^' * max(1, error.end - error.start)}\n{error}"
            )
            return WRONG_USAGE
        audit.record(
            actor=operator(),
            action=Action.SEARCH,
            scope=OPERATOR,
            details={"total": result.total},
            texts={TextKind.QUERY: options["query"]},
        )
        covered = coverage_within(OPERATOR)
        document = {
            "total": result.total,
            "coverage": asdict(covered) | {"complete": covered.complete},
            "hits": _hits(result.hits),
        }
        if options["explain"]:
            document["explanation"] = explain(tree, language="en")
        if options["json"]:
            self.write_json(document)
        else:
            self._print(document)
        return DONE

    def _print(self, document: dict[str, Any]) -> None:
        if "explanation" in document:
            self.stdout.write(f"Looked for: {document['explanation']}")
        for hit in document["hits"]:
            self.stdout.write(f"{hit['id']}  {hit['date'] or '-':25}  {hit['from'][:30]:30}  {hit['subject'][:70]}")
        covered = document["coverage"]
        self.stdout.write(f"{document['total']} found; {covered['searchable']} of {covered['total']} messages searched")
        if not covered["complete"]:
            self.stdout.write(
                f"Not searched: {covered['waiting']} waiting, {covered['failed']} unreadable messages, "
                f"{covered['attachments_waiting']} waiting and {covered['attachments_unread']} unreadable attachments, "
                f"{covered['segments_unread']} segments not catalogued"
            )


def _hits(hits: tuple[Hit, ...]) -> list[dict[str, Any]]:
    rows = Message.objects.prefetch_related("sightings").in_bulk([hit.message_id for hit in hits])
    return [_hit(rows[hit.message_id]) for hit in hits if hit.message_id in rows]


def _hit(message: Message) -> dict[str, Any]:
    sightings = sorted(message.sightings.all(), key=lambda sighting: sighting.id)
    return {
        "id": str(message.id),
        "sha256": [sighting.sha256 for sighting in sightings],
        "sightings": [str(sighting.id) for sighting in sightings],
        "subject": message.subject,
        "from": message.sender,
        "date": _iso(message.date),
        "captured_at": _iso(message.captured_at),
        "size_bytes": message.size_bytes,
        "attachments": message.attachment_count,
        "thread": str(message.thread_id),
        "message_id": message.rfc_message_id,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
