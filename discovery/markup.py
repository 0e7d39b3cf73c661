"""Write hostile HTML again as plain, balanced HTML, in one linear pass, before any parser of trees sees it.

Tree builders take quadratic time or memory for unclosed, deeply nested or misnested tags and for tags with very many
attributes (our measurement: 100,000 nested <div> take the sanitiser 19 s, one tag with 100,000 attributes 2 s).
What comes out of here has every tag closed in order, at most `MAX_DEPTH` open and only listed tags and attributes,
so that the sanitiser's time grows with the length alone.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

MAX_DEPTH = 200  # open elements at once; browsers cut at 512, newsletters reach some 60
MAX_FORMATTING = 30  # open <b>, <font> …: tree builders open them again in every block

_SPACE = "\t\n\f\r "
_NAME = re.compile(r"[A-Za-z][^\t\n\f\r />]*")
_ATTRIBUTE = re.compile(
    r"[\t\n\f\r /]*([^\t\n\f\r />][^\t\n\f\r />=]*)"
    r"(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)(?:\"|\Z)|'([^']*)(?:'|\Z)|([^\t\n\f\r >\"'][^\t\n\f\r >]*))?)?"
)
_COMMENT_END = re.compile(r"--!?>")

_VOID = frozenset({"br", "hr", "img", "col"})
_FORMATTING = frozenset("a b big code em font i s small span strike strong tt u".split())
_BLOCKS = frozenset(
    "address article aside blockquote center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr"
    " li main nav ol p pre section summary table ul".split()
)
_TABLE_PARTS = frozenset("caption colgroup col thead tbody tfoot tr td th".split())
_BOUNDARIES = frozenset({"table", "td", "th", "caption"})  # an end tag does not reach past these
# Opening the key closes the nearest open one of these, unless one of the second set stands between.
_CLOSED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol"})),
    "dd": (frozenset({"dd", "dt"}), frozenset({"dl"})),
    "dt": (frozenset({"dd", "dt"}), frozenset({"dl"})),
    "td": (frozenset({"td", "th", "caption"}), frozenset({"table", "tr"})),
    "th": (frozenset({"td", "th", "caption"}), frozenset({"table", "tr"})),
    "tr": (frozenset({"tr", "caption", "colgroup"}), frozenset({"table"})),
    **dict.fromkeys(
        ("thead", "tbody", "tfoot", "caption", "colgroup"),
        (frozenset({"thead", "tbody", "tfoot", "caption", "colgroup"}), frozenset({"table"})),
    ),
}


def balance(
    html: str,
    *,
    tags: AbstractSet[str],
    attributes: Mapping[str, AbstractSet[str]],
    dropped_with_content: AbstractSet[str],
) -> str:
    """Return `html` with only `tags` and `attributes` ("*": of any tag), closed in order; entities stay as written."""
    writer = _Writer()
    unclosed: set[str] = set()  # names of dropped elements that no end tag follows
    at = 0
    while at < len(html):
        opening = html.find("<", at)
        if opening < 0:
            writer.text(html[at:])
            break
        writer.text(html[at:opening])
        at = _markup(html, opening, writer, tags, attributes)
        if writer.dropping and writer.dropping in dropped_with_content:
            at = _skip(html, at, writer.dropping, unclosed)
        writer.dropping = ""
    return writer.finish()


def _markup(
    html: str, at: int, writer: "_Writer", tags: AbstractSet[str], attributes: Mapping[str, AbstractSet[str]]
) -> int:
    """Read what starts with the `<` at `at`; return where to go on."""
    if html.startswith("<!--", at):
        end = _COMMENT_END.search(html, at + 2)
        return end.end() if end else len(html)
    closing = html.startswith("/", at + 1)
    name_match = _NAME.match(html, at + 1 + closing)
    if name_match is None:
        if closing or html[at + 1 : at + 2] in {"!", "?"}:
            end_at = html.find(">", at)
            return len(html) if end_at < 0 else end_at + 1
        writer.text("<")
        return at + 1
    name = name_match[0].lower()
    allowed = frozenset() if closing else attributes.get("*", frozenset()) | attributes.get(name, frozenset())
    found, end_at = _attributes(html, name_match.end(), allowed)
    if closing:
        writer.close(name)
    elif name in tags:
        writer.open(name, found)
    else:
        writer.dropping = name
    return end_at


def _attributes(html: str, at: int, allowed: AbstractSet[str]) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    while match := _ATTRIBUTE.match(html, at):
        name = match[1].lower()
        if name in allowed and name not in found:
            found[name] = match[2] or match[3] or match[4] or ""
        at = match.end()
    end = html.find(">", at)
    return found, len(html) if end < 0 else end + 1


def _skip(html: str, at: int, name: str, unclosed: set[str]) -> int:
    """Return the place after the end tag of a dropped element, or `at` when there is none."""
    if name in unclosed:
        return at
    end = re.compile(rf"</{re.escape(name)}[\t\n\f\r />]", re.IGNORECASE).search(html, at)
    if end is None:
        unclosed.add(name)
        return len(html) if name in {"script", "style", "textarea", "xmp", "plaintext", "title"} else at
    closing = html.find(">", end.end() - 1)
    return len(html) if closing < 0 else closing + 1


class _Writer:
    """Writes balanced tags; keeps the names of the open elements."""

    def __init__(self) -> None:
        self.dropping = ""
        self._out: list[str] = []
        self._open: list[str] = []
        self._counts: dict[str, int] = {}  # of open elements by name: most tags need no walk up the list
        self._formatting = 0

    def text(self, text: str) -> None:
        self._out.append(text.replace("<", "&lt;").replace(">", "&gt;"))

    def open(self, name: str, attributes: dict[str, str]) -> None:
        self._close_implied(name)
        full = len(self._open) >= MAX_DEPTH or (name in _FORMATTING and self._formatting >= MAX_FORMATTING)
        if full and name not in _VOID:
            return
        written = "".join(f' {key}="{value.replace(chr(34), "&quot;")}"' for key, value in attributes.items())
        self._out.append(f"<{name}{written}>")
        if name not in _VOID:
            self._open.append(name)
            self._counts[name] = self._counts.get(name, 0) + 1
            self._formatting += name in _FORMATTING

    def close(self, name: str) -> None:
        if not self._counts.get(name):
            return
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth] == name:
                self._close_to(depth)
                return
            if self._open[depth] in _BOUNDARIES and name not in _BOUNDARIES | _TABLE_PARTS:
                return

    def finish(self) -> str:
        self._close_to(0)
        return "".join(self._out)

    def _close_implied(self, name: str) -> None:
        if name in _BLOCKS:
            self._close_nearest(frozenset({"p"}), _BOUNDARIES)
        if name in _TABLE_PARTS:
            self._close_above_table()
        if rule := _CLOSED_BY.get(name):
            self._close_nearest(*rule)

    def _close_nearest(self, wanted: frozenset[str], stop: frozenset[str]) -> None:
        if not any(self._counts.get(name) for name in wanted):
            return
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth] in wanted:
                self._close_to(depth)
                return
            if self._open[depth] in stop:
                return

    def _close_above_table(self) -> None:
        """Close what stands open inside a table but in no cell: a tree builder would move it out again and again."""
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth] in _TABLE_PARTS or self._open[depth] == "table":
                self._close_to(depth + 1)
                return

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            name = self._open.pop()
            self._counts[name] -= 1
            self._formatting -= name in _FORMATTING
            self._out.append(f"</{name}>")
