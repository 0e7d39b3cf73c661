"""French is complete: each text of pages and code has its translation, and nothing more."""

import ast
import re
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from config.translations import catalogues, compile_all

ROOT = Path(__file__).parents[3]
APPS = ("accounts", "archive", "config", "discovery", "gdpr", "journaling")
CATALOGUE = [entry for path in catalogues() for entry in polib.pofile(str(path))]
KNOWN = {(entry.msgctxt, entry.msgid) for entry in CATALOGUE}
_CALLS = {"_": 0, "gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "ngettext": 0, "pgettext": 1, "pgettext_lazy": 1}


_STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_PLAIN = re.compile(rf"(?<![a-z])(?:n?gettext|_)\({_STRING}", re.DOTALL)
_CONTEXT = re.compile(rf"pgettext\({_STRING},\s*{_STRING}", re.DOTALL)


def sources(pattern):
    return [path for app in APPS for path in sorted((ROOT / app).rglob(pattern))]


def texts_of(code):
    """Return (context, text) of every call of gettext with literal arguments."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in _CALLS:
            continue
        words = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        place = _CALLS[node.func.id]
        if len(words) > place:
            found.add((words[0] if place else None, words[place]))
    return found


@pytest.mark.parametrize("path", sources("*.py"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_text_of_the_code_is_in_the_catalogue(path):
    assert texts_of(path.read_text()) <= KNOWN


@pytest.mark.parametrize("path", sources("*.html"), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_text_of_a_template_is_in_the_catalogue(path):
    pseudo = templatize(path.read_text())
    texts = {(None, ast.literal_eval(text)) for text in _PLAIN.findall(pseudo)}
    texts |= {(ast.literal_eval(context), ast.literal_eval(text)) for context, text in _CONTEXT.findall(pseudo)}
    assert texts <= KNOWN


def test_every_entry_is_translated_and_none_is_left_over():
    assert [entry.msgid for entry in CATALOGUE if entry.fuzzy or entry.obsolete or not entry.translated()] == []


def test_placeholders_are_the_same_in_both_languages():
    pattern = re.compile(r"%\(\w+\)[sd]|%s|<[^>]+>")
    different = [
        entry.msgid
        for entry in CATALOGUE
        for text in ([entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values())
        if sorted(pattern.findall(text)) != sorted(pattern.findall(entry.msgid_plural or entry.msgid))
    ]
    assert different == []


def test_french_typography_keeps_its_spaces_together():
    loose = [entry.msgid for entry in CATALOGUE if re.search(r" [;?!»]| :(?:\s|$)|« ", entry.msgstr)]
    assert loose == []


def test_catalogues_are_compiled_without_gettext_tools(tmp_path):
    folder = tmp_path / "config" / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    polib.pofile(str(ROOT / "config/locale/fr/LC_MESSAGES/django.po")).save(str(folder / "django.po"))
    (compiled,) = compile_all(tmp_path)
    assert polib.mofile(str(compiled)).find("Sign in").msgstr == "Connexion"
