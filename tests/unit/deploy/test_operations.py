"""docs/operations.md names only commands, roles, options, figures, settings and files that there are."""

import re
from dataclasses import fields

import pytest
from django.core.management import get_commands, load_command_class

from archive.queries.status import SourceStatus, Status
from tests.unit.deploy.files import ROOT, documented_settings
from tests.unit.deploy.test_files import entry

TEXT = (ROOT / "docs" / "operations.md").read_text()
COMMANDS = re.findall(r"(?:manage\.py|entry\.py manage) ([a-z][a-z_]+)((?: [^\s`|,;]+)*)", TEXT)


@pytest.mark.parametrize(("name", "rest"), sorted(set(COMMANDS)))
def test_every_command_is_there_and_takes_its_options(name, rest):
    command = load_command_class(get_commands()[name], name)
    known = {option for action in command.create_parser("manage.py", name)._actions for option in action.option_strings}
    assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known


def test_every_role_of_the_image_is_there():
    named = set(re.findall(r"entry\.py ([a-z][a-z-]+)", TEXT))
    assert named
    assert named <= {*entry().ROLES, "help"}


def test_every_target_of_make_is_there():
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?<=`)make ([a-z-]+)", TEXT)) <= targets


def test_every_figure_to_watch_is_one_that_status_tells():
    told = {field.name for kind in (Status, SourceStatus) for field in fields(kind)}
    rows = TEXT.split("## What to watch")[1].split("## ")[0]
    named = set(
        re.findall(r"`([a-z_]+)`", "\n".join(row.split("|")[1] for row in rows.splitlines() if row[:3] == "| `"))
    )
    assert len(named) > 10
    assert named <= told


def test_every_setting_is_documented():
    named = {name.removesuffix("_FILE") for name in re.findall(r"\b(MUNIMENT_[A-Z0-9_]*[A-Z0-9])\b", TEXT)}
    of_the_balancer = set(re.findall(r"MUNIMENT_[A-Z0-9_]+", (ROOT / "deploy" / "haproxy" / "haproxy.cfg").read_text()))
    families = {"MUNIMENT_S3"}  # MUNIMENT_S3_…_SECONDS
    of_the_tests = {name for name in named if name.startswith("MUNIMENT_LIVE_")}
    assert named - families - of_the_tests <= documented_settings() | of_the_balancer


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\b(?:deploy|archive|tests|docs)/[\w./-]+\w", TEXT))))
def test_every_file_is_there(path):
    assert (ROOT / path).exists()
