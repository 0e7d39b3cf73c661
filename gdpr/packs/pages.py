"""The pages of a pack: static, without script, in the person's language. What comes from mail is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from gdpr.packs.model import Head
from muniment.bundle import frame, layout
from muniment.policy.words import Language, Text, typeset

PAGE_MESSAGES: Final = 500
_WIDTH_REM: Final = 72
_STYLES: Final = """\
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
.text { white-space: pre-wrap; max-width: 46rem; }"""
_TEXTS: Final = {
    "title": Text(en="Your data in our e-mail archive", fr="Vos données dans notre archive de courriels"),
    "lead": Text(
        en="Request no. {number} of {name}, received on {received}: access under Article 15 of the GDPR.",
        fr="Demande n° {number} de {name}, reçue le {received} : droit d’accès, article 15 du RGPD.",
    ),
    "counts": Text(
        en="{count} messages are handed over, {withheld} are withheld. State of the archive: {sealed} (UTC).",
        fr="Messages communiqués : {count} ; non communiqués : {withheld}. État de l’archive : {sealed} (UTC).",
    ),
    "terms": Text(en="We searched for: {terms}.", fr="Termes recherchés : {terms}."),
    "unread": Text(
        en="{failed} messages and {attachments} attachments could not be read by the search for mentions.",
        fr="Non lus par la recherche de mentions : messages {failed}, pièces jointes {attachments}.",
    ),
    "files": Text(
        en="Each message is a file that a mail program opens; messages.json lists the same as data. Header fields that "
        "name blind recipients other than you are left out, of attached messages as well.",
        fr="Chaque message est un fichier qu’un logiciel de messagerie peut ouvrir ; messages.json en donne la liste "
        "sous forme de données. Les champs d’en-tête qui nomment d’autres destinataires en copie cachée sont retirés, "
        "y compris ceux des messages joints.",
    ),
    "information": Text(en="Information on the processing", fr="Informations sur le traitement"),
    "messages": Text(en="Messages", fr="Messages"),
    "none": Text(en="No message is handed over.", fr="Aucun message n’est communiqué."),
    "withheld": Text(en="What is withheld, and why", fr="Ce qui n’est pas communiqué, et pourquoi"),
    "nothing": Text(en="Nothing is withheld.", fr="Rien n’a été écarté."),
    "page": Text(en="Messages, page {number}", fr="Messages, page {number}"),
    "back": Text(en="Back to the first page", fr="Retour à la première page"),
}
_HEADINGS: Final = (
    Text(en="No.", fr="N°"),
    Text(en="Date", fr="Date"),
    Text(en="From", fr="De"),
    Text(en="To", fr="À"),
    Text(en="Subject", fr="Objet"),
    Text(en="Concerns you as", fr="Vous concerne"),
)
_WITHHELD: Final = (
    Text(en="Date", fr="Date"),
    Text(en="Concerns you as", fr="Vous concerne"),
    Text(en="Ground", fr="Fondement"),
    Text(en="Reason", fr="Motif"),
)
_SHOWN_RECIPIENTS: Final = 10  # in a row of the page; messages.json has all


def index_page(
    head: Head, messages: Sequence[Mapping[str, Any]], withheld: Sequence[Mapping[str, Any]], *, count: int
) -> bytes:
    """Return the first page: the request, the information, the first messages and what is withheld."""
    language = head.language
    lead = [
        _say("lead", language, number=head.number, name=head.name, received=head.received_on),
        _say("counts", language, count=count, withheld=len(withheld), sealed=f"{head.sealed_at:%Y-%m-%d %H:%M}"),
        _say("terms", language, terms=", ".join(head.terms)),
    ]
    failed, attachments = head.coverage.get("failed", 0), head.coverage.get("attachments_unread", 0)
    if failed or attachments:
        lead.append(_say("unread", language, failed=failed, attachments=attachments))
    body = [f"<p>{text}</p>" for text in (*lead, _say("files", language))]
    body.append(f"<h2>{_say('information', language)}</h2>")
    for heading, text in head.information:
        body.append(f'<h3>{escape(heading)}</h3>\n<p class="text">{escape(text)}</p>')
    body.append(f"<h2>{_say('messages', language)}</h2>")
    body.append(_messages(messages, language, prefix="") if messages else f"<p>{_say('none', language)}</p>")
    body.append(_further(count, language))
    body.append(f"<h2>{_say('withheld', language)}</h2>")
    body.append(_withheld(withheld, language) if withheld else f"<p>{_say('nothing', language)}</p>")
    return _page("title", language, "\n".join(part for part in body if part))


def further_page(head: Head, messages: Sequence[Mapping[str, Any]], *, number: int, count: int) -> bytes:
    """Return one of the pages after the first."""
    language = head.language
    back = f'<p><a href="../{layout.INDEX}">{_say("back", language)}</a></p>'
    listed = _messages(messages, language, prefix="../")
    return _page("page", language, "\n".join((back, listed, _further(count, language, prefix="../"))), number=number)


def _say(name: str, language: Language, /, **values: object) -> str:
    """Return a text with its values, all of it escaped."""
    return escape(typeset(_TEXTS[name], language).format(**values))


def _page(title: str, language: Language, body: str, /, **values: object) -> bytes:
    heading = _say(title, language, **values)
    return frame.page(language=language, title=heading, body=body, styles=_STYLES, width_rem=_WIDTH_REM)


def _further(count: int, language: Language, *, prefix: str = "") -> str:
    last = -(-count // PAGE_MESSAGES)
    links = [
        f'<a href="{prefix}{layout.page_name(number)}">{_say("page", language, number=number)}</a>'
        for number in range(2, last + 1)
    ]
    return f"<p>{' · '.join(links)}</p>" if links else ""


def _messages(messages: Iterable[Mapping[str, Any]], language: Language, *, prefix: str) -> str:
    rows = [_row(message, prefix) for message in messages]
    return _table("messages", _HEADINGS, rows, language)


def _row(message: Mapping[str, Any], prefix: str) -> str:
    people = [*message["to"], *message["cc"], *message["bcc"]]
    more = f" … (+{len(people) - _SHOWN_RECIPIENTS})" if len(people) > _SHOWN_RECIPIENTS else ""
    cells = (
        str(message["number"]),
        str(message["date"]),
        str(message["from"]),
        ", ".join(people[:_SHOWN_RECIPIENTS]) + more,
    )
    link = f'<a href="{escape(prefix + message["file"])}">{escape(str(message["subject"]) or "–")}</a>'
    shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f"<tr>{shown}<td>{link}</td><td>{escape(str(message['class']))}</td></tr>"


def _withheld(withheld: Iterable[Mapping[str, Any]], language: Language) -> str:
    names = ("date", "class", "ground", "reason")
    rows = ["<tr>" + "".join(f"<td>{escape(str(one[name]))}</td>" for name in names) + "</tr>" for one in withheld]
    return _table("withheld", _WITHHELD, rows, language)


def _table(caption: str, headings: Sequence[Text], rows: Sequence[str], language: Language) -> str:
    head = "".join(f'<th scope="col">{escape(heading.to(language))}</th>' for heading in headings)
    return (
        f"<table>\n<caption>{_say(caption, language)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody>\n</table>"
    )
