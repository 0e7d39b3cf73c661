"""Make the HTML of a message harmless: what is left runs nothing, loads nothing and sends nothing.

An allow list of tags, attributes and style properties; every reference to the outside is dropped. Links lose their
target (a click in an old message must not tell its sender that somebody reads it) and are listed beside the message.
The frame that shows the result has a policy of its own (`BODY_POLICY`) that would hold even if this list had a hole.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import nh3

from discovery.markup import balance
from muniment.errors import Refused

MAX_HTML_CHARACTERS = 1_000_000  # our measurement: the worst we found takes 3 s; larger bodies are shown as text
MAX_LINKS = 200
MAX_LINK_CHARACTERS = 2_000
MAX_DATA_URI_CHARACTERS = 200_000  # of a picture that stands in the HTML itself

BODY_POLICY = (
    "default-src 'none'; img-src data:; style-src-elem 'self'; style-src-attr 'unsafe-inline'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox"
)
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})

_TAGS = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn"
    " div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q"
    " s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var".split()
)
_DROPPED_WITH_CONTENT = frozenset(
    "script style head title template noscript noembed noframes iframe frame frameset object embed applet svg math"
    " audio video canvas textarea select xmp plaintext".split()
)
_ATTRIBUTES = {
    "*": frozenset({"dir", "lang", "style", "align", "valign", "width", "height", "bgcolor"}),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "border"}),
    "font": frozenset({"color", "size", "face"}),
    "table": frozenset({"border", "cellpadding", "cellspacing", "summary"}),
    "td": frozenset({"colspan", "rowspan", "nowrap"}),
    "th": frozenset({"colspan", "rowspan", "nowrap", "scope"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "ol": frozenset({"start", "type"}),
    "ul": frozenset({"type"}),
    "li": frozenset({"value"}),
}
_STYLE_PROPERTIES = frozenset(
    "color background-color font-family font-size font-style font-weight font-variant line-height letter-spacing"
    " text-align text-decoration text-indent text-transform vertical-align white-space direction"
    " width max-width height padding padding-top padding-right padding-bottom padding-left"
    " margin margin-top margin-right margin-bottom margin-left"
    " border border-top border-right border-bottom border-left border-collapse border-spacing border-color"
    " border-style border-width list-style-type display float clear".split()
)
_SCHEMES = frozenset({"http", "https", "mailto", "ftp", "tel", "cid", "data"})
_DATA_PICTURE = re.compile(r"data:(image/[a-z]+);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_REACHES_OUT = re.compile(r"url|image|import|expression|[\\@<]", re.IGNORECASE)


class UnsafeToShow(Refused):
    """HTML that is too large to be made safe in time: show the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanitised:
    """HTML that is safe inside the frame, and what was taken out of it."""

    html: str
    links: tuple[str, ...]  # where links led, as written, each once
    blocked_count: int  # pictures that would have been loaded from elsewhere


def sanitise(html: str, *, picture: Callable[[str], str | None]) -> Sanitised:
    """Return `html` with everything active or remote taken out.

    `picture` turns a Content-ID into a data: address of that part, or None when there is no such picture.
    Raises `UnsafeToShow` for HTML past the limits.
    """
    if len(html) > MAX_HTML_CHARACTERS:
        raise UnsafeToShow(f"The HTML has {len(html)} characters; {MAX_HTML_CHARACTERS} is the most that is shown.")
    balanced = balance(
        html.replace("\x00", "�").encode("utf-8", "replace").decode(),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        dropped_with_content=_DROPPED_WITH_CONTENT,
    )
    references = _References(picture)
    safe = nh3.clean(
        balanced,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=references.keep,
        filter_style_properties=set(_STYLE_PROPERTIES),
        url_schemes=set(_SCHEMES),
        link_rel=None,
    )
    return Sanitised(html=safe, links=tuple(references.links), blocked_count=references.blocked_count)


class _References:
    """Decides attribute by attribute what may stay, and counts what was blocked."""

    def __init__(self, picture: Callable[[str], str | None]) -> None:
        self._picture = picture
        self.blocked_count = 0
        self.links: dict[str, None] = {}

    def keep(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return _inert_style(value)
        if attribute == "href":
            self._note(value.strip())
            return None
        if tag == "img" and attribute == "src":
            return self._source(value.strip())
        return value

    def _note(self, target: str) -> None:
        if target and not target.startswith("#") and len(self.links) < MAX_LINKS:
            self.links[target[:MAX_LINK_CHARACTERS]] = None

    def _source(self, value: str) -> str | None:
        scheme = value[:5].lower()
        if scheme.startswith("cid:"):
            return self._picture(value[4:])
        if scheme == "data:":
            match = _DATA_PICTURE.fullmatch(value) if len(value) <= MAX_DATA_URI_CHARACTERS else None
            return value if match and match[1].lower() in PICTURE_TYPES else None
        self.blocked_count += 1
        return None


def _inert_style(value: str) -> str | None:
    kept = [declaration for declaration in value.split(";") if not _REACHES_OUT.search(declaration)]
    return ";".join(kept) or None
