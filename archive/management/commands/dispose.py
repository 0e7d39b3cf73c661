"""`manage.py dispose`: what is due, a list to destroy, and the execution of one that two people have agreed to."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.actors import Operator, operator
from archive.management.base import DONE, FOUND, WRONG_USAGE, ArchiveCommand
from archive.models import Cause, Disposal, ItemOutcome
from archive.queries import due
from archive.queries.disposals import get_disposal
from archive.queries.facts import day_of
from archive.services import disposal, proposals
from archive.wiring import archive
from muniment.policy.decide import Decision, Outcome
from muniment.policy.simulate import rules_applied


class Command(ArchiveCommand):
    help = (
        "List what is due for disposal, propose it for destruction, or execute a list that was approved. Approval is "
        "given by people on the page of the list: no command gives it."
    )

    def add_options(self, parser: CommandParser) -> None:
        acts = parser.add_mutually_exclusive_group()
        acts.add_argument("--list", action="store_true", help="decide about all mail today and list what is due")
        acts.add_argument("--propose", action="store_true", help="freeze all that is due as a list to destroy")
        acts.add_argument("--execute", type=UUID, metavar="ID", help="execute an approved list, or go on with it")
        parser.add_argument("--reason", default="", help="with --propose: why; the approver and the certificate see it")
        parser.add_argument("--rule", default="", help="only what this rule (id or id@version) has let go")

    def run(self, options: dict[str, Any]) -> int:
        if options["list"]:
            return self._list(options)
        if options["propose"]:
            return self._propose(options)
        if options["execute"]:
            return self._execute(options)
        self.stderr.write("Say what to do: --list, --propose --reason TEXT, or --execute ID.")
        return WRONG_USAGE

    def _list(self, options: dict[str, Any]) -> int:
        today, counts = day_of(timezone.now()), Counter[Outcome]()
        found = [
            {"id": str(one.message_id), "due_on": one.due_on.isoformat() if one.due_on else None, "rules": _rules(one)}
            for one in self._due(operator(), today, options["rule"], counts)
        ]
        named = {outcome.name.lower(): counts[outcome] for outcome in Outcome}
        if options["json"]:
            self.write_json({"today": today.isoformat(), "counts": named, "due": found})
        else:
            for one in found:
                self.stdout.write(f"{one['id']}  due since {one['due_on']}  {' '.join(one['rules'])}")
            self.stdout.write(", ".join(f"{number} {name.replace('_', ' ')}" for name, number in named.items()))
        return DONE

    def _propose(self, options: dict[str, Any]) -> int:
        if not options["reason"].strip():
            self.stderr.write("Say why: --reason TEXT. The person who approves has to know.")
            return WRONG_USAGE
        actor, today = operator(), day_of(timezone.now())
        ids = (one.message_id for one in self._due(actor, today, options["rule"], Counter()))
        row = proposals.propose(
            actor=actor, cause=Cause.DISPOSAL, message_ids=due.unlisted(ids), reason=options["reason"], as_of=today
        )
        return self._tell(row, options, f"Now a compliance officer asks for approval: /retention/disposals/{row.id}/")

    def _execute(self, options: dict[str, Any]) -> int:
        row = get_disposal(options["execute"])
        with self.progress("destroy"):
            row = disposal.execute(actor=operator(), disposal_id=row.id, archive=archive())
        return self._tell(row, options, f"Certificate: /retention/disposals/{row.id}/certificate")

    def _due(self, actor: Operator, today: date, rule: str, counts: Counter[Outcome]) -> Iterator[Decision]:
        with self.progress("decide") as step:
            for decision in due.decisions(actor, today):
                step.add(1)
                counts[decision.outcome] += 1
                if decision.outcome is Outcome.DUE and (not rule or _is_of(decision, rule)):
                    yield decision

    def _tell(self, row: Disposal, options: dict[str, Any], following: str) -> int:
        spared = row.items.filter(outcome=ItemOutcome.SPARED).count()
        document = {
            "id": str(row.id),
            "state": row.state,
            "messages": row.items.count(),
            "destroyed": row.items.filter(outcome=ItemOutcome.DESTROYED).count(),
            "spared": spared,
            "rules": row.rules,
            "digest": row.digest,
            "certificate": json.loads(row.certificate) if row.certificate else None,
        }
        if options["json"]:
            self.write_json(document)
        else:
            self.stdout.write(
                f"{row.id} {row.state}: {document['messages']} messages, {document['destroyed']} destroyed, "
                f"{spared} spared"
            )
            self.stdout.write(following)
        return FOUND if spared else DONE


def _rules(decision: Decision) -> list[str]:
    return sorted(rules_applied(decision))


def _is_of(decision: Decision, rule: str) -> bool:
    return any(rule in {label, label.rpartition("@")[0]} for label in rules_applied(decision))
