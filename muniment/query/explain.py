"""Say a query in plain English or French, so that people see what was understood."""

from datetime import date

from muniment.pii.model import Kind
from muniment.pii.names import name_of
from muniment.query.refusals import Language
from muniment.query.tree import And, DateRange, Everything, Field, Near, Node, Not, Or, Phrase, SizeRange, Term
from muniment.query.vocabulary import ANY_KIND, PII
from muniment.query.wording import WORDINGS, Wording


def explain(node: Node, *, language: Language = "en") -> str:
    """Return one sentence that says which messages the query asks for."""
    wording = WORDINGS[language]
    if isinstance(node, Everything):
        return wording.everything
    return wording.whole.format(clause=_clause(node, wording))


def _clause(node: Node, wording: Wording) -> str:
    match node:
        case Term() | Phrase():
            return _leaf(node, wording)
        case Near():
            return _near(node, wording)
        case DateRange():
            return _dates(node, wording)
        case SizeRange():
            return _sizes(node, wording)
        case And():
            return wording.joined_and.join(_inside(clause, wording) for clause in node.clauses)
        case Or():
            return wording.joined_or.join(_inside(clause, wording) for clause in node.clauses)
        case Not():
            return wording.negation.format(clause=_inside(node.clause, wording))
        case Everything():
            return wording.any_message


def _inside(node: Node, wording: Wording) -> str:
    clause = _clause(node, wording)
    return f"({clause})" if isinstance(node, And | Or) else clause


def _leaf(leaf: Term | Phrase, wording: Wording) -> str:
    if leaf.field is Field.HAS:
        return wording.has_personal_data if leaf.text.lower() == PII else wording.has_attachment
    if leaf.field is Field.PII:
        return _personal(leaf, wording)
    if leaf.field is Field.IS:
        return wording.flags[leaf.text.lower()]
    if leaf.field not in wording.places:
        value = _quoted(leaf, wording) + _alike(leaf, wording)
        return wording.fields[leaf.field].format(value=value)
    return _template(leaf, wording).format(value=_quoted(leaf, wording), place=wording.places[leaf.field])


def _personal(leaf: Term | Phrase, wording: Wording) -> str:
    if leaf.text == ANY_KIND:
        return wording.has_personal_data
    name = name_of(Kind(leaf.text.lower()), language=wording.language)
    return wording.fields[Field.PII].format(value=wording.quoted.format(value=name))


def _template(leaf: Term | Phrase, wording: Wording) -> str:
    if isinstance(leaf, Phrase):
        return wording.phrase
    if leaf.wildcard:
        return wording.wildcard
    if leaf.fuzzy:
        return wording.fuzzy[leaf.fuzzy - 1]
    if leaf.exact:
        return wording.exact
    return wording.word if leaf.text.isalpha() else wording.plain


def _alike(leaf: Term | Phrase, wording: Wording) -> str:
    if isinstance(leaf, Phrase):
        return ""
    wildcard, fuzzy, exact = wording.alike
    if leaf.wildcard:
        return wildcard
    if leaf.fuzzy:
        return fuzzy.format(distance=leaf.fuzzy)
    return exact if leaf.exact else ""


def _quoted(leaf: Term | Phrase, wording: Wording) -> str:
    return wording.quoted.format(value=leaf.text)


def _near(node: Near, wording: Wording) -> str:
    none = wording.near_no_words_ordered if node.ordered else wording.near_no_words
    one = wording.near_one_word_ordered if node.ordered else wording.near_one_word
    many = wording.near_ordered if node.ordered else wording.near
    return {0: none, 1: one}.get(node.distance, many).format(
        left=_quoted(node.left, wording),
        right=_quoted(node.right, wording),
        distance=node.distance,
        place=wording.places[node.left.field],
    )


def _dates(node: DateRange, wording: Wording) -> str:
    one, both, after, before = wording.dated[node.field]
    first = "" if node.first is None else _day(node.first, wording)
    last = "" if node.last is None else _day(node.last, wording)
    if node.first == node.last:
        return one.format(first=first)
    if node.first is not None and node.last is not None:
        return both.format(first=first, last=last)
    return before.format(last=last) if node.first is None else after.format(first=first)


def _sizes(node: SizeRange, wording: Wording) -> str:
    one, both, at_least, at_most = wording.sizes
    least = "" if node.at_least_bytes is None else _size(node.at_least_bytes, wording)
    most = "" if node.at_most_bytes is None else _size(node.at_most_bytes, wording)
    if node.at_least_bytes == node.at_most_bytes:
        return one.format(least=least)
    if least and most:
        return both.format(least=least, most=most)
    return at_least.format(least=least) if least else at_most.format(most=most)


def _day(day: date, wording: Wording) -> str:
    template = wording.first_day if day.day == 1 else wording.day
    return template.format(day=day.day, month=wording.months[day.month - 1], year=day.year)


def _size(size_bytes: int, wording: Wording) -> str:
    """Write a size in the largest unit that says it exactly."""
    count, unit = size_bytes, 0
    while count and count % 1024 == 0 and unit < len(wording.units) - 1:
        count //= 1024
        unit += 1
    return f"{count:,} {wording.units[unit]}".replace(",", wording.thousands)
