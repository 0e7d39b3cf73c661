"""Each query with the messages that it finds; every engine agrees."""

import pytest

from muniment.query.refusals import QueryError
from tests.contract.search.mailset import ALL, ALL_BLIND, found, request

FOUND = {
    # words: case, accents, inflections
    "": [1, 2, 3, 4, 5, 6, 7],
    "*": [1, 2, 3, 4, 5, 6, 7],
    "contrat": [1, 6],
    "CONTRATS": [1, 6],
    "licencié": [1],
    "licencie": [1],
    "licenciées": [1],
    "licenciees": [1],
    "salarié": [1],
    "signer": [1, 6],
    "agreement": [2],
    "terminate": [2],
    "terminated": [2],
    "copy": [2],
    "supplier": [2],
    "notes": [2, 6],
    "note": [2, 6],
    "not": [2, 5, 7],
    "resume": [6, 7],
    "résumé": [6, 7],
    "=résumé": [6],
    "=resume": [7],
    "=contrats": [1],
    "=contrat": [1, 6],
    "=agreement": [2],
    "=Agreements": [2],
    "strasse": [3],
    "STRASSE": [3],
    "straße": [3],
    "uberweisung": [3],
    "Überweisung": [3],
    "oeuvre": [3],
    "œuvre": [3],
    "koln": [3],
    "grüsse": [3],
    # apostrophes and elision
    "avion": [1],
    "l'avion": [1],
    "l’avion": [1],
    "avenant": [1],
    "aujourd'hui": [1],
    "aujourd’hui": [1],
    "hui": [],
    "o'brien": [2, 5, 7],
    "obrien": [2, 5, 7],
    # hyphens, numbers, addresses in the text
    "non-concurrence": [1],
    "jean-paul": [1],
    "1,234.56": [2],
    "FR7630006000011234567890189": [2],
    '"FR76 3000 6000 0112 3456 7890 189"': [2],
    "DE89370400440532013000": [3],
    '"DE89 3704 0044 0532 0130 00"': [3],
    '"+33 1 23 45 67 89"': [2],
    "bob_obrien@globex.example": [2, 5, 7],
    "bob_obrien": [2, 5, 7],
    "a.very.long.address.of.more.than.forty.two.characters@sub.example.de": [3],
    "carol@globex.example": [5],
    # Chinese, Japanese, Korean
    "契約": [4],
    "契約書": [4],
    "更新": [4],
    "办公室": [4],
    "계약": [4],
    "お願い": [4],
    "見積書": [4],
    "約契": [],
    # joining
    "contrat signé": [1, 6],
    "contrat AND note": [6],
    "contrat OR merger": [1, 5, 6],
    "contrat -note": [1],
    "contrat NOT note": [1],
    "NOT contrat": [2, 3, 4, 5, 7],
    "-contrat -agreement": [3, 4, 5, 7],
    "NOT (contrat OR agreement OR project)": [3, 4, 5],
    "(contrat OR agreement) (note OR supplier)": [2, 6],
    "merger OR NOT has:attachment": [2, 3, 5, 6, 7],
    # phrases fold and do not stem
    '"contrats de travail"': [1],
    '"contrat de travail"': [],
    '"CONTRATS DE TRAVAIL SIGNES"': [1],
    '"terminating the agreements"': [2],
    '"terminating agreements"': [],
    '"signé l\'avenant"': [1],
    '"contrat de trav*"': [],
    '"contrats de trav*"': [1],
    '"cont* de travail"': [1],
    'subject:"note de frais"': [6],
    # wildcards and fuzzy words
    "contr*": [1, 6],
    "*trat": [1, 6],
    "c?ntrat": [1, 6],
    "termin*": [2],
    "*minat*": [2],
    "l'avi*": [1],
    "jean-p*": [1],
    "契*": [4],
    "merter~": [5],
    "mergre~": [5],
    "megrers~2": [5],
    "xergerx~": [],
    "agreeemnt~2": [2],
    # proximity
    "contrat w/3 fournisseur": [],
    "contrat w/4 fournisseur": [6],
    "fournisseur w/4 contrat": [6],
    "contrat pre/4 fournisseur": [6],
    "fournisseur pre/4 contrat": [],
    "contrat w/0 signé": [6],
    "contrats w/5 signés": [1, 6],
    "board w/1 approved": [5],
    "merger pre/3 forward": [5],
    "merger pre/2 forward": [],
    "=signé w/5 contrat": [6],
    "contr* w/4 fourn*": [6],
    '"signé hier" w/2 fournisseur': [6],
    '"signé hier" w/1 fournisseur': [],
    'fournisseur w/2 "signé hier"': [6],
    'fournisseur pre/2 "signé hier"': [],
    '"le contrat" w/5 "le fournisseur"': [6],
    "(merger OR contrat) w/5 (forward OR fournisseur)": [5, 6],
    "subject:contrats w/5 subject:signés": [1],
    "body:(contrat w/5 signé)": [6],
    "attachment:(clause w/2 concurrence)": [1],
    # fields of text
    "subject:contrat": [1],
    "body:contrat": [6],
    "attachment:contrat": [1],
    "attachment:indéterminée": [1],
    "attachment:vol": [1],
    "body:(merger OR project)": [5, 7],
    # addresses
    "from:chloe.lefevre@acme.com": [1, 6],
    "from:acme.com": [1, 6],
    "from:@acme.com": [1, 6],
    "to:acme.com": [1, 2, 4, 6, 7],
    "to:@acme.com": [2, 4, 6, 7],
    "to:@mail.acme.com": [1],
    "cc:acme.com": [],
    "cc:evil.example": [2],
    "cc:ana": [2],
    "from:lefevre": [1, 6],
    "from:Lefèvre": [1, 6],
    "from:=Lefèvre": [1, 6],
    'from:"chloé lefèvre"': [1, 6],
    "from:chloe.lefevre": [1, 6],
    "from:bob_obrien@globex.example": [2, 5],
    "from:bob_obrien": [2, 5],
    "from:o'brien": [2, 5],
    "from:lefe*": [1, 6],
    "from:*@acme.com": [1, 6],
    "from:ch*@acme.com": [1, 6],
    "from:*@*.de": [3],
    "from:lefevra~": [1, 6],
    "from:田中": [4],
    "to:müller": [1],
    "to:jp.mueller": [1],
    "participant:carol": [5],
    "participant:carol@globex.example": [5],
    "participant:globex.example": [2, 5, 7],
    "from:(dave OR tanaka)": [4, 7],
    "from:chloe to:compta": [6],
    # values
    "has:attachment": [1, 4],
    "-has:attachment": [2, 3, 5, 6, 7],
    "is:signed": [1],
    "is:reply OR is:list": [2, 3],
    "is:defective is:automatic": [5],
    "filename:contrat_2024.pdf": [1],
    "filename:contrat": [1],
    "filename:*.pdf": [1],
    "filename:contr*": [1],
    'filename:"plan de vol"': [1],
    "filename:見積書": [4],
    "filetype:pdf": [1],
    "filetype:.pdf": [1],
    "filetype:application/pdf": [1],
    "filetype:application": [1, 4],
    "filetype:docx OR filetype:xlsx": [1, 4],
    "source:journal-london": [2, 5],
    'source:"Journal Paris"': [1, 4, 6],
    "source:paris": [1, 4, 6],
    "custodian:chloe.lefevre@acme.com": [1],
    "custodian:compta": [6],
    "custodian:acme.com": [1],
    "list:dev.lists.example.org": [3],
    "list:lists.example.org": [3],
    "thread:t-1": [1],
    "thread:t": [],
    "messageid:CAF.Abc-1@mail.acme.com": [1],
    "messageid:<caf.abc-1@mail.acme.com>": [1],
    "messageid:two@globex.example": [2],
    # dates and sizes
    "date:2024": [1, 2, 4, 6, 7],
    "date:2024-03": [1, 2, 6, 7],
    "date:2024-03-01": [1, 6, 7],
    "date:2023-12-31": [3],
    "date:2023-12-31..2024-01-15": [3, 4],
    "date:>2024-03-01": [2],
    "date:>=2024-03-01": [1, 2, 6, 7],
    "date:<2024-01-15": [3],
    "date:<=2024-01-15": [3, 4],
    "after:2024-03-02": [2],
    "before:2024-01-15": [3],
    "older_than:5m": [3],
    "received:2024-05-20": [5],
    "received:2024-05-01": [1, 2, 3, 4, 6, 7],
    "NOT date:2024": [3, 5],
    "size:>1mb": [2],
    "size:1005..1006": [5, 6],
    "smaller:1000": [7],
    "larger:8mb": [2],
    "contrat date:2024-03-01 has:attachment": [1],
}


