"""The copy of an access: what was released and no more, the same bytes each time, for a while."""

import json
from base64 import encodebytes
from binascii import b2a_uu
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest

from accounts.models import Action, AuditEntry
from archive.exporting import ready
from archive.exporting.folder import JobFolder
from archive.services import exports, sweep
from gdpr.models import AccessPack, CarriedOut, Choice, Code, Concern, Right
from gdpr.packs.hiding import BlindStays, without_blind
from gdpr.packs.naming import pack_name
from gdpr.services import answering, packs
from gdpr.services.packs import PackExpired
from gdpr.states import NotAllowed, State
from muniment.mail.parse import parse
from tests.flow.archive.builders import mail, seal
from tests.flow.gdpr.desk import (
    ANN,
    BOB,
    CAROL,
    EVE,
    NOW,
    again,
    decide,
    decided,
    frozen,
    informed,
    items,
    located,
    message,
)

HOSTILE = '<script>alert(1)</script> & "pay"'


def made(dpo, archive, request):
    informed()
    packs.release(actor=dpo, request_id=frozen(dpo, request).id, now=NOW)
    packs.make(request_id=request.id, archive=archive, now=NOW)
    return again(request)


def opened(archive, request):
    return ZipFile(ready.place(archive.data, pack_name(request.id)))


def access(dpo, archive):
    request = located(dpo, archive, Right.ACCESS)
    decide(dpo, request, Choice.WITHHOLD, code=Code.SECRECY, concern=Concern.CUSTODIAN)
    decided(dpo, request)
    return request


def test_it_holds_what_was_released_and_says_what_was_not(archive, dpo):
    request = made(dpo, archive, access(dpo, archive))

    with opened(archive, request) as pack:
        names = set(pack.namelist())
        listed = json.loads(pack.read("messages.json"))
        withheld = json.loads(pack.read("withheld.json"))
        page = pack.read("index.html").decode()
        sums = dict(reversed(line.split("  ")) for line in pack.read("SHA256SUMS").decode().splitlines())
        assert all(sha256(pack.read(name)).hexdigest() == digest for name, digest in sums.items())

    assert {one["message_id"].partition("@")[0] for one in listed} == {"sent", "got", "blind"}
    assert names == {
        "index.html",
        "messages.json",
        "withheld.json",
        "SHA256SUMS",
        *(f"messages/{number:06}.eml" for number in (1, 2, 3)),
    }
    assert [(one["ground"], one["reason"]) for one in withheld] == [("secrecy of correspondence", "They asked for it.")]
    assert "About purposes &lt;b&gt;&amp;" in page
    assert (request.state, request.outcome, request.pack.messages) == (State.REPLYING, "partial", 3)
    assert "secrecy of correspondence" in request.letters.get(kind="closing").text


def test_the_bytes_are_the_same_when_it_is_made_again(archive, dpo):
    request = made(dpo, archive, access(dpo, archive))
    first = ready.place(archive.data, pack_name(request.id)).read_bytes()

    repeat(request)
    packs.make(request_id=request.id, archive=archive, now=NOW + timedelta(hours=7))

    assert ready.place(archive.data, pack_name(request.id)).read_bytes() == first
    assert again(request).pack.sha256 == sha256(first).hexdigest()


def repeat(request):
    """Set a request back to where its copy is to be made."""
    items(request).update(carried_out="")
    type(request).objects.filter(pk=request.pk).update(state=State.EXECUTING)
    AccessPack.objects.filter(request=request).update(state="waiting")


def test_a_job_that_was_killed_goes_on_to_the_same_bytes(archive, dpo):
    request = made(dpo, archive, access(dpo, archive))
    path = ready.place(archive.data, pack_name(request.id))
    first = path.read_bytes()
    repeat(request)
    folder = JobFolder(archive.data, pack_name(request.id))
    path.rename(folder.path / "bundle")
    with (folder.path / "bundle").open("r+b") as half:
        half.truncate(300)

    packs.make(request_id=request.id, archive=archive, now=NOW)

    assert path.read_bytes() == first


def test_the_blind_copy_of_another_is_not_shown_to_a_recipient(archive, dpo):
    request = made(dpo, archive, access(dpo, archive))

    with opened(archive, request) as pack:
        blind = next(one for one in json.loads(pack.read("messages.json")) if "blind" in one["message_id"])
        raw = pack.read(blind["file"])
        everything = b"".join(pack.read(name) for name in pack.namelist())

    assert (blind["bcc"], blind["fields_left_out"]) == ([], 1)
    assert CAROL.encode() not in everything
    assert b"Between us." in raw


INNER = f"From: {BOB}\nTo: {EVE}\nBcc: {CAROL}\nSubject: inner\n\nInner words.\n".encode()


@pytest.mark.parametrize(
    ("how", "content"),
    [
        ("Content-Type: message/rfc822", INNER),
        ('Content-Type: application/octet-stream; name="a.eml"\nContent-Transfer-Encoding: base64', encodebytes(INNER)),
    ],
)
def test_the_blind_copy_in_a_message_inside_is_not_shown_either_and_the_pack_says_so(archive, dpo, how, content):
    head = f'From: {BOB}\nTo: {ANN}\nSubject: fwd\nMessage-ID: <fwd@corp.example>\nContent-Type: multipart/mixed; boundary="b"'
    seal(archive, f"{head}\n\n--b\n\nLook.\n--b\n{how}\n\n".encode() + content + b"\n--b--\n")
    sweep.catalogue_missing(vault=archive.vault)
    request = made(dpo, archive, access(dpo, archive))

    with opened(archive, request) as pack:
        forwarded = next(one for one in json.loads(pack.read("messages.json")) if "fwd" in one["message_id"])
        raw = pack.read(forwarded["file"])
        page = pack.read("index.html").decode()

    assert forwarded["fields_left_out"] == 1
    assert "of attached messages as well" in page
    texts = [part.content for part in parse(raw).parts]
    assert any(b"Inner words." in one for one in texts)
    assert not any(CAROL.encode() in one for one in (raw, *texts))


