"""What a page refuses it says in the language of the page: no service raises a bare English sentence that people meet."""

import ast
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override

from accounts.saying import said
from muniment.policy.request_clock import Extension, ExtensionGround
from muniment.policy.rules import Force, Origin, Source, Term
from muniment.policy.words import SaidNo, Text

ROOT = Path(__file__).parents[3]
APPS = ("accounts", "archive", "discovery", "gdpr")
# What commands and the start alone say: they speak English.
COMMANDS = {
    "accounts/services/audit.py",
    "accounts/services/grants.py",
    "accounts/services/people.py",
    "archive/services/exports.py",
    "archive/services/notes.py",
    "archive/services/setup.py",
}
POLICY = ("rules", "predicates", "request_clock")


def raised(path):
    """Yield (class, whether its first argument is a bare text) of every refusal that a module raises."""
    for node in ast.walk(ast.parse(path.read_text())):
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            name = call.func.id
            if not name.startswith("_") and name.endswith(("Refused", "NotAllowed", "NotProposed", "TooEarly")):
                yield name, bool(call.args) and isinstance(call.args[0], (ast.Constant, ast.JoinedStr))


def test_no_service_refuses_in_a_bare_english_sentence():
    modules = [path for app in APPS for path in sorted((ROOT / app / "services").rglob("*.py"))]
    bare = {path.relative_to(ROOT).as_posix() for path in modules for _name, is_bare in raised(path) if is_bare}
    assert bare - COMMANDS == set()


@pytest.mark.parametrize("module", POLICY)
def test_the_policy_refuses_in_both_languages(module):
    assert [name for name, is_bare in raised(ROOT / f"muniment/policy/{module}.py") if is_bare] == []


def _source(**fields):
    return Source(**{"citation": "x", "force": Force.POLICY, "origin": Origin.NONE, "checked": None} | fields)


@pytest.mark.parametrize(
    ("act", "french"),
    [
        (lambda: Term(years=-1), "Une durée ne peut être négative."),
        (lambda: _source(citation=" "), "Une règle doit avoir son fondement"),
        (lambda: _source(force=Force.DUTY), "est donné comme loi"),
        (
            lambda: Extension(ground=next(iter(ExtensionGround)), told_on=date(2026, 6, 1), months=3),
            "Une demande peut être prolongée de 1 ou 2 mois",
        ),
    ],
)
def test_a_refusal_of_the_core_is_said_in_french_on_a_french_page(act, french):
    with pytest.raises(SaidNo) as refusal:
        act()
    with override("fr"):
        assert french in said(refusal.value)
    with override("en"):
        assert said(refusal.value) == str(refusal.value)


def test_days_in_a_refusal_are_written_in_words():
    error = SaidNo(Text(en="On {day}.", fr="Le {day}."), day=date(2026, 6, 1))
    assert (error.to("fr"), str(error)) == ("Le 1er juin 2026.", "On 1 June 2026.")
