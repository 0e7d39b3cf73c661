"""Go through the messages and the exceptions of a bundle side by side, in the order of the selection."""

from dataclasses import dataclass
from hashlib import sha256
from heapq import merge

from muniment.bundle import layout
from muniment.verify import shapes
from muniment.verify.container import Container
from muniment.verify.lines import records_of
from muniment.verify.messages import MessageCheck
from muniment.verify.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the two lists say together."""

    selection: str  # SHA-256 over the ids of the messages, as the manifest has it
    last: int  # number of the last message
    exceptions: dict[str, int]  # how many of each code


def walk(container: Container, report: Report, messages: MessageCheck) -> Listed:
    """Check every message that is listed, and that none is skipped or listed twice."""
    items = ((item["n"], 0, item) for item in records_of(container, layout.ITEMS, shapes.ITEM, report))
    others = ((one["n"], 1, one) for one in records_of(container, layout.EXCEPTIONS, shapes.EXCEPTION, report))
    selection, exceptions = sha256(), dict[str, int]()
    last, last_item, last_id = 0, 0, ""
    for number, is_exception, record in merge(items, others, key=lambda found: found[:2]):
        if number > last + 1 or (number == last and record["message"] != last_id) or number == 0:
            report.add(layout.ITEMS, f"message {number} does not follow message {last}: lines are missing or changed")
        if number != last:
            selection.update(f"{record['message']}\n".encode())
        last, last_id = number, record["message"]
        if is_exception:
            exceptions[record["code"]] = exceptions.get(record["code"], 0) + 1
        elif number == last_item:
            report.add(layout.ITEMS, f"message {number} is listed twice")
        else:
            last_item = number
            messages.check(record)
    return Listed(selection=selection.hexdigest(), last=last, exceptions=exceptions)
