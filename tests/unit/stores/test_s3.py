"""The S3 store against a scripted client: what each answer, cut answer and error comes to."""

from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from muniment.stores.port import ObjectChanged, ObjectExists, ObjectMissing, StoreUnavailable
from muniment.stores.s3 import Patience, S3Store
from muniment.stores.s3.body import TookTooLong, Upload
from muniment.stores.s3.listing import KeysDisordered
from muniment.stores.s3.outcome import Outcome, advice, outcome_of

DATA = b"sealed"
CHECKSUM = b64encode(sha256(DATA).digest()).decode()
ETAG = '"0123456789abcdef0123456789abcdef"'
LOST = ConnectionClosedError(endpoint_url="http://store")


def error(status, code=""):
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Call")


def answer(**fields):
    return {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {"content-length": "1"}}, **fields}


PUT = answer(ETag=ETAG, VersionId="v1", ChecksumSHA256=CHECKSUM)


class Script:
    """A client whose calls give what was written for them, in turn; the last is given again. `mine` stands for HEAD of
    the object as the last PUT marked it.
    """

    def __init__(self, **answers):
        self.answers, self.calls, self.mark = answers, [], {}

    def __getattr__(self, name):
        def call(**parameters):
            self.calls.append(name)
            self.mark = parameters.get("Metadata", self.mark)
            script = self.answers[name]
            given = script.pop(0) if len(script) > 1 else script[0]
            if isinstance(given, Exception):
                raise given
            return given(self) if callable(given) else given

        return call


def mine(script):
    return answer(ETag=ETAG, VersionId="v1", ChecksumSHA256=CHECKSUM, ContentLength=len(DATA), Metadata=script.mark)


def others(_):
    marks = {"mark": "f" * 32, "sha256": "0" * 64}
    return answer(ETag=ETAG, VersionId="v0", ChecksumSHA256=CHECKSUM, ContentLength=len(DATA), Metadata=marks)


