"""What leaves the archive by API: an export by a job, the copy of an access, an erasure up to its approval."""

from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import pytest

from discovery.services import export_jobs
from gdpr.models import Information
from gdpr.services import packs

WHY = {"reason": "Because."}


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_an_export_is_asked_for_made_and_fetched_by_its_asker_alone(filled, officer, person, program_of):
    program, other = program_of(officer), program_of(person("legal", None, ("everything", "")))
    asked = program.post("/exports", {"name": "Mallory", "q": "from:mallory", "purpose": "a test"}).json()
    early = program.get(f"/exports/{asked['id']}/bundle.zip")
    export_jobs.run(UUID(asked["id"]), archive=filled)
    made = program.get(f"/exports/{asked['id']}").json()
    bundle = content(program.get(f"/exports/{asked['id']}/bundle.zip"))
    assert (asked["state"], early.status_code, made["state"]) == ("queued", 404, "done")
    assert made["may_fetch"] is True
    assert len(bundle) == made["size_bytes"]
    assert "manifest.json" in ZipFile(BytesIO(bundle)).namelist()
    assert other.get(f"/exports/{asked['id']}").status_code == 404
    assert other.get(f"/exports/{asked['id']}/bundle.zip").status_code == 404


@pytest.fixture
def dpo(person, program_of, filled):
    return program_of(person("dpo", "dpo@corp.example", ("everything", "")))


def located(dpo, right, **more):
    """Take a request of Mallory's up to its located messages; return its address."""
    body = {"right": right, "channel": "email", "received_on": "2026-11-01", "person_name": "Mallory", **more}
    made = dpo.post("/requests", body | {"addresses": ["mallory@evil.example"]}).json()
    address = f"/requests/{made['id']}"
    dpo.post(f"{address}/qualify", {"method": "held"})
    whole = dpo.post(f"{address}/scope", {}).json()
    dpo.post(f"{address}/terms/decide", {"confirmed": [one["id"] for one in whole["terms"]]})
    dpo.post(f"{address}/terms/approve")
    dpo.post(f"{address}/mentions", {"search": False, **WHY})
    assert dpo.post(f"{address}/locate").status_code == 200
    return address


def test_an_access_is_decided_released_and_handed_over(dpo, filled, officer):
    address = located(dpo, "access")
    item = dpo.get(f"{address}/messages", {"undecided": True}).json()["items"][0]
    decided = dpo.post(f"{address}/decide", {"choice": "release", "items": [item["id"]], **WHY}).json()
    dpo.post(f"{address}/check")
    settled = dpo.post(f"{address}/settle").json()
    for language in ("fr", "en"):
        texts = "controller purposes categories recipients retention rights complaint source automated".split()
        Information.objects.create(
            language=language, version=1, made_by=officer, made_at=officer.date_joined, **dict.fromkeys(texts, "x")
        )
    wrong = dpo.post(f"{address}/carry-out", {"messages": 2})
    released = dpo.post(f"{address}/carry-out", {"messages": 1})
    packs.make(request_id=UUID(address.rpartition("/")[2]), archive=filled)
    copy = content(dpo.get(f"{address}/copy.zip"))
    assert item["subject"]
    assert (decided["taken"], settled["sealed"]) == (1, True)
    assert (wrong.status_code, released.status_code) == (409, 202)
    assert any(name.endswith(".eml") for name in ZipFile(BytesIO(copy)).namelist())
    assert dpo.post(f"{address}/close").json()["state"] == "closed"


def test_an_erasure_waits_for_a_second_person_and_its_days(dpo, person, program_of):
    counsel = program_of(person("legal", "counsel@corp.example"))
    address = located(dpo, "erasure", grounds=["a"])
    dpo.post(f"{address}/decide", {"choice": "erase", "concern": "sender", **WHY})
    dpo.post(f"{address}/check")
    dpo.post(f"{address}/settle")
    asked = dpo.post(f"{address}/ask-approval", WHY).json()
    before = dpo.post(f"{address}/carry-out", {"messages": 1})
    approved = counsel.post(f"/approvals/{asked['approval']['id']}/approve", {})
    too_soon = dpo.post(f"{address}/carry-out", {"messages": 1})
    assert (before.status_code, approved.status_code, too_soon.status_code) == (409, 200, 409)
    assert dpo.get(address).json()["may_begin_at"]
    assert dpo.get(f"{address}/certificate").status_code == 404
    assert counsel.get(address).status_code == 404


def test_the_register_says_how_requests_stand(dpo):
    located(dpo, "access")
    register = dpo.get("/requests").json()
    history = dpo.get(f"/requests/{register['items'][0]['id']}/history").json()
    assert register["total"] == 1
    assert sum(register["standings"].values()) == 1
    assert history["letters"][0]["kind"] == "acknowledgement"
    assert dpo.get("/requests", {"page": 9}).json()["items"] == []
