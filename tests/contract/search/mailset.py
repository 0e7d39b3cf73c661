"""A small set of mail in French, English, German, Chinese, Japanese and Korean, and who may see it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from muniment.engines.port import Document, Scope, SearchRequest, Sort
from muniment.query.parser import parse

TODAY = date(2024, 6, 1)
ALL = Scope(everything=True)
ALL_BLIND = Scope(everything=True, blind=True)


def mid(number: int) -> UUID:
    return UUID(int=(0x0190_0000_0000 << 80) | (7 << 76) | (2 << 62) | number)


def document(number: int, **fields) -> Document:
    """A message with an address or two; `access` is everybody it names unless said otherwise."""
    made = {
        "message_id": mid(number),
        "subject": "",
        "body": "",
        "from_": (),
        "to": (),
        "cc": (),
        "bcc": (),
        "participants": (),
        "access": (),
        "captured_at": datetime(2024, 5, 1, 12, number % 60, tzinfo=UTC),
        "size_bytes": 1000 + number,
        **fields,
    }
    return Document(**made)


MAIL = (
    document(
        1,
        subject="Contrats de travail signés",
        body="Bonjour, les salariés licenciés ont signé l’avenant. L'avion d'Air France part aujourd'hui à l’aube.",
        from_=("Chloé Lefèvre <chloe.lefevre@acme.com>",),
        to=("Jean-Paul Müller <jp.mueller@mail.acme.com>",),
        bcc=("secret.auditor@hidden.example",),
        participants=("chloe.lefevre@acme.com", "jp.mueller@mail.acme.com"),
        access=("chloe.lefevre@acme.com", "jp.mueller@mail.acme.com", "secret.auditor@hidden.example"),
        date=datetime(2024, 3, 1, 10, tzinfo=UTC),
        attachment_names=("Contrat_2024.pdf", "plan de vol.xlsx"),
        attachment_types=("application/pdf", "pdf", "xlsx"),
        attachment_text="Le présent contrat est conclu pour une durée indéterminée avec clause de non-concurrence.",
        has_attachment=True,
        sources=("Journal Paris",),
        custodians=("chloe.lefevre@acme.com",),
        thread_id="t-1",
        rfc_message_id="<CAF.Abc-1@mail.acme.com>",
        flags=("signed",),
    ),
    document(
        2,
        subject="Re: termination of the agreement",
        body="We are terminating the agreements. The supplier's notes do not mention the delivery of copies.\n"
        "Price: 1,234.56 EUR. IBAN FR76 3000 6000 0112 3456 7890 189. Call +33 1 23 45 67 89.",
        from_=("Bob O'Brien <bob_obrien@globex.example>",),
        to=("chloe.lefevre@acme.com",),
        cc=("Ana <ana@acme.com.evil.example>",),
        participants=("bob_obrien@globex.example", "chloe.lefevre@acme.com", "ana@acme.com.evil.example"),
        access=("bob_obrien@globex.example", "chloe.lefevre@acme.com", "ana@acme.com.evil.example"),
        date=datetime(2024, 3, 2, 9, tzinfo=UTC),
        size_bytes=9_000_000,
        sources=("journal-london",),
        custodians=("bob_obrien@globex.example",),
        thread_id="t-2",
        rfc_message_id="two@globex.example",
        flags=("reply",),
    ),
    document(
        3,
        subject="Straße und Überweisung",
        body="Die Überweisung auf das Konto DE89370400440532013000 ist erfolgt. Grüße aus Köln, Schöne Œuvre.",
        from_=("Jörg <a.very.long.address.of.more.than.forty.two.characters@sub.example.de>",),
        to=("list@lists.example.org",),
        participants=("a.very.long.address.of.more.than.forty.two.characters@sub.example.de", "list@lists.example.org"),
        access=("a.very.long.address.of.more.than.forty.two.characters@sub.example.de",),
        date=datetime(2023, 12, 31, 23, 30, tzinfo=UTC),
        lists=("dev.lists.example.org",),
        flags=("list",),
    ),
    document(
        4,
        subject="契約書について",
        body="契約の更新をお願いします。东京办公室 계약서를 보내주세요。",
        from_=("田中 <tanaka@example.jp>",),
        to=("chloe.lefevre@acme.com",),
        participants=("tanaka@example.jp", "chloe.lefevre@acme.com"),
        access=("tanaka@example.jp", "chloe.lefevre@acme.com"),
        date=datetime(2024, 1, 15, tzinfo=UTC),
        attachment_names=("見積書.docx",),
        attachment_types=("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        has_attachment=True,
        sources=("Journal Paris",),
    ),
    document(
        5,
        subject="Board minutes",
        body="The board approved the merger. Confidential: do not forward. Tim cares for the car park.",
        from_=("Bob O'Brien <bob_obrien@globex.example>",),
        to=("board@globex.example",),
        participants=("bob_obrien@globex.example", "board@globex.example", "carol@globex.example"),
        access=("bob_obrien@globex.example", "board@globex.example", "carol@globex.example"),
        date=None,
        captured_at=datetime(2024, 5, 20, 8, tzinfo=UTC),
        size_bytes=1005,
        sources=("journal-london",),
        flags=("defective", "automatic"),
    ),
    document(
        6,
        subject="Note de frais",
        body="Veuillez trouver les notes de frais. Le résumé est joint. Le contrat, signé hier par le fournisseur, "
        "prévoit une pénalité pour chaque retard de livraison.",
        from_=("Chloé Lefèvre <chloe.lefevre@acme.com>",),
        to=("compta@acme.com",),
        participants=("chloe.lefevre@acme.com", "compta@acme.com"),
        access=("chloe.lefevre@acme.com", "compta@acme.com"),
        date=datetime(2024, 3, 1, 10, tzinfo=UTC),
        sources=("Journal Paris",),
        custodians=("Compta Paris",),
    ),
    document(
        7,
        subject="Please resume",
        body="Please resume the work on the project. It is not ready.",
        from_=("dave@initech.example",),
        to=("chloe.lefevre@acme.com", "bob_obrien@globex.example"),
        participants=("dave@initech.example", "chloe.lefevre@acme.com", "bob_obrien@globex.example"),
        access=("dave@initech.example", "chloe.lefevre@acme.com", "bob_obrien@globex.example"),
        date=datetime(2024, 3, 1, 10, tzinfo=UTC),
        size_bytes=1000,
    ),
)


def request(query: str, **options) -> SearchRequest:
    options.setdefault("scope", ALL)
    return SearchRequest(query=parse(query, today=TODAY), **options)


def found(engine, query: str, **options) -> list[int]:
    """The numbers of the messages that a query finds, in rising order."""
    options.setdefault("limit", 1000)
    result = engine.search(request(query, **options))
    assert result.total == len(result.hits)
    return sorted(numbers(result))


def numbers(result) -> list[int]:
    return [hit.message_id.int & 0xFFFF_FFFF for hit in result.hits]


def copies(count: int, **fields) -> list[Document]:
    """Messages that are alike but for their ids."""
    return [replace(MAIL[6], message_id=mid(1000 + number), **fields) for number in range(count)]


SORTS = tuple(Sort)
