"""One fault under live capture, and what is there afterwards of what was answered 250."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.stack.catalogue import messages_by_digest, searchable
from benchmarks.stack.faults import Fault, suffer
from benchmarks.stack.mail import Mail
from benchmarks.stack.sending import Answered, Senders
from benchmarks.stack.servers import Servers
from benchmarks.stack.site import Site, wait_until
from tests.live.servers.common import ServerFailed

SEARCHED = 500  # words that are searched for, of those that were sent
SENDING_SECONDS = 3600
SEARCHABLE_SECONDS = 900
STRIKES_BETWEEN = (0.2, 0.6)  # of the messages


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of the table. What is wrong stands in `faults`, in words."""

    fault: str
    answered: int = 0
    real: int = 0  # of them mail that real people wrote
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
    words: dict[str, str] = field(default_factory=dict)  # by word the SHA-256 of the answered message that has it

    def text(self) -> str:
        refused = ", ".join(f"{count} × {code}" for code, count in sorted(self.refusals.items())) or "none"
        cells = [
            self.fault, f"{self.answered} ({self.real})", self.lost, self.doubled, self.sent_twice, self.searched,
            f"{self.silence:.1f}", f"{self.searchable:.0f}", f"{self.answered / self.seconds:.0f}",
            f"{refused}; {self.cut} cut", "; ".join(self.faults) or "nothing",
        ]  # fmt: skip
        return "| " + " | ".join(map(str, cells)) + " |"


HEADINGS = (
    "fault | answered 250 (real mail) | lost | doubled | there twice, sent twice | searched, each found once | "
    "first 250 after, s | all searchable, s after the last 250 | messages/s | other answers | wrong"
)


def judge(
    fault: Fault, servers: Servers, site: Site, messages: Iterator[Mail], *, count: int, chooser: random.Random
) -> Row:
    """Let a fault strike at a random moment while `count` messages are sent; look for each of them."""
    row = Row(fault=fault.what)
    before = searchable(site)
    senders = Senders(port=site.balancer.smtp_port, messages=messages, wanted=count)
    began, since = time.monotonic(), time.time()
    senders.start()
    at = int(count * chooser.uniform(*STRIKES_BETWEEN))
    wait_until(lambda: len(senders.answered) >= at, what="mail before the fault", seconds=SENDING_SECONDS, every=0.02)
    struck, _mended = suffer(fault, servers, site)
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
    row.refusals, row.cut = dict(senders.refusals), senders.cut
    _compare(row, site, senders.answered, chooser, since=since)
    _check(row, site)
    return row


def _compare(row: Row, site: Site, answered: list[Answered], chooser: random.Random, *, since: float) -> None:
    """Look for every message in the sealed segments and in the catalogue, and for some by their word in the index."""
    sealed = site.reads("sealed", str(since))
    attempts = Counter((digest, sender) for digest, sender in sealed)
    there = Counter(digest for digest, _ in sealed)
    catalogued = messages_by_digest(site)
    row.answered = len(answered)
    row.real = sum(not one.mail.word for one in answered)
    by_attempt = {one.attempt: (one.mail.digest, f"{one.attempt}@sender.test") for one in answered}
    row.lost = sum(attempts[key] == 0 for key in by_attempt.values())
    row.doubled = sum(number > 1 for number in attempts.values())
    digests = {digest for digest, _ in by_attempt.values()}
    row.sent_twice = sum(there[digest] > 1 for digest in digests)
    missing = sum(len(catalogued.get(digest, ())) != there[digest] for digest in digests)
    split = sum(len(set(catalogued.get(digest, ()))) != 1 for digest in digests)
    if missing or split:
        row.faults.append(f"{missing} not catalogued as often as sealed, {split} not one message")
    made = [one.mail for one in answered if one.mail.word]
    row.words = {one.word: one.digest for one in made}
    asked = chooser.sample(made, min(SEARCHED, len(made)))
    hits = site.reads("found", given=json.dumps([one.word for one in asked]))
    wrong = sum(hits[one.word] != list(dict.fromkeys(catalogued.get(one.digest, ()))) for one in asked)
    row.searched = len(asked) - wrong
    if wrong:
        row.faults.append(f"{wrong} of {len(asked)} words do not find their message alone")


def _check(row: Row, site: Site) -> None:
    """Ask `verify` and `reconcile`."""
    verified, compared = site.json("verify"), site.json("reconcile")
    if verified["damaged"] or verified["log"]["damaged"] or verified["audit"]["broken"]:
        row.faults.append(
            f"verify: {verified['damaged'][:2]} {verified['log']['damaged'][:2]} {verified['audit']['broken'][:2]}"
        )
    if compared["differences"]:
        row.faults.append(f"reconcile: {compared['differences']}")
    if row.lost or row.doubled:
        row.faults.append("lost or doubled")
