import hashlib

from muniment.mail.mailboxes.model import Item, import_key


def item(identity=b"all.mbox", occurrence=0, raw=b"From: a\n\n"):
    return Item(
        name="all.mbox#1", identity=identity, occurrence=occurrence, raw=raw, sha256=hashlib.sha256(raw).digest()
    )


def key(source="s", custodian="", **changes):
    return import_key(source=source, custodian=custodian, item=item(**changes))


def test_everything_that_tells_items_apart_is_in_the_key():
    keys = {
        key(),
        key(source="t"),
        key(custodian="ann@example.org"),
        key(identity=b"old.mbox"),
        key(occurrence=1),
        key(raw=b"From: b\n\n"),
    }

    assert len(keys) == 6


def test_the_key_of_an_item_is_the_same_for_ever():
    assert key() == "4b7fe569196bde54645a4f18294c1e2e45f889eee2b1e4ab34159f34aa477344"


def test_fields_do_not_run_together():
    assert key(source="ab", custodian="c") != key(source="a", custodian="bc")