def test_a_blind_copy_that_cannot_be_taken_out_is_not_handed_over():
    lines = b"".join(b2a_uu(INNER[at : at + 45]) for at in range(0, len(INNER), 45))
    head = b'From: x@x\nContent-Type: application/octet-stream; name="a.eml"\nContent-Transfer-Encoding: x-uuencode\n\n'

    with pytest.raises(BlindStays):
        without_blind(head + b"begin 644 a.eml\n" + lines + b"`\nend\n", frozenset())


def test_a_header_behind_blank_lines_is_read_as_the_archive_reads_it():
    raw = f"\n\nFrom: {BOB}\nBcc: {CAROL}\nTo: {ANN}\n\nwords\n".encode()

    assert without_blind(raw, frozenset({ANN})) == (raw.replace(f"Bcc: {CAROL}\n".encode(), b""), 1)


def test_the_sender_is_shown_their_own_blind_copies(archive, dpo):
    seal(archive, mail("mine", sender=ANN, to=BOB, extra=f"Bcc: {CAROL}\n"))
    sweep.catalogue_missing(vault=archive.vault)
    request = made(dpo, archive, access(dpo, archive))

    with opened(archive, request) as pack:
        mine = next(one for one in json.loads(pack.read("messages.json")) if "mine" in one["message_id"])
        assert CAROL.encode() in pack.read(mine["file"])
    assert (mine["bcc"], mine["fields_left_out"]) == ([CAROL], 0)


def test_hostile_mail_is_escaped_on_the_page(archive, dpo):
    seal(archive, mail("evil", sender=f'"{HOSTILE}" <x@evil.example>', to=ANN, subject=HOSTILE))
    sweep.catalogue_missing(vault=archive.vault)
    request = made(dpo, archive, access(dpo, archive))

    with opened(archive, request) as pack:
        page = pack.read("index.html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "default-src 'none'" in page


def test_it_is_made_only_of_a_frozen_list_with_its_information(archive, dpo):
    request = access(dpo, archive)
    with pytest.raises(NotAllowed):
        packs.release(actor=dpo, request_id=request.id, now=NOW)
    frozen(dpo, request)
    with pytest.raises(NotAllowed, match="Article 15"):
        packs.release(actor=dpo, request_id=request.id, now=NOW)
    informed()
    items(request, choice=Choice.WITHHOLD).update(choice=Choice.RELEASE, code="")
    with pytest.raises(NotAllowed, match="not the one that was frozen"):
        packs.release(actor=dpo, request_id=request.id, now=NOW)


def test_a_download_is_recorded_and_ends_when_the_copy_expires(archive, dpo, person):
    request = made(dpo, archive, access(dpo, archive))

    path = packs.download(actor=dpo, request_id=request.id, archive=archive, now=NOW)

    assert path.exists()
    assert AuditEntry.objects.filter(action=Action.DOWNLOAD).get().details["sha256"] == request.pack.sha256
    expired = NOW + timedelta(days=packs.EXPIRES_DAYS)
    with pytest.raises(PackExpired):
        packs.download(actor=dpo, request_id=request.id, archive=archive, now=expired)
    assert (packs.expire(archive, now=expired), path.exists()) == (1, False)


def test_an_erasure_takes_a_copy_along_that_holds_what_it_erases(archive, dpo):
    request = made(dpo, archive, access(dpo, archive))

    exports.purge(archive.data, {message("sent").id})

    with pytest.raises(PackExpired):
        packs.download(actor=dpo, request_id=request.id, archive=archive, now=NOW)


def test_a_message_that_does_not_open_is_told_and_not_passed_over(archive, dpo):
    request = access(dpo, archive)
    segment = message("sent").sightings.get().segment_id
    archive.vault.keyrings.delete(next(one for one in archive.vault.keyrings.keys("") if segment.hex in one))

    request = made(dpo, archive, request)

    assert items(request, carried_out=CarriedOut.MISSING).count() == 1
    with opened(archive, request) as pack:
        assert "could not be opened" in pack.read("withheld.json").decode()
    assert "could not be opened" in request.letters.get(kind="closing").text
    answering.close(actor=dpo, request_id=request.id, now=NOW)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_fields_are_taken_out_whole_and_the_rest_stays_byte_for_byte(end):
    raw = end.join(
        [
            b"From: a@x",
            b"Bcc: b@x,",
            b" c@x",
            b"Received: from h by g for <d@x>; today",
            b"Subject: s",
            b"",
            b"Bcc: kept",
        ]
    )

    left, count = without_blind(raw, frozenset({"a@x"}))

    assert (left, count) == (end.join([b"From: a@x", b"Subject: s", b"", b"Bcc: kept"]), 2)
    assert without_blind(raw, frozenset({"a@x", "b@x", "c@x", "d@x"})) == (raw, 0)
    assert without_blind(end.join([b"From: a@x", b"Bcc: b@x", b"", b"body"]), frozenset()) == (
        end.join([b"From: a@x", b"", b"body"]),
        1,
    )


def test_a_zip_is_read_by_others(archive, dpo):
    request = made(dpo, archive, access(dpo, archive))

    content = ready.place(archive.data, pack_name(request.id)).read_bytes()

    assert ZipFile(BytesIO(content)).testzip() is None
