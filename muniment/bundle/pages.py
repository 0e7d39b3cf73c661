"""The pages of a bundle for people: static, without script, made from `items.jsonl` and the manifest alone."""

import json
from collections.abc import Iterator, Sequence
from html import escape
from itertools import islice
from typing import Any, BinaryIO, Final

from muniment.bundle import frame, layout, records
from muniment.bundle.model import Counts, Request

_STYLES: Final = "code { font-size: .85rem; }"
_WIDTH_REM: Final = 76
_HEADINGS: Final = ("N°", "Date (UTC)", 'De / <span lang="en">From</span>', 'Objet / <span lang="en">Subject</span>')


def item_pages(items: BinaryIO, count: int) -> Iterator[bytes]:
    """Yield the pages that list the messages, `PAGE_ITEMS` on each."""
    items.seek(0)
    last = _page_count(count)
    for number in range(1, last + 1):
        rows = [_row(json.loads(line)) for line in islice(items, layout.PAGE_ITEMS)]
        links = _link("../index.html", 'Accueil / <span lang="en">Start</span>')
        if number > 1:
            links += " " + _link(f"../{layout.page_name(number - 1)}", f"← {number - 1}")
        if number < last:
            links += " " + _link(f"../{layout.page_name(number + 1)}", f"{number + 1} →")
        body = f"<nav><p>{links}</p></nav>\n{_table((*_HEADINGS, 'SHA-256'), rows)}\n<nav><p>{links}</p></nav>"
        yield _page(f"Messages – {number} / {last}", body)


def index_page(request: Request, counts: Counts) -> bytes:
    """Return the first page: what was asked, what is here, what is not."""
    exceptions = ", ".join(f"{code}: {count}" for code, count in sorted(counts.exceptions.items())) or "0"
    facts = (
        ("Fait le / Made on", records.moment(request.generated_at)),
        ("Demandé par / Asked by", request.asked_by),
        ("But / Purpose", request.purpose),
        ("Affaire / Matter", request.matter),
        ("Requête / Query", request.query.typed),
        ("Sens de la requête", request.query.explained_fr),
        ("Meaning of the query", request.query.explained_en),
        ("Trouvés / Found", str(request.selection.found)),
        ("Messages", str(counts.messages)),
        ("Fichiers / Files", str(counts.files)),
        ("Octets / Bytes", str(counts.bytes)),
        ("Exceptions", exceptions),
        ("Messages cherchables / Searchable messages", _covered(request)),
        ("Journal de preuve / Evidence log", _log(request)),
    )
    rows = [f'<tr><th scope="row">{escape(name)}</th><td><bdi>{escape(text)}</bdi></td></tr>\n' for name, text in facts]
    files = (layout.README, layout.SUMS, layout.MANIFEST, layout.ITEMS, layout.EXCEPTIONS)
    pages = (_link(layout.page_name(at), str(at)) for at in range(1, _page_count(counts.messages) + 1))
    body = (
        f"<table>\n{''.join(rows)}</table>\n"
        f"<h2>Messages</h2>\n<nav><p>{' '.join(pages)}</p></nav>\n"
        f'<h2>Fichiers / <span lang="en">Files</span></h2>\n<p>{" · ".join(_link(name, name) for name in files)}</p>'
    )
    return _page("Export de messages / Export of messages", body)


def _page(title: str, body: str) -> bytes:
    return frame.page(language="fr", title=title, body=body, styles=_STYLES, width_rem=_WIDTH_REM)


def _page_count(messages: int) -> int:
    return -(-messages // layout.PAGE_ITEMS)


def _covered(request: Request) -> str:
    return f"{request.coverage.get('searchable', '?')} / {request.coverage.get('total', '?')}"


def _log(request: Request) -> str:
    return "–" if request.log is None else f"{request.log.origin}, {request.log.size}"


def _row(item: dict[str, Any]) -> str:
    first = next(sighting for sighting in item["sightings"] if sighting["file"])
    cells = (
        _link(f"../{first['file']}", str(item["n"])),
        escape((item["date"] or "–")[:19].replace("T", " ")),
        f"<bdi>{escape(item['from'])}</bdi>",
        f"<bdi>{escape(item['subject'])}</bdi>",
        f"<code>{escape(first['sha256'])}</code>",
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _table(headings: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(f"{row}\n" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"


def _link(target: str, text: str) -> str:
    return f'<a href="{escape(target)}">{text}</a>'
