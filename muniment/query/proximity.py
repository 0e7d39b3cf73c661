"""The sides of w/n and pre/n: words and phrases, or groups of them joined by OR, in one field of text."""

from muniment.query.lexer import Token
from muniment.query.refusals import QueryError
from muniment.query.tree import Near, Node, Or, Phrase, Span, Term
from muniment.query.vocabulary import MAX_PAIRS, NEAR_FIELDS


def near_node(left: Node, right: Node, operator: Token) -> Node:
    """Join two sides; a group `(a OR b) w/5 c` becomes `a w/5 c OR b w/5 c`."""
    lefts, rights = _sides(left, operator), _sides(right, operator)
    if len(lefts) * len(rights) > MAX_PAIRS:
        raise _refusal("near-many", operator, limit=MAX_PAIRS)
    span = Span(start=left.span.start, end=right.span.end)
    pairs = tuple(_pair(one, other, operator, span) for one in lefts for other in rights)
    return pairs[0] if len(pairs) == 1 else Or(clauses=pairs, span=span)


def _pair(left: Term | Phrase, right: Term | Phrase, operator: Token, span: Span) -> Near:
    if left.field is not right.field:
        named = next(side.field for side in (left, right) if side.field is not NEAR_FIELDS[0])
        raise _refusal("near-fields", operator, name=named.value)
    if left.field not in NEAR_FIELDS:
        raise _refusal("near-field", operator, name=left.field.value)
    return Near(left=left, right=right, distance=operator.distance, ordered=operator.ordered, span=span)


def _sides(node: Node, operator: Token) -> list[Term | Phrase]:
    if isinstance(node, Or):
        return [side for clause in node.clauses for side in _sides(clause, operator)]
    if not isinstance(node, Term | Phrase):
        raise _refusal("near-operand", operator)
    if isinstance(node, Term) and node.fuzzy:
        raise _refusal("near-fuzzy", operator)
    return [node]


def _refusal(key: str, operator: Token, **arguments: str | int) -> QueryError:
    return QueryError(key, start=operator.start, end=operator.end, operator=operator.text, **arguments)
