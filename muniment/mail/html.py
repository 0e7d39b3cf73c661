"""Text of HTML: what a reader sees, as lines. Hostile HTML costs linear time and never the stack.

lexbor builds the tree in time that grows with the square of the nesting (200,000 nested elements took two minutes by
our measurement), with the square of the attributes of one tag (100,000 took half a minute), and with the product of
unclosed formatting elements and later ones. So what is large loses its attributes first, and what is nested beyond
reason, or longer than `MAX_TREE_CHARS`, is stripped of its tags without a tree.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from selectolax.lexbor import LexborHTMLParser

MAX_TREE_CHARS: Final = 4 * 1024 * 1024  # our choice: some 0.1 s
MAX_PLAIN_CHARS: Final = 16 * 1024  # up to here the worst tag costs some 0.1 s, by our measurement
MAX_NESTING_WORK: Final = 20_000_000  # nesting times tags: some 20 ms by our measurement
MAX_FORMATTING_WORK: Final = 1_000_000  # unclosed formatting elements times tags: that many nodes may come of it
MAX_ATTRIBUTE_CHARS: Final = 2_000

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that the parser closes by itself, or that hold nothing.
_NOT_NESTING: Final = frozenset(
    "p li td th tr dt dd option tbody thead tfoot br hr img meta link input area base col embed param source track wbr"
    " html head body".split()
)
_FORMATTING: Final = frozenset("a b big code em font i nobr s small strike strong tt u".split())
_DROPPED: Final = frozenset(
    "script style head title template noframes object applet iframe noembed textarea select svg math".split()
)
_BLOCKS: Final = frozenset(
    "address article aside blockquote body br center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol optgroup p pre section summary table tbody"
    " tfoot thead tr ul caption html".split()
)
_CELLS: Final = frozenset(("td", "th"))

# A comment's start, or a tag with its attributes: a quote counts only after "=". Linear, since nothing is given back.
_MARKUP: Final = re.compile(r"<!--|<(/?[a-zA-Z!?][a-zA-Z0-9]*+)(?:=\s*+\"[^\"]*+\"|=\s*+'[^']*+'|[^>])*+>?", re.DOTALL)
_ALT: Final = re.compile(r"\balt\s*=\s*(\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\s>\"']{1,2000})", re.IGNORECASE)
_CLOSERS: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "title")}
_BLANKS: Final = re.compile(r"[ \t\r\f\v\xa0\u200b\u200c\ufeff\u00ad\u034f]+")
_SPACED_BREAK: Final = re.compile(r" ?\n[ \n]*")
_SPACE: Final = re.compile(r"[ \t\r\n\f\v\xa0]+")


def html_to_text(html: str) -> str:
    """Return the text of HTML: blocks on lines of their own, alternative texts kept, scripts and head dropped."""
    if len(html) > MAX_PLAIN_CHARS:
        html = "".join(f"{text}{_bare_tag(name, tag)}" for text, name, tag in _tokens(html))
    if len(html) > MAX_TREE_CHARS or not _is_reasonable(html):
        return _tidy(unescape("".join(f"{text}{_stripped(name, tag)}" for text, name, tag in _tokens(html))))
    return _tidy(_from_tree(html))


def _is_reasonable(html: str) -> bool:
    tags = html.count("<")
    if tags * tags <= MAX_FORMATTING_WORK:
        return True
    open_now: dict[str, int] = {}
    depth = deepest = formatting = most = 0
    for match in _TAG.finditer(html):
        name = match.group(2).lower()
        if name in _NOT_NESTING:
            continue
        step = -1 if match.group(1) else 1
        if step < 0 and not open_now.get(name):
            continue
        open_now[name] = open_now.get(name, 0) + step
        depth += step
        deepest = max(deepest, depth)
        if name in _FORMATTING:
            formatting += step
            most = max(most, formatting)
    return deepest * tags <= MAX_NESTING_WORK and most * tags <= MAX_FORMATTING_WORK


def _from_tree(html: str) -> str:
    root = LexborHTMLParser(html).root
    if root is None:
        return ""
    out: list[str] = []
    # The walk has a stack of its own: a node, or the text that stands after a node's children.
    stack: list[object] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            out.append(node)
            continue
        _visit(node, out, stack)
    return "".join(out)


def _visit(node, out: list[str], stack: list[object]) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    tag = node.tag
    if tag == "-text":
        out.append(_SPACE.sub(" ", node.text_content or ""))
        return
    if tag in _DROPPED or tag[:1] in "-_!":
        return
    if tag == "img":
        alt = node.attributes.get("alt")
        if alt:
            out.append(f" {alt[:MAX_ATTRIBUTE_CHARS]} ")
        return
    mark = _mark(tag)
    if mark:
        out.append(mark)
        stack.append(mark)
    children = []
    child = node.child
    while child is not None:
        children.append(child)
        child = child.next
    stack.extend(reversed(children))


def _tokens(html: str) -> Iterator[tuple[str, str, str]]:
    """Yield (text, name of the tag after it, that tag) without a tree; comments, scripts and styles are skipped."""
    at = 0
    while at < len(html):
        match = _MARKUP.search(html, at)
        if match is None:
            yield html[at:], "", ""
            return
        name = (match.group(1) or "").lower()
        yield html[at : match.start()], name, match.group()
        at = match.end()
        if match.group() == "<!--":
            end = html.find("-->", at)
            at = len(html) if end < 0 else end + len("-->")
        elif name in _CLOSERS:
            close = _CLOSERS[name].search(html, at)
            at = close.start() if close else len(html)


def _bare_tag(name: str, tag: str) -> str:
    if name == "img":
        alt = _ALT.search(tag)
        return f"<img alt={alt.group(1)}>" if alt else ""
    return f"<{name}>" if name and name[0] not in "!?" else ""


def _stripped(name: str, tag: str) -> str:
    if name == "img":
        alt = _ALT.search(tag)
        return " " + alt.group(1).strip("\"'") + " " if alt else ""
    return _mark(name.removeprefix("/"))


def _mark(name: str) -> str:
    return "\n" if name in _BLOCKS else "\t" if name in _CELLS else ""


def _tidy(text: str) -> str:
    return _SPACED_BREAK.sub("\n", _BLANKS.sub(" ", text)).strip()
