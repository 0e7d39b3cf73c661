"""One fault under live capture, and what is there afterwards of what was answered 250."""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.stack.catalogue import messages_by_digest, searchable
from benchmarks.stack.faults import Fault, suffer
from benchmarks.stack.mail import Mail
from benchmarks.stack.sending import Answered, Senders
from benchmarks.stack.servers import Servers
from benchmarks.stack.site import Site, wait_until
from tests.live.servers.common import ServerFailed

SEARCHED = 100  # words that are searched for, of those that were sent under one fault
SENDING_SECONDS = 3600
LOOKS = 5
SEARCHABLE_SECONDS = 3600
STRIKES_BETWEEN = (0.2, 0.6)  # of the messages


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of the table. What is wrong stands in `faults`, in words."""

    fault: str
    load: float = 0.0  # of the machine, when it began
    answered: list[Answered] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0  # attempts that were sealed twice
    sent_twice: int = 0  # messages that are there twice because no 250 reached their sender
    searched: int = 0
    silence: float = 0.0  # seconds from the fault to the first 250 to an attempt that began after it
    searchable: float = 0.0  # seconds from the last 250 until everything could be found
    seconds: float = 0.0  # of the sending
    refusals: dict[str, int] = field(default_factory=dict)
    cut: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def made(self) -> list[Mail]:
        """Return what was answered, without mail that real people wrote: each has a word of its own."""
        return [one.mail for one in self.answered if one.mail.word]

    def text(self) -> str:
        refused = ", ".join(f"{count} × {code}" for code, count in sorted(self.refusals.items())) or "none"
        cells = [
            self.fault, f"{self.load:.0f}", f"{len(self.answered)} ({len(self.answered) - len(self.made)})",
            self.lost, self.doubled, self.sent_twice, self.searched, f"{self.silence:.1f}", f"{self.searchable:.0f}",
            f"{len(self.answered) / self.seconds:.0f}", f"{refused}; {self.cut} cut",
            "; ".join(self.faults) or "nothing",
        ]  # fmt: skip
        return "| " + " | ".join(map(str, cells)) + " |"


HEADINGS = (
    "fault | load | answered 250 (real mail) | lost | doubled | there twice, sent twice | searched, each found once | "
    "first 250 after, s | all searchable, s after the last 250 | messages/s | other answers | wrong"
)


def endure(
    fault: Fault, servers: Servers, site: Site, messages: Iterator[Mail], *, count: int, chooser: random.Random
) -> Row:
    """Let a fault strike at a random moment while `count` messages are sent; wait until all of them are searchable."""
    row = Row(fault=fault.what, load=os.getloadavg()[0])
    before = searchable(site)
    senders = Senders(port=site.balancer.smtp_port, messages=messages, wanted=count)
    began = time.monotonic()
    senders.start()
    at = int(count * chooser.uniform(*STRIKES_BETWEEN))
    wait_until(lambda: len(senders.answered) >= at, what="mail before the fault", seconds=SENDING_SECONDS, every=0.02)
    struck = suffer(fault, servers, site)
    try:
        wait_until(senders.is_done, what="the senders", seconds=SENDING_SECONDS)
    except ServerFailed as error:
        row.faults.append(str(error))
        senders.stop()
    last = max(one.ended for one in senders.answered)
    row.seconds = last - began
    row.silence = min((one.ended for one in senders.answered if one.began >= struck), default=last) - struck
    try:
        wait_until(
            lambda: searchable(site) - before >= len(senders.answered),
            what="everything searchable",
            seconds=SEARCHABLE_SECONDS,
            every=1,
        )
    except ServerFailed as error:
        row.faults.append(f"{error}: {searchable(site) - before} of {len(senders.answered)}")
    row.searchable = time.monotonic() - last
    row.refusals, row.cut, row.answered = dict(senders.refusals), senders.cut, senders.answered
    return row


def compare(rows: Sequence[Row], site: Site, chooser: random.Random) -> None:
    """Look for every answered message in the sealed segments and the catalogue, for some by their word in the index."""
    sealed = site.reads("sealed")
    attempts = Counter((digest, sender) for digest, sender in sealed)
    there = Counter(digest for digest, _ in sealed)
    catalogued = messages_by_digest(site)
    for row in rows:
        _count(row, attempts, there, catalogued)
    asked = {row.fault: chooser.sample(row.made, min(SEARCHED, len(row.made))) for row in rows}
    hits = site.reads("found", given=json.dumps([one.word for made in asked.values() for one in made]))
    for row in rows:
        wanted = {one.word: list(dict.fromkeys(catalogued.get(one.digest, ()))) for one in asked[row.fault]}
        row.searched = sum(hits[word] == ids and len(ids) == 1 for word, ids in wanted.items())
        if row.searched != len(wanted):
            row.faults.append(f"{len(wanted) - row.searched} of {len(wanted)} words do not find their message alone")


def check(site: Site, *, trail_was_lost: bool = False) -> list[str]:
    """Ask `verify` and `reconcile`; return what they find, in words.

    An audit trail that was lost with the database must be told, for good, and is no finding (docs/operations.md).
    """
    verified, compared = site.json("verify"), _reconciled(site)
    of_log = verified["log"]["damaged"]
    told = [one for one in of_log if one["object"] == "audit trail"] if trail_was_lost else []
    found = {
        "verify": verified["damaged"],
        "the evidence log": [one for one in of_log if one not in told],
        "the audit trail": verified["audit"]["broken"],
        "reconcile": compared["differences"],
        "verify does not tell that the audit trail was lost": trail_was_lost and not told,
    }
    return [f"{name}: {faults}" for name, faults in found.items() if faults]


def _reconciled(site: Site) -> dict:
    """Ask `reconcile`; again, where all that it finds is mail that workers are just sending to the index once more."""
    for _ in range(LOOKS):
        compared = site.json("reconcile")
        if set(compared["differences"]) != {"messages_waiting_for_index"}:
            break
    return compared


def _count(row: Row, attempts: Counter[tuple[str, str]], there: Counter[str], catalogued: dict[str, list[str]]) -> None:
    keys = [(one.mail.digest, f"{one.attempt}@sender.test") for one in row.answered]
    digests = {digest for digest, _ in keys}
    row.lost = sum(attempts[key] == 0 for key in keys)
    row.doubled = sum(number > 1 for (digest, _), number in attempts.items() if digest in digests)
    row.sent_twice = sum(there[digest] > 1 for digest in digests)
    missing = sum(len(catalogued.get(digest, ())) != there[digest] for digest in digests)
    split = sum(len(set(catalogued.get(digest, ()))) != 1 for digest in digests)
    if row.lost or row.doubled:
        row.faults.append("lost or doubled")
    if missing or split:
        row.faults.append(f"{missing} not catalogued as often as sealed, {split} not one message")