def cut(_):
    return {"ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}, "Metadata": {}}


def store(script, *, versioned=True, tries=4):
    patience = Patience(tries=tries, sleep=lambda _: None, chance=lambda: 0.5)
    return S3Store(script, "bucket", versioned=versioned, patience=patience)


@pytest.mark.parametrize(
    ("puts", "heads", "calls"),
    [
        ([PUT], [], ["put"]),
        ([answer(ETag=ETAG)], [mine], ["put", "head"]),  # cut after the ETag
        ([answer(ETag=ETAG[:9], VersionId="v1", ChecksumSHA256=CHECKSUM)], [mine], ["put", "head"]),
        ([LOST], [mine], ["put", "head"]),
        ([LOST, PUT], [error(404)], ["put", "head", "put"]),
        ([LOST, error(412)], [error(404), mine], ["put", "head", "put", "head"]),  # the first came late
        ([LOST, error(412)], [LOST, cut, mine], ["put", "head", "put", "head", "put", "head"]),
        ([error(503, "SlowDown"), PUT], [], ["put", "put"]),
        ([error(409, "ConditionalRequestConflict"), PUT], [], ["put", "put"]),
        ([error(400, "BadDigest"), PUT], [], ["put", "put"]),
        ([error(500, "InternalError"), PUT], [error(404)], ["put", "head", "put"]),
    ],
)
def test_a_create_succeeds_once_whatever_became_of_its_answers(puts, heads, calls):
    script = Script(put_object=puts, head_object=heads)
    assert store(script).create("k", DATA).etag == ETAG
    assert [call.removesuffix("_object") for call in script.calls] == calls


@pytest.mark.parametrize(
    ("puts", "heads"),
    [([error(412, "PreconditionFailed")], []), ([LOST, error(412)], [error(404), others]), ([LOST], [others])],
)
def test_another_writers_object_is_never_taken_for_ours(puts, heads):
    script = Script(put_object=[*puts, error(412)], head_object=heads)
    with pytest.raises(ObjectExists):
        store(script).create("k", DATA)


@pytest.mark.parametrize("heads", [[LOST], [cut], [error(404)]])
def test_what_stays_in_doubt_is_not_acknowledged(heads):
    with pytest.raises(StoreUnavailable):
        store(Script(put_object=[LOST], head_object=heads)).create("k", DATA)


def test_a_lock_that_the_store_does_not_show_is_asked_for_and_else_not_acknowledged():
    script = Script(put_object=[PUT], head_object=[mine], put_object_retention=[answer()])
    with pytest.raises(StoreUnavailable, match="Object Lock"):
        store(script).create("k", DATA, lock_until=datetime(2999, 1, 1, tzinfo=UTC))
    assert script.calls == ["put_object", "head_object", "put_object_retention", "head_object"]


@pytest.mark.parametrize(
    ("put", "raised"), [(error(412), ObjectChanged), (error(404, "NoSuchKey"), ObjectMissing), (LOST, StoreUnavailable)]
)
def test_a_swap_that_did_not_happen_is_told(put, raised):
    script = Script(put_object=[put], head_object=[others])
    with pytest.raises(raised):
        store(script).replace("k", DATA, etag=ETAG)


def test_an_empty_list_without_its_length_is_a_cut_answer():
    page = answer(Contents=[{"Key": "a"}], IsTruncated=False)
    assert list(store(Script(list_objects_v2=[cut(None), page])).keys("")) == ["a"]


def test_pages_are_joined_and_a_key_that_comes_again_is_given_once():
    first = answer(Contents=[{"Key": "a"}, {"Key": "a.p"}], IsTruncated=True, NextContinuationToken="t")
    second = answer(Contents=[{"Key": "a"}, {"Key": "b"}], IsTruncated=False)
    assert list(store(Script(list_objects_v2=[first, second])).keys("")) == ["a", "a.p", "b"]


def test_an_order_that_could_hide_keys_is_refused():
    page = answer(Contents=[{"Key": "a/1"}, {"Key": "a-b"}], IsTruncated=False)
    with pytest.raises(KeysDisordered):
        list(store(Script(list_objects_v2=[page])).keys(""))


@pytest.mark.parametrize("call", ["replace", "delete"])
def test_a_key_bucket_that_keeps_versions_destroys_nothing(call):
    script = Script(head_object=[others], put_object=[PUT], delete_object=[answer()])
    arguments = {"replace": {"data": DATA, "etag": ETAG}, "delete": {}}[call]
    with pytest.raises(Exception, match="keeps versions"):
        getattr(store(script, versioned=False), call)("k", **arguments)
    assert set(script.calls) == {"head_object"}


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (error(404), Outcome.MISSING),
        (error(404, "NoSuchBucket"), Outcome.REFUSED),
        (error(403, "AccessDenied"), Outcome.REFUSED),
        (error(400, "InvalidRequest"), Outcome.REFUSED),
        (error(416), Outcome.RANGE),
        (error(429), Outcome.UNTOUCHED),
        (error(507, "XMinioStorageFull"), Outcome.UNKNOWN),
        (ReadTimeoutError(endpoint_url="http://store"), Outcome.UNKNOWN),
    ],
)
def test_an_error_means_one_thing(failure, expected):
    assert outcome_of(failure) is expected
    assert ": " in advice(failure)


def test_waits_grow_to_their_limit_and_end_with_the_time():
    waits, time = [], [0.0]

    def sleep(seconds):
        waits.append(seconds)
        time[0] += seconds

    patience = Patience(
        tries=9, seconds=4, first_wait=0.2, longest_wait=1, sleep=sleep, chance=lambda: 1.0, clock=lambda: time[0]
    )
    assert (len(list(patience.rounds())), waits) == (6, [0.2, 0.4, 0.8, 1, 1])


@given(st.lists(st.binary(max_size=9), max_size=6), st.lists(st.integers(0, 60), max_size=4), st.integers(1, 7))
def test_pieces_are_read_as_the_one_file_that_they_are(pieces, places, step):
    whole, upload = b"".join(pieces), Upload(pieces, until=1, clock=lambda: 0)
    for place in [*places, 0]:
        assert upload.seek(place) == min(place, len(whole))
        assert b"".join(iter(lambda: upload.read(step), b"")) == whole[place:]


def test_nothing_is_sent_after_its_time():
    with pytest.raises(TookTooLong):
        Upload([b"1"], until=1, clock=lambda: 2).read()
