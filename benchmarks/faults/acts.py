"""The acts of the scenarios that destroy, each a process of its own that prints one JSON document.

    python -m benchmarks.faults.acts fill MESSAGES
    python -m benchmarks.faults.acts disposal | erasure        bring a destruction to where it may be executed
    python -m benchmarks.faults.acts hold ADDRESS              waits for a line on standard input, then places a hold
    python -m benchmarks.faults.acts rush SEED                 likewise; then many, of every kind, in random order
    python -m benchmarks.faults.acts sweep                     what the workers' sweeps do about what was cut short
    python -m benchmarks.faults.acts check                     verify and reconcile

Half of the mail is of 2015 and due under the one rule, half of today. Every tenth message was seen twice, every seventh
answers another. Message N is of person N modulo 20 and says word N modulo 25; every fourth is to Ann.
"""

import io
import json
import random
import sys
import time
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.actors import Operator  # noqa: E402
from accounts.models import Approval, Grant, GrantKind, Matter, Role, User  # noqa: E402
from accounts.services import approvals, matters  # noqa: E402
from archive import tasks  # noqa: E402
from archive.models import Cause, Message, RuleVersion  # noqa: E402
from archive.services import holds, proposals, setup, sweep  # noqa: E402
from archive.services.hold_terms import HoldRefused  # noqa: E402
from archive.services.notes import log_pending  # noqa: E402
from archive.services.stages import index_all, scan_all  # noqa: E402
from archive.wiring import archive  # noqa: E402
from gdpr import tasks as gdpr_tasks  # noqa: E402
from gdpr.models import Channel, Choice, Concern, IdentityMethod, Request, Right  # noqa: E402
from gdpr.services import clocks, deciding, erasing, intake, locating, terms  # noqa: E402
from muniment.errors import Transient  # noqa: E402
from muniment.policy.coding import encode_rule  # noqa: E402
from muniment.policy.predicates import Everything  # noqa: E402
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term  # noqa: E402
from muniment.policy.words import Text  # noqa: E402
from muniment.seal.sighting import Sighting  # noqa: E402

PEOPLE, WORDS, SEGMENT = 20, 25, 100
RUSH_BATCHES, RUSH_BATCH, RUSH_PAUSE = 15, 10, 0.5  # seconds at most between two holds
ANN = "ann@corp.example"  # who is erased
HELD = {"disposal": "p2@corp.example", "erasure": "p3@corp.example"}  # whose mail is on hold before the execution
OPERATOR = Operator(name="benchmark")


def mail(number: int) -> bytes:
    """Return message `number`; the even ones are due."""
    to = ANN if number % 4 == 3 else f"q{number % PEOPLE}@corp.example"
    above = f"In-Reply-To: <{number - 7}@corp.example>\r\n" if number % 7 == 0 and number else ""
    text = " ".join(random.Random(number).choices(["invoice", "contract", "cargo", "été", "port", "délai"], k=60))
    return (
        f"From: p{number % PEOPLE}@corp.example\r\nTo: {to}\r\nSubject: number {number}\r\n{above}"
        f"Message-ID: <{number}@corp.example>\r\nDate: Mon, 02 Feb {2026 if number % 2 else 2015} 10:00:00 +0100\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{text} about w{number % WORDS}x\r\n"
    ).encode()


def fill(count: str) -> dict:
    """Make an archive with so many messages, people of each role, an open matter and one rule."""
    setup.prepare()
    now = timezone.now()
    for name, role in (("records", Role.COMPLIANCE), ("counsel", Role.LEGAL), ("dpo", Role.DPO)):
        person = User.objects.create(email=f"{name}@corp.example", username=name, role=role)
        Grant.objects.create(user=person, kind=GrantKind.EVERYTHING, valid_from=now - timedelta(days=9))
    matters.open_matter(actor=_person("records"), reference="2026-1", name="x", now=now)
    _rule()
    seen = [*range(int(count)), *range(0, int(count), 10)]
    random.Random(5).shuffle(seen)
    vault = archive().vault
    for start in range(0, len(seen), SEGMENT):
        vault.seal([_sighting(vault, number) for number in seen[start : start + SEGMENT]])
    sweep.catalogue_missing(vault=vault)
    scan_all(archive())
    index_all(archive())
    return {"messages": Message.objects.count()}


def disposal(held: str = HELD["disposal"]) -> dict:
    """Have all that is due approved for disposal, and place a hold on somebody's mail afterwards."""
    due = Message.objects.filter(date__year=2015).values_list("id", flat=True)
    records = _person("records")
    listed = proposals.propose(actor=records, cause=Cause.DISPOSAL, message_ids=due, reason="due")
    asked = proposals.ask_approval(actor=records, disposal=listed)
    approvals.approve(actor=_person("counsel"), approval_id=asked.pk)
    if held:
        _hold("custodians", addresses=[held])
    return {"disposal": str(listed.id)}


