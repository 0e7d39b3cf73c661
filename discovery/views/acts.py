"""What the pages share that do something: try it, say how it ended, and read ids from a form."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest

from accounts.models import Matter
from accounts.queries.matters import NoSuchMatter, get_worked_on
from muniment.errors import Refused


def done(request: HttpRequest, act: Callable[[], object], sentence: str) -> bool:
    """Do `act` and leave `sentence` for the next page, or the reason why not; return whether it was done."""
    try:
        act()
    except Refused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, sentence)
    return True


def ids_of(texts: Iterable[str]) -> list[UUID]:
    """Return the ids among texts of a form, each once; what is no id is left out."""
    found: dict[UUID, None] = {}
    for text in texts:
        try:
            found[UUID(text)] = None
        except ValueError:
            continue
    return list(found)


def matter_named(request: HttpRequest, text: str) -> Matter | None:
    """Return the matter that an address or a form names, None for ""; raise `NoSuchMatter`."""
    if not text:
        return None
    found = ids_of([text])
    if not found:
        raise NoSuchMatter
    return get_worked_on(request.user, found[0])