@pytest.mark.parametrize("query", FOUND)
def test_a_query_finds_these_messages(filled, query):
    assert found(filled, query) == FOUND[query]


REFUSED = {
    "e*": "too-broad",
    "*a": "too-broad",
    "from:a*": "too-broad",
    "jean-p* OR x?": "too-broad",
    "pii:iban": "field-unavailable",
    "label:urgent": "field-unavailable",
    "lang:fr": "field-unavailable",
    "contrat OR NOT lang:fr": "field-unavailable",
    "jean-paul~": "fuzzy-one-word",
}


@pytest.mark.parametrize("query", REFUSED)
def test_a_query_that_no_index_answers_is_refused_at_its_place(filled, query):
    with pytest.raises(QueryError) as refusal:
        filled.search(request(query))

    assert refusal.value.key == REFUSED[query]
    assert 0 <= refusal.value.start < refusal.value.end <= len(query)


BLIND_QUERIES = (
    "secret", "auditor", "hidden", "secret.auditor@hidden.example", "hidden.example", "secr*", "*dden", "auditro~",
    '"secret auditor"', "bcc:secret", "bcc:hidden.example", "bcc:secr*", "bcc:*@hidden.example",
    "participant:secret.auditor@hidden.example", "participant:hidden.example", "participant:*@hidden.example",
    "participant:audit*", "bcc:@hidden.example",
)  # fmt: skip


@pytest.mark.parametrize("query", BLIND_QUERIES)
def test_blind_recipients_are_found_by_those_who_may_see_them_only(filled, query):
    without, with_blind = found(filled, query, scope=ALL), found(filled, query, scope=ALL_BLIND)

    assert (without, with_blind) == ([], [1])


@pytest.mark.parametrize("query", ["from:secret", "to:hidden.example", "cc:auditor", "body:secret", "custodian:secret"])
def test_a_blind_recipient_is_in_no_other_field(filled, query):
    assert found(filled, query, scope=ALL_BLIND) == []
