"""The guided page, and the sign-ins of the demonstration: listed on its own machine, and nowhere else."""

import json

import pytest

from accounts.demonstration import FILE, accounts_for, read
from config.walks import WALKS

ROWS = [{"role": "dpo", "name": "Ann Lee", "email": "ann@corp.example", "password": "not-a-secret-here"}]


@pytest.fixture
def installed(settings, tmp_path):
    settings.MUNIMENT_DATA = tmp_path
    (tmp_path / FILE).write_text(json.dumps(ROWS))
    return tmp_path


def test_the_tour_explains_every_role_to_anybody(client, db):
    page = client.get("/tour/").content.decode()
    assert all(f'id="{walk.role}"' in page for walk in WALKS)
    assert "Aurélie" not in page
    assert "password" not in page


def test_every_step_leads_to_a_page(db):
    assert all(step.address.startswith("/") for walk in WALKS for step in walk.steps)


@pytest.mark.parametrize("address", ["/sign-in/", "/tour/"])
def test_the_machine_of_the_demonstration_lists_its_people(client, db, installed, address):
    assert "not-a-secret-here" in client.get(address, HTTP_HOST="127.0.0.1:8000").content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"HTTP_X_REAL_IP": "192.0.2.7"},
        {"HTTP_FORWARDED": "for=192.0.2.7"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_HOST": "archive.corp.example"},
    ],
)
def test_nobody_elsewhere_sees_them(client, db, installed, settings, asked):
    settings.ALLOWED_HOSTS = ["*"]
    asked = {"HTTP_HOST": "127.0.0.1:8000"} | asked
    pages = "".join(client.get(address, **asked).content.decode() for address in ("/sign-in/", "/tour/"))
    assert "not-a-secret-here" not in pages


def test_an_archive_that_serves_https_lists_nobody(rf, installed, settings):
    settings.HTTPS = True
    assert accounts_for(rf.get("/tour/")) == ()


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]", "[::1]:8000"])
def test_the_machine_has_several_names(rf, installed, settings, host):
    settings.ALLOWED_HOSTS = ["*"]
    assert [one.name for one in accounts_for(rf.get("/tour/", HTTP_HOST=host))] == ["Ann Lee"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[1]", '[{"role": "king", "email": "a", "password": "b"}]', "nonsense"]
)
def test_a_file_that_says_nothing_of_use_lists_nobody(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    assert read(tmp_path) == ()


def test_no_file_lists_nobody(tmp_path):
    assert read(tmp_path) == ()
