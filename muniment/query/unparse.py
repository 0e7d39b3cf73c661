"""Tree → canonical text: `parse(unparse(node))` is the same tree, but for positions."""

from muniment.query.tree import And, DateRange, Everything, Field, Near, Node, Not, Or, Phrase, SizeRange, Term


def unparse(node: Node) -> str:
    """Write a tree as a query; `older_than:` and its like come out as the dates they stood for."""
    if isinstance(node, Everything):
        return ""
    return _text(node)


def _text(node: Node) -> str:
    match node:
        case Term() | Phrase():
            return _leaf(node)
        case Near():
            operator = f"{'pre' if node.ordered else 'w'}/{node.distance}"
            return f"{_leaf(node.left)} {operator} {_leaf(node.right)}"
        case DateRange():
            return f"{node.field}:{node.first or ''}..{node.last or ''}"
        case SizeRange():
            least = "" if node.at_least_bytes is None else node.at_least_bytes
            most = "" if node.at_most_bytes is None else node.at_most_bytes
            return f"size:{least}..{most}"
        case And():
            return " ".join(_inside(clause, And, Or) for clause in node.clauses)
        case Or():
            return " OR ".join(_inside(clause, Or) for clause in node.clauses)
        case Not():
            return f"NOT {_inside(node.clause, And, Or)}"
        case Everything():
            return "*"


def _leaf(node: Term | Phrase) -> str:
    prefix = "" if node.field is Field.ANY else f"{node.field}:"
    if isinstance(node, Phrase):
        return f'{prefix}"{node.text}"'
    fuzzy = f"~{node.fuzzy}" if node.fuzzy else ""
    return f"{prefix}{'=' if node.exact else ''}{node.text}{fuzzy}"


def _inside(node: Node, *bracketed: type) -> str:
    return f"({_text(node)})" if isinstance(node, bracketed) else _text(node)
