"""`manage.py hold` lists, places, releases and completes; it approves nothing."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role
from accounts.services import approvals
from archive.models import Hold
from archive.services import holds
from archive.wiring import archive
from tests.flow.accounts.conftest import empty_archive, filled, message
from tests.flow.archive.holding import matter, person, sightings

__all__ = ["empty_archive", "filled", "message"]  # fixtures


def run(*words, code=0):
    """Return what the command prints, after it ended with `code`."""
    out, err = io.StringIO(), io.StringIO()
    ended = 0
    try:
        call_command("hold", *words, stdout=out, stderr=err)
    except SystemExit as stopped:
        ended = stopped.code
    assert ended == code, err.getvalue()
    return out.getvalue(), err.getvalue()


PLACE = ("--place", "M-1", "--name", "the hold", "--reason", "a lawsuit", "--json")


def test_a_hold_is_placed_and_listed(filled):
    matter()
    placed = json.loads(run(*PLACE, "--query", "*")[0])
    listed = json.loads(run("--list", "--json")[0])["holds"]
    assert (placed["kind"], placed["sightings"], placed["unfinished"]) == ("query", len(sightings()), False)
    assert listed == [placed]
    assert placed["id"] in run("--list")[0]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "Say what to do"),
        (PLACE, 2, "Say what to hold"),
        ((*PLACE, "--query", "(quay"), 1, "parenthesis"),
        (("--place", "M-9", "--query", "quay"), 1, "no matter"),
        (("--release", "00000000-0000-0000-0000-000000000001"), 1, "no such hold"),
    ],
)
def test_what_cannot_be_done_is_said(filled, words, code, said):
    matter()
    assert said in run(*words, code=code)[1]


def test_terms_of_two_kinds_are_wrong_usage(filled):
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("hold", *PLACE, "--query", "quay", "--custodian", "ann@corp.example")


def test_a_command_releases_what_two_people_let_go_and_nothing_else(filled):
    people = person("lea"), person("carl", Role.COMPLIANCE)
    matter(*people)
    placed = json.loads(run(*PLACE, "--query", "*")[0])
    refused = run("--release", placed["id"], code=1)[1]
    approval = holds.ask_release(actor=people[0], hold=Hold.objects.get(), reason="it is over")
    approvals.approve(actor=people[1], approval_id=approval.pk)
    released = json.loads(run("--release", placed["id"], "--json")[0])
    assert "second person" in refused
    assert (released["released_at"] is not None, released["unfinished"]) == (True, False)


def test_what_was_cut_short_is_completed(filled):
    terms = {"name": "n", "reason": "r", "kind": "query", "query": "*", "archive": archive()}
    holds.place(actor=person("carl", Role.COMPLIANCE, ("everything", "")), matter=matter(), complete=False, **terms)
    assert "not complete yet" in run("--list")[0]
    assert run("--complete")[0] == "1 holds completed, 0 releases completed, 0 left\n"