def erasure() -> dict:
    """Bring an erasure to its execution, and place a hold on some of its mail afterwards."""
    dpo, now = _person("dpo"), timezone.now()
    request = intake.register(
        actor=dpo, right=Right.ERASURE, channel=Channel.EMAIL, received_on=timezone.localdate(now),
        person_name="Ann Lee", addresses=[ANN], grounds=["a"], language="en",
    )  # fmt: skip
    clocks.qualify(actor=dpo, request_id=request.id, method=IdentityMethod.HELD)
    clocks.start_scoping(actor=dpo, request_id=request.id)
    terms.decide(actor=dpo, request_id=request.id, confirmed=list(request.terms.values_list("pk", flat=True)))
    terms.approve(actor=dpo, request_id=request.id)
    locating.decide_mentions(actor=dpo, request_id=request.id, search=False, reason="not needed")
    locating.locate(actor=dpo, request_id=request.id, archive=archive())
    for concern in Concern:
        deciding.decide(actor=dpo, request_id=request.id, choice=Choice.ERASE, reason="asked for", concern=concern)
    deciding.check(actor=dpo, request_id=request.id)
    deciding.settle(actor=dpo, request_id=request.id)
    erasing.ask_approval(actor=dpo, request_id=request.id, reason="asked for")
    request = Request.objects.get(id=request.id)
    asked = Approval.objects.get(kind="erasure", subject=str(request.disposal_id))
    approvals.approve(actor=_person("records"), approval_id=asked.pk)
    _hold("custodians", addresses=[HELD["erasure"]])
    return {"disposal": str(request.disposal_id), "request": request.number}


def hold(address: str) -> dict:
    """Place a hold on a person's mail when told to."""
    _wait()
    placed = _hold("custodians", addresses=[address])
    return {"hold": str(placed.id), "told": sorted(placed.too_late_for)}


def rush(seed: str) -> dict:
    """Place holds of every kind, in random order and with pauses, when told to."""
    chooser = random.Random(seed)
    due = sorted(Message.objects.filter(date__year=2015).values_list("id", flat=True))
    wishes = [
        ("custodians", {"addresses": [f"p{number}@corp.example"]}) for number in chooser.sample(range(0, 20, 2), 2)
    ]
    wishes += [("query", {"query": f"body:w{number}x"}) for number in chooser.sample(range(WORDS), 3)]
    chosen = chooser.sample(due, RUSH_BATCHES * RUSH_BATCH)
    batches = (chosen[start : start + RUSH_BATCH] for start in range(0, len(chosen), RUSH_BATCH))
    wishes += [("messages", {"message_ids": batch}) for batch in batches]
    chooser.shuffle(wishes)
    _wait()
    told = []
    for kind, terms_of in wishes:
        time.sleep(chooser.uniform(0, RUSH_PAUSE))
        asked = {name: [str(one) for one in value] if name != "query" else value for name, value in terms_of.items()}
        try:
            placed = _hold(kind, **terms_of)
            told.append({"kind": kind, **asked, "hold": placed.id.hex, "told": sorted(placed.too_late_for)})
        except HoldRefused:  # all that it names is destroyed
            told.append({"kind": kind, **asked, "hold": "", "told": []})
    return {"holds": told}


def sweeps() -> dict:
    """Do what the workers' sweeps do."""
    holds.complete(archive())
    tasks.sweep()
    tasks.resume_destruction()
    gdpr_tasks.sweep()
    return {}


def check() -> dict:
    """Return what `verify` and `reconcile` say once workers have indexed and logged what waited."""
    index_all(archive())
    log_pending(archive())
    return {name: _told(name) for name in ("verify", "reconcile")}


def _wait() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _told(command: str) -> dict:
    out = io.StringIO()
    with suppress(SystemExit):  # it found something, and says what
        call_command(command, "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def _hold(kind: str, **fields):
    matter = Matter.objects.get(reference="2026-1")
    while True:
        try:
            return holds.place(
                actor=OPERATOR, matter=matter, name="h", reason="a lawsuit", kind=kind, archive=archive(), **fields
            )
        except Transient:
            continue  # the index is being written anew: nothing was placed


def _person(name: str) -> User:
    return User.objects.get(username=name)


def _sighting(vault, number: int) -> Sighting:
    custodian = f"p{number % PEOPLE}@corp.example"
    return Sighting(
        id=vault.new_sighting_id(), source="b", captured_at=vault.now(), raw=mail(number), custodian=custodian, item="i"
    )


def _rule() -> None:
    today = timezone.localdate()
    found = Rule(
        id="all", version=1, valid_from=today - timedelta(days=300), name=Text(en="all", fr="all"), scope=Everything(),
        term=Term(years=5), clock=Clock.SENT, action=Action.DISPOSE,
        source=Source(citation="ours", force=Force.POLICY, origin=Origin.NONE, checked=Checked.OWN),
    )  # fmt: skip
    body = encode_rule(found)
    RuleVersion.objects.create(
        id=uuid4(), rule_id="all", version=1, body=body.decode(), digest=sha256(body).hexdigest(),
        valid_from=found.valid_from, made_at=timezone.now(),
    )  # fmt: skip


ACTS = {
    "fill": fill,
    "disposal": disposal,
    "erasure": erasure,
    "hold": hold,
    "rush": rush,
    "sweep": sweeps,
    "check": check,
}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ACTS[sys.argv[1]](*sys.argv[2:])) + "\n")
