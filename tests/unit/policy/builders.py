"""Facts, rules and holds for the tests, by hand and by hypothesis."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from muniment.ids import MessageId, SightingId
from muniment.policy.calendar import YearEnd
from muniment.policy.facts import Event, EventDate, MessageFacts, Participant, Role, SightingFacts, Verdict
from muniment.policy.holds import Hold, OfCustodians, OfMessages, OfQuery
from muniment.policy.predicates import AllOf, AnyOf, Everything, Fact, HasAttachment, HasCustodian, Is, Not
from muniment.policy.rules import Action, Checked, Clock, Force, Origin, Rule, Source, Term
from muniment.policy.words import Text

# A busy machine is no reason to fail: no deadline an example.
STEADY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TODAY = date(2026, 11, 24)
ALICE, BOB, EVE = "alice@exemple.fr", "bob@exemple.fr", "eve@client.example"


def message_id(number=1):
    return MessageId(UUID(int=number))


def sighting(number=1, **values):
    given = {"source": "journal", "captured_on": date(2020, 3, 15), **values}
    return SightingFacts(id=SightingId(UUID(int=1000 + number)), **given)


def message(number=1, **values):
    given = {
        "sent_on": date(2020, 3, 15),
        "sightings": (sighting(),),
        "participants": (Participant(address=ALICE, role=Role.FROM), Participant(address=EVE, role=Role.TO)),
        **values,
    }
    return MessageFacts(id=message_id(number), **given)


def source(force=Force.POLICY, origin=None, citation="Own policy"):
    law = {Force.DUTY, Force.CLAIMS, Force.LIMIT}
    default = Origin.MEMBER_STATE if force in law else Origin.NONE
    return Source(citation=citation, force=force, origin=origin or default, checked=Checked.OWN)


def rule(name="general", **values):
    given = {
        "version": 1,
        "valid_from": date(2000, 1, 1),
        "name": Text(en=f"Rule {name}", fr=f"Règle {name}"),
        "scope": Everything(),
        "term": Term(years=5),
        "clock": Clock.SENT,
        "action": Action.DISPOSE,
        "source": source(),
        **values,
    }
    if given["action"] is Action.KEEP_FOR_EVER:
        given.setdefault("definitive_ground", "Decision of the archives service")
    return Rule(id=name, **given)


def duty(name="duty", origin=Origin.MEMBER_STATE, **values):
    return rule(name, source=source(Force.DUTY, origin, citation="C. com. L123-22"), **values)


def hold(name="h1", scope=None, released_at=None):
    return Hold(
        id=name,
        matter="Exemple against Client",
        scope=scope or OfMessages(ids=frozenset({message_id()})),
        placed_at=datetime(2026, 1, 2, 9, 0, tzinfo=UTC),
        released_at=released_at,
    )


NEAR_DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
LABELS = ("accounting", "contract", "prospect")

EVENT_DATES = st.builds(EventDate, event=st.sampled_from(Event), on=NEAR_DAYS)
SIGHTINGS = st.builds(
    SightingFacts,
    id=st.integers(1, 10**6).map(lambda number: SightingId(UUID(int=number))),
    source=st.sampled_from(["journal", "import"]),
    captured_on=NEAR_DAYS,
    custodian=st.sampled_from(["", ALICE, BOB]),
    item=st.sampled_from(["", "inbox/1.eml", "sent/2.eml"]),
    events=st.lists(EVENT_DATES, max_size=2).map(tuple),
)
PARTICIPANTS = st.builds(Participant, address=st.sampled_from([ALICE, BOB, EVE]), role=st.sampled_from(Role))
VERDICTS = st.builds(Verdict, decided_on=NEAR_DAYS, keep_through=st.none() | NEAR_DAYS)
MESSAGES = st.builds(
    MessageFacts,
    id=st.integers(1, 3).map(message_id),
    sent_on=st.none() | NEAR_DAYS | st.dates(),
    sightings=st.lists(SIGHTINGS, min_size=1, max_size=3).map(tuple),
    participants=st.lists(PARTICIPANTS, max_size=3).map(tuple),
    labels=st.frozensets(st.sampled_from(LABELS), max_size=2),
    has_attachment=st.booleans(),
    hold_queries=st.frozensets(st.sampled_from(["q1", "q2"]), max_size=1),
    restrictions=st.frozensets(st.sampled_from(["r1"]), max_size=1),
    verdict=st.none() | VERDICTS,
)

LEAVES = st.one_of(
    st.builds(Everything),
    st.builds(HasAttachment),
    st.builds(HasCustodian),
    st.builds(Is, fact=st.just(Fact.LABEL), value=st.sampled_from(LABELS)),
    st.builds(Is, fact=st.just(Fact.CUSTODIAN), value=st.sampled_from([ALICE, BOB])),
    st.builds(Is, fact=st.just(Fact.FOLDER), value=st.just("inbox")),
    st.builds(Is, fact=st.just(Fact.SENDER_DOMAIN), value=st.just("client.example")),
)
SCOPES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(AllOf, clauses=st.lists(inner, min_size=1, max_size=2).map(tuple)),
        st.builds(AnyOf, clauses=st.lists(inner, min_size=1, max_size=2).map(tuple)),
        st.builds(Not, clause=inner),
    ),
    max_leaves=4,
)
YEAR_ENDS = st.none() | st.builds(YearEnd, month=st.integers(1, 12), day=st.integers(1, 31))
TERMS = st.builds(Term, years=st.integers(0, 6), months=st.integers(0, 14), days=st.integers(0, 40), year_end=YEAR_ENDS)


@st.composite
def rules(draw, name):
    clock = draw(st.sampled_from(Clock))
    action = draw(st.sampled_from(Action))
    by_event = clock is Clock.EVENT
    return Rule(
        id=name,
        version=draw(st.integers(1, 3)),
        valid_from=draw(NEAR_DAYS),
        valid_until=draw(st.none() | st.just(date(2031, 1, 1))),
        name=Text(en=f"Rule {name}", fr=f"Règle {name}"),
        scope=draw(SCOPES),
        term=draw(TERMS),
        clock=clock,
        event=draw(st.sampled_from(Event)) if by_event else None,
        active=draw(st.none() | TERMS),
        cap=draw(st.none() | TERMS) if by_event else None,
        action=action,
        source=source(draw(st.sampled_from(Force)), draw(st.sampled_from([o for o in Origin if o is not Origin.NONE]))),
        priority=draw(st.integers(0, 2)),
        definitive_ground="Heritage" if action is Action.KEEP_FOR_EVER else "",
    )


RULE_SETS = st.tuples(*(st.none() | rules(name) for name in ("a", "b", "c", "d"))).map(
    lambda found: tuple(each for each in found if each is not None)
)
HOLD_SCOPES = st.one_of(
    st.builds(OfCustodians, addresses=st.sampled_from([ALICE, BOB]).map(lambda address: frozenset({address}))),
    st.builds(OfQuery, query_id=st.sampled_from(["q1", "q2"])),
    st.builds(OfMessages, ids=st.integers(1, 3).map(lambda number: frozenset({message_id(number)}))),
)


@st.composite
def holds(draw):
    placed = datetime.combine(draw(NEAR_DAYS), datetime.min.time(), UTC)
    released = draw(st.none() | st.integers(0, 3000).map(lambda days: placed + timedelta(days=days)))
    return Hold(
        id=draw(st.sampled_from(["h1", "h2", "h3"])),
        matter="A matter",
        scope=draw(HOLD_SCOPES),
        placed_at=placed,
        released_at=released,
    )


HOLD_SETS = st.lists(holds(), max_size=2).map(tuple)
