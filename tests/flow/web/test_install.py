"""`make up` fills an archive that nobody uses yet, and no other."""

import pytest

from accounts.actors import operator
from accounts.demonstration import FILE
from accounts.models import Role
from accounts.services import people
from demo import install

pytestmark = pytest.mark.django_db


def test_a_new_archive_is_filled(tmp_path):
    assert install.is_wanted(tmp_path)


def test_an_archive_with_a_person_is_left_alone(tmp_path):
    people.add(actor=operator(), address="me@corp.example", role=Role.COMPLIANCE, password="a long enough word")
    assert not install.is_wanted(tmp_path)


def test_the_demonstration_is_not_made_twice(tmp_path):
    (tmp_path / FILE).write_text("[]")
    assert not install.is_wanted(tmp_path)


def test_a_filling_that_was_cut_short_is_gone_on_with(tmp_path):
    people.add(actor=operator(), address="me@corp.example", role=Role.COMPLIANCE, password="a long enough word")
    (tmp_path / "demo-unfinished").touch()
    assert install.is_wanted(tmp_path)
