"""Searching and reading by API: the same figures as the page, page by page, in the caller's scope alone."""


def test_a_search_gives_exact_totals_facets_histogram_and_coverage(filled, officer, program_of):
    found = program_of(officer).get("/search", {"q": "from:mallory"}).json()
    assert found["total"] == 1
    assert found["facets"]["sender"][0]["count"] == 1
    assert sum(bar["count"] for bar in found["histogram"]["bars"]) + found["histogram"]["undated"] == 1
    assert found["coverage"]["total"] == found["coverage"]["searchable"] == 5
    assert found["explanation"]


def test_pages_together_are_the_whole_and_after_the_last_comes_nothing(filled, officer, program_of):
    program = program_of(officer)
    pages = [program.get("/search", {"per": 2, "page": number}).json() for number in (1, 2, 3, 1_000_000)]
    ids = [item["id"] for page in pages for item in page["items"]]
    assert len(ids) == len(set(ids)) == 5
    assert pages[-1]["items"] == []
    assert pages[-1]["total"] == 5


def test_a_query_that_is_not_understood_says_where(filled, officer, program_of):
    answer = program_of(officer, language="fr").get("/search", {"q": "invoice (open"})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["position"] == 9
    assert answer.json()["type"] == "/api/v1/#problem-not-understood"


def test_a_long_query_goes_into_a_body(filled, officer, program_of):
    query = " OR ".join(f"word{number}" for number in range(200)) + " OR from:mallory"
    assert program_of(officer).post("/search", {"q": query}).json()["total"] == 1


def test_a_parameter_that_is_not_known_is_an_error(filled, officer, program_of):
    assert program_of(officer).post("/search", {"query": "x"}).status_code == 422


def test_a_message_is_read_with_its_bytes_parts_thread_and_proof(filled, message, officer, program_of):
    program, found = program_of(officer), message("hostile")
    read = program.get(f"/messages/{found.id}").json()
    raw = program.get(f"/messages/{found.id}/raw.eml").content
    proof = program.get(f"/messages/{found.id}/proof").json()
    part = program.get(f"/messages/{found.id}/parts/{read['parts'][0]['path']}")
    thread = program.get(f"/messages/{found.id}/thread").json()
    sightings = program.get(f"/messages/{found.id}/sightings").json()
    assert read["subject"] == found.subject
    assert len(raw) == proof["raw_bytes"]
    assert proof["ok"]
    assert part.status_code == 200
    assert [one["id"] for one in thread["items"]] == [str(found.id)]
    assert sightings["items"][0]["sha256"] == proof["sha256"]


def test_blind_copies_are_not_told_to_those_who_may_not_see_them(filled, message, person, program_of):
    found = message("blind")
    program = program_of(person("employee", "ann@corp.example"))
    answers = [program.get(f"/messages/{found.id}{what}") for what in ("", "/sightings", "/thread")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer for answer in answers if "carol" in answer.content.decode()] == []


def test_saved_searches_are_kept_run_renamed_and_deleted(filled, officer, program_of):
    program = program_of(officer)
    saved = program.post("/searches", {"name": "Mallory", "q": "from:mallory"}).json()
    found = program.get(f"/searches/{saved['id']}/results").json()
    renamed = program.post(f"/searches/{saved['id']}/rename", {"name": "M."}).json()
    gone = program.call("delete", f"/searches/{saved['id']}")
    assert found["total"] == 1
    assert (renamed["name"], renamed["last_total"]) == ("M.", 1)
    assert gone.status_code == 204
    assert program.get("/searches").json() == {"items": []}
