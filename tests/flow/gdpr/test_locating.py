"""The messages of a person: found as a naive reading of all mail finds them, and found again the same."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.models import Message, Participant
from archive.services import sweep
from archive.services.stages import drain
from gdpr.models import Concern, SearchReport
from gdpr.queries.located import by_addresses, by_words
from gdpr.services import locating, terms
from muniment.engines.port import Scope
from tests.flow.archive.builders import PlainExtractor, mail, memory_archive, seal
from tests.flow.gdpr.desk import ANN, HOME, NOW, again, confirm_all, items, keys, located, scoped

ALL = Scope(everything=True, blind=True, restricted=True)


def test_messages_are_classed_by_how_they_concern_the_person(archive, dpo):
    request = located(dpo, archive)

    assert keys(items(request)) == {
        Concern.SENDER: {"sent"},
        Concern.RECIPIENT: {"got", "blind"},
        Concern.CUSTODIAN: {"listed"},
        Concern.MENTIONED: {"mention", "namesake"},
    }


def test_without_the_decision_on_proportionality_no_words_are_looked_for(archive, dpo):
    request = located(dpo, archive, mentions=False)

    assert Concern.MENTIONED not in keys(items(request))
    assert SearchReport.objects.get().with_mentions is False


def test_each_message_says_which_term_found_it(archive, dpo):
    request = scoped(dpo)
    confirm_all(dpo, request)
    phone = terms.add(actor=dpo, request_id=request.id, kind="phone", value="0612345678", now=NOW)
    terms.approve(actor=dpo, request_id=request.id, now=NOW)
    locating.decide_mentions(actor=dpo, request_id=request.id, search=True, reason="Few.", now=NOW)
    locating.locate(actor=dpo, request_id=request.id, archive=archive, now=NOW)

    mention = items(request, concern=Concern.MENTIONED).get(
        message_id=Message.objects.get(rfc_message_id="mention@corp.example").id
    )
    assert set(mention.term_ids) == {phone.pk, request.terms.get(kind="name").pk}


def test_the_same_search_gives_the_same_list_and_keeps_what_was_decided(archive, dpo):
    request = located(dpo, archive)
    before = sorted(items(request).values_list("pk", "sighting_id", "concern"))
    items(request, concern=Concern.SENDER).update(choice="erase", reason="x")

    locating.locate(actor=dpo, request_id=request.id, archive=archive, now=NOW)

    assert sorted(items(request).values_list("pk", "sighting_id", "concern")) == before
    assert items(request, choice="erase").count() == 1
    digests = set(SearchReport.objects.filter(request=request).values_list("digest", flat=True))
    assert len(digests) == 1


def test_a_term_that_is_taken_back_takes_its_messages_along(archive, dpo):
    request = located(dpo, archive)
    terms.reconsider(actor=dpo, request_id=request.id, now=NOW)
    terms.decide(actor=dpo, request_id=request.id, refused=[request.terms.get(value=HOME).pk], now=NOW)
    terms.approve(actor=dpo, request_id=request.id, now=NOW)
    locating.locate(actor=dpo, request_id=request.id, archive=archive, now=NOW)

    assert keys(items(request))[Concern.RECIPIENT] == {"blind"}


def test_what_the_officer_may_not_see_is_not_found_and_the_report_says_so(archive, person):
    dpo = person("dpo", None, ("address", "eve@corp.example"))

    request = located(dpo, archive)

    report = request.reports.get()
    assert keys(items(request)) == {Concern.MENTIONED: {"mention", "namesake"}}
    assert (report.everything, report.coverage["total"]) == (False, 3)


def test_the_report_names_what_was_not_searched(archive, dpo):
    Message.objects.filter(rfc_message_id="other@corp.example").update(
        searchable="failed", not_searchable_reason="damaged"
    )

    report = located(dpo, archive).reports.get()

    assert (report.coverage["failed"], report.coverage["total"], report.everything) == (1, 7, True)
    assert report.counts == {"sender": 1, "recipient": 2, "custodian": 1, "mentioned": 2}


PEOPLE = [ANN, HOME, "bob@corp.example", "eve@corp.example"]
WORDS = ["Ann Lee", "ann", "lee ann", "salad", ANN, "contract"]


@st.composite
def letters(draw):
    sender, to = draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(PEOPLE))
    body = " ".join(draw(st.lists(st.sampled_from(WORDS), max_size=4)))
    custodian = draw(st.sampled_from(["", ANN, "bob@corp.example"]))
    return sender, to, body, custodian


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(letters(), min_size=1, max_size=8))
def test_it_is_what_a_naive_reading_of_all_mail_finds(db, tmp_path_factory, person, drawn):
    Participant.objects.all().delete()
    Message.objects.all().delete()
    archive = memory_archive(tmp_path_factory.mktemp("archive"))
    for number, (sender, to, body, custodian) in enumerate(drawn):
        seal(archive, mail(str(number), sender=sender, to=to, body=body or "-"), custodian=custodian)
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())
    known = [_Term(1, "address", ANN), _Term(2, "address", HOME), _Term(3, "name", "Ann Lee")]

    found = {key_of(one): (item.concern, item.term_ids) for one, item in by_addresses(ALL, known).items()}
    words = {key_of(one): ids for one, ids in by_words(ALL, known, engine=archive.engine).items()}

    assert found == {
        str(number): told for number, letter in enumerate(drawn) if (told := naive_concern(*letter)) is not None
    }
    assert {number for number, ids in words.items() if 3 in ids} == {
        str(number)
        for number, (*people, body, custodian) in enumerate(drawn)
        if "ann lee" in body.lower() or HOME in {*people, custodian}  # the address has both words, too
    }


class _Term:
    """What the queries read of a term."""

    def __init__(self, pk, kind, value):
        self.pk, self.kind, self.value = pk, kind, value


def key_of(message_id):
    return Message.objects.get(id=message_id).rfc_message_id.partition("@")[0]


def naive_concern(sender, to, _body, custodian):
    ids = {value: number for number, value in ((1, ANN), (2, HOME))}
    matched = {ids[one] for one in (sender, to, custodian) if one in ids}
    if not matched:
        return None
    if sender in ids:
        return Concern.SENDER, matched
    return (Concern.RECIPIENT if to in ids else Concern.CUSTODIAN), matched


def test_mail_that_came_later_is_found_by_the_next_search(archive, dpo):
    request = located(dpo, archive)
    seal(archive, mail("late", sender=ANN, to="bob@corp.example"))
    sweep.catalogue_missing(vault=archive.vault)
    drain(archive, PlainExtractor())

    locating.locate(actor=dpo, request_id=request.id, archive=archive, now=NOW)

    assert keys(items(again(request)))[Concern.SENDER] == {"sent", "late"}
