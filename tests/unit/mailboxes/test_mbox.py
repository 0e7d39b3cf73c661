import io
import time

from hypothesis import given
from hypothesis import strategies as st

from muniment.mail.mailboxes.mbox import Window, read_mbox
from muniment.mail.mailboxes.model import Item, Limits, MailFormat, Refusal, import_key, place
from tests.unit.mailboxes.writers import FROM_LINE, mbox, message

HEADER = b"From: ann@example.org\nSubject: x\n"
lines = st.one_of(
    st.sampled_from(
        [b"", b"From here on", b">From there", b">>From afar", FROM_LINE[:-1], b">" + FROM_LINE[:-1], b"From ", b"\r"]
    ),
    st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")),
)
bodies = st.lists(lines, max_size=8).map(lambda found: b"".join(line + b"\n" for line in found))
safe_lines = lines.filter(lambda line: b">From " not in line and not line.startswith(b"From ann"))
safe_bodies = st.lists(safe_lines, max_size=8).map(lambda found: b"".join(line + b"\n" for line in found))
# RFC 5322 section 2.1 says CRLF; a message of an mbox has the line ends of its file.
messages = st.lists(bodies.map(lambda body: HEADER + b"\n" + body), min_size=1, max_size=5)


def read(data, dialect=MailFormat.AUTO, limits=Limits()):  # noqa: B008
    return list(read_mbox(place(b"all.mbox"), io.BytesIO(data), size=len(data), dialect=dialect, limits=limits))


def raws(data, dialect=MailFormat.AUTO):
    return [found.raw for found in read(data, dialect)]


@given(messages)
def test_mboxrd_gives_back_the_same_bytes(originals):
    assert raws(mbox(originals, quote="rd"), MailFormat.MBOXRD) == originals


@given(messages)
def test_mboxrd_gives_back_the_same_bytes_without_being_told(originals):
    assert raws(mbox(originals, quote="rd")) == originals


@given(messages)
def test_mboxrd_with_crlf_gives_back_the_same_bytes(originals):
    crlf = [raw.replace(b"\r", b"").replace(b"\n", b"\r\n") for raw in originals]

    assert raws(mbox(crlf, quote="rd", newline=b"\r\n"), MailFormat.MBOXRD) == crlf


@given(st.lists(safe_bodies.map(lambda body: HEADER + b"\n" + body), min_size=1, max_size=5))
def test_mboxo_gives_back_the_same_bytes_where_nothing_read_like_a_quoted_line(originals):
    assert raws(mbox(originals, quote="o"), MailFormat.MBOXO) == originals


@given(messages)
def test_mboxcl2_gives_back_the_same_bytes(originals):
    written = mbox(originals, content_length=True)
    stated = [
        raw.replace(b"\n\n", b"\nContent-Length: %d\n\n" % len(raw.partition(b"\n\n")[2]), 1) for raw in originals
    ]

    assert raws(written, MailFormat.MBOXCL2) == stated
    assert raws(written) == stated


@given(st.lists(safe_bodies.map(lambda body: HEADER + b"\n" + body), min_size=1, max_size=5))
def test_mboxcl_undoes_quoting_and_keeps_the_length(originals):
    found = raws(mbox(originals, quote="o", content_length=True), MailFormat.MBOXCL)

    assert [raw.partition(b"\n\n")[2] for raw in found] == [raw.partition(b"\n\n")[2] for raw in originals]


@given(
    st.binary(max_size=400).map(lambda data: FROM_LINE + data.replace(b"@", b"\n\nFrom ")), st.sampled_from(MailFormat)
)
def test_random_bytes_are_read_without_error(data, dialect):
    assert all(isinstance(found, Item | Refusal) for found in read(data, dialect))


def test_a_from_line_inside_a_body_separates_nothing():
    body = b"He wrote:\nFrom ann@example.org Fri Jul  8 12:08:34 2011\n\nFrom now on, all is well.\n"

    assert raws(mbox([message(1, body), message(2)])) == [message(1, body), message(2)]


def test_a_quoted_line_stays_where_its_writer_did_not_quote():
    body = b"From now on\n>From then on\n"

    assert raws(mbox([message(1, body)])) == [message(1, body)]


def test_a_patch_in_a_body_separates_nothing():
    body = b"The patch:\n\nFrom " + b"0123456789" * 4 + b" Mon Sep 17 00:00:00 2001\nFrom: bob\n\ndiff\n"

    assert raws(mbox([message(1, body), message(2)])) == [message(1, body), message(2)]


def test_a_wrong_content_length_is_not_believed():
    first = b"From: a@example.org\nContent-Length: 400\n\nshort\n"

    assert raws(mbox([first, message(2), message(3)])) == [first, message(2), message(3)]


def test_a_list_archive_with_obscured_addresses_is_read():
    from_line = b"From ann at example.org  Fri Jul  8 12:08:34 2011\n"

    assert raws(mbox([message(1), message(2)], from_line=from_line)) == [message(1), message(2)]


def test_messages_are_named_by_their_order():
    assert [found.name for found in read(mbox([message(1), message(2)]))] == ["all.mbox#1", "all.mbox#2"]


def test_keys_stay_when_the_mbox_grows_in_front_and_equal_messages_have_two():
    before = read(mbox([message(1), message(1), message(2)]))
    after = read(mbox([message(9), message(1), message(1), message(2)]))
    key_of = lambda item: import_key(source="s", custodian="", item=item)  # noqa: E731

    assert len({key_of(item) for item in before}) == 3
    assert {key_of(item) for item in before} < {key_of(item) for item in after}


def test_a_last_message_without_line_end_is_whole():
    assert raws(mbox([message(1)]) + FROM_LINE + b"From: b\n\ncut sh") == [message(1), b"From: b\n\ncut sh"]


def test_an_empty_message_is_refused_and_the_rest_goes_on():
    found = read(mbox([b"", message(2)]))

    assert found[0] == Refusal(name="all.mbox#1", reason="The message is empty.")
    assert found[1].raw == message(2)


def test_a_message_over_the_limit_is_refused_with_its_size():
    big = message(1, b"x" * 5000 + b"\n")
    found = read(mbox([big, message(2)]), limits=Limits(message_bytes=1000))

    assert found[0].reason == f"The message has {len(big):,} bytes; the limit is 1,000."
    assert found[1].raw == message(2)


def test_messages_larger_than_the_window_are_whole():
    originals = [message(1, b"line of text\n" * 200_000), message(2), message(3, b"\nFrom \n" * 300_000)]

    assert raws(mbox(originals, quote="rd")) == originals


def test_many_small_messages_with_far_content_lengths_take_no_long_time():
    far = b"From: a\nContent-Length: 3000000\n\nx\n"
    started = time.monotonic()

    assert len(read(mbox([far] * 50_000))) == 50_000
    assert time.monotonic() - started < 20


@given(st.binary(min_size=1, max_size=60), st.binary(min_size=1, max_size=3), st.integers(0, 60))
def test_a_window_finds_what_bytes_find(data, needle, start):
    assert Window(io.BytesIO(data), size=len(data)).find(needle, start) == data.find(needle, start)
