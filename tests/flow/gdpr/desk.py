"""Mail of a person, and requests brought to where a test begins."""

from datetime import UTC, date, datetime, timedelta

from accounts.models import Approval
from accounts.services import approvals
from archive.models import Message
from archive.services import sweep
from archive.services.stages import drain
from gdpr.models import Channel, Choice, Concern, IdentityMethod, Information, LocatedItem, Request, Right
from gdpr.services import clocks, deciding, erasing, intake, locating, terms
from tests.flow.archive.builders import PlainExtractor, mail, seal

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AFTER_COOLING = NOW + timedelta(days=3, minutes=1)
RECEIVED = date(2026, 5, 28)
ANN, HOME, BOB, EVE, CAROL = (
    "ann@corp.example",
    "ann.lee@home.example",
    "bob@corp.example",
    "eve@corp.example",
    "carol@corp.example",
)
BLIND = mail("blind", sender=BOB, to=f"Ann Lee <{ANN}>", subject="quiet", extra=f"Bcc: {CAROL}\n", body="Between us.")
MAIL = {
    "sent": mail("sent", sender=f"Ann Lee <{ANN}>", to=BOB, subject="my pay", body="About my pay."),
    "got": mail("got", sender=BOB, to=f'"Lee, Ann" <{HOME}>', subject="your leave", body="Enjoy."),
    "blind": BLIND,
    "mention": mail("mention", sender=BOB, to=EVE, subject="team", body="Ann Lee was late, call 06 12 34 56 78."),
    "other": mail("other", sender=BOB, to=EVE, subject="lunch", body="Soup or salad?"),
    "namesake": mail("namesake", sender="Ann Lee <lee@else.example>", to=EVE, subject="offer", body="Cheap pens."),
}


def fill(archive):
    """Put the mail of Ann and of others into the archive, one message of a list in her mailbox only."""
    for raw in MAIL.values():
        seal(archive, raw)
    in_box = mail("listed", sender="news@list.example", to="all@list.example", subject="news", body="The news.")
    seal(archive, in_box, custodian=ANN, item="inbox/1")
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    return archive


def message(key):
    """Return the message of that key."""
    return Message.objects.get(rfc_message_id=f"{key}@corp.example")


def keys(items):
    """Return the keys of the messages of items, by class."""
    found = {}
    for item in items:
        name = Message.objects.get(sightings__id=item.sighting_id).rfc_message_id.partition("@")[0]
        found.setdefault(item.concern, set()).add(name)
    return found


def registered(dpo, right=Right.ERASURE, **fields):
    """Register a request of Ann's."""
    given = {
        "channel": Channel.EMAIL,
        "received_on": RECEIVED,
        "person_name": "Ann Lee",
        "addresses": [ANN],
        "grounds": ["a"] if right == Right.ERASURE else [],
        "language": "en",
        "now": NOW,
    }
    return intake.register(actor=dpo, right=right, **given | fields)


def scoped(dpo, right=Right.ERASURE, **fields):
    """Bring a request to where the person is found out."""
    request = registered(dpo, right, **fields)
    clocks.qualify(actor=dpo, request_id=request.id, method=IdentityMethod.HELD, now=NOW)
    return clocks.start_scoping(actor=dpo, request_id=request.id, now=NOW)


def located(dpo, archive, right=Right.ERASURE, *, mentions=True, home=True):
    """Bring a request to its review."""
    request = scoped(dpo, right)
    confirm_all(dpo, request)
    if home:
        terms.add(actor=dpo, request_id=request.id, kind="address", value=HOME, now=NOW)
    terms.approve(actor=dpo, request_id=request.id, now=NOW)
    locating.decide_mentions(actor=dpo, request_id=request.id, search=mentions, reason="A small archive.", now=NOW)
    locating.locate(actor=dpo, request_id=request.id, archive=archive, now=NOW)
    return again(request)


def confirm_all(dpo, request):
    """Confirm every term."""
    terms.decide(actor=dpo, request_id=request.id, confirmed=list(request.terms.values_list("pk", flat=True)), now=NOW)


def decided(dpo, request, *, choice=None, mentions=Choice.UNRELATED):
    """Decide about every class: the person's own mail one way, mentions another."""
    chosen = choice or (Choice.ERASE if request.right == Right.ERASURE else Choice.RELEASE)
    for concern in (Concern.SENDER, Concern.RECIPIENT, Concern.CUSTODIAN):
        decide(dpo, request, chosen, concern=concern)
    decide(dpo, request, mentions, concern=Concern.MENTIONED)


def decide(dpo, request, choice, **about):
    """Decide about some messages."""
    return deciding.decide(
        actor=dpo, request_id=request.id, choice=choice, reason="They asked for it.", now=NOW, **about
    )


def frozen(dpo, request):
    """Freeze a decided list."""
    deciding.check(actor=dpo, request_id=request.id, now=NOW)
    assert deciding.settle(actor=dpo, request_id=request.id, now=NOW).sealed
    return again(request)


def asked(dpo, request):
    """Ask for the approval of a frozen list, and return it."""
    erasing.ask_approval(actor=dpo, request_id=request.id, reason="It was asked for.", now=NOW)
    return Approval.objects.get(kind="erasure", subject=str(again(request).disposal_id))


def approved(dpo, approver, request):
    """Have a second person approve the frozen list."""
    approvals.approve(actor=approver, approval_id=asked(dpo, request).pk, now=NOW)
    return again(request)


def erased(dpo, approver, archive, request, now=AFTER_COOLING):
    """Carry out an erasure that is in review and decided."""
    approved(dpo, approver, frozen(dpo, request))
    erasing.begin(actor=dpo, request_id=request.id, now=now)
    erasing.carry_out(actor=dpo, request_id=request.id, archive=archive, now=now)
    return again(request)


def informed(language="en"):
    """Write the information of Article 15(1)."""
    names = "controller purposes categories recipients retention rights complaint source automated".split()
    return Information.objects.create(
        language=language, version=1, made_at=NOW, **{name: f"About {name} <b>&" for name in names}
    )


def again(request):
    """Return the request as it is now."""
    return Request.objects.get(id=request.id)


def items(request, **filters):
    """Return items of a request."""
    return LocatedItem.objects.filter(request=request, **filters)
