"""Settings are read with a sentence for what is wrong, and every one is documented."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("text", ["x", "-1", "0", "70000", "1.5", "٣"])
def test_a_number_out_of_range_is_named_with_its_range(text):
    with pytest.raises(ImproperlyConfigured, match=r"PORT is .* a whole number from 1 to 65535"):
        Environment({"PORT": text}).whole("PORT", 8000, least=1, most=65535)


@pytest.mark.parametrize(("values", "expected"), [({}, 8000), ({"PORT": ""}, 8000), ({"PORT": " 25 "}, 25)])
def test_a_number_is_read_or_has_its_default(values, expected):
    assert Environment(values).whole("PORT", 8000, least=1, most=65535) == expected


@pytest.mark.parametrize(("text", "expected"), [("yes", True), ("1", True), ("No", False), ("", False)])
def test_a_flag_is_yes_or_no(text, expected):
    assert Environment({"DEBUG": text}).flag("DEBUG") is expected


def test_any_other_flag_is_refused():
    with pytest.raises(ImproperlyConfigured, match="write yes or no"):
        Environment({"DEBUG": "maybe"}).flag("DEBUG")


def test_a_list_is_split_at_commas():
    assert Environment({"HOSTS": "a, b,,c"}).items("HOSTS") == ["a", "b", "c"]


def test_every_setting_is_documented_and_every_documented_setting_exists():
    code = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    read = set(re.findall(r'(?:text|whole|flag|items|db_url)\(\s*"([A-Z0-9_]+)"', code))
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert read == documented


def test_a_setting_can_stand_in_a_file(tmp_path):
    (tmp_path / "port").write_text("8001\n")
    assert Environment({"PORT_FILE": str(tmp_path / "port")}).whole("PORT", 8000, least=1, most=65535) == 8001


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"KEY_FILE": "/nonexistent/key"}, "KEY_FILE names '/nonexistent/key', which cannot be read"),
        ({"KEY_FILE": "/etc/hostname", "KEY": "x"}, "KEY and KEY_FILE are both set"),
    ],
)
def test_a_file_that_cannot_be_read_or_that_contradicts_is_told(values, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        Environment(values).text("KEY")
