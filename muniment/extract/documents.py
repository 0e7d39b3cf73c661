"""Text of one attachment, in this process. The runner calls it in a child that may be killed; tests call it here."""

import time
from collections.abc import Callable
from typing import Final

from muniment.extract import cards, mailfile, office, packages, pdf, plain, signed, webpages
from muniment.extract.kinds import Kind, kind_of
from muniment.extract.model import Extraction, Outcome
from muniment.extract.reading import MIB, Exhausted, Item, Limits, Reading, Stop, Verdict

Reader = Callable[[Item, Reading], str]

_READERS: Final[dict[Kind, Reader]] = {
    Kind.PDF: pdf.read_pdf,
    Kind.ZIP: office.read_zip,
    Kind.TAR: lambda item, reading: packages.read_tar(item.content, reading),
    Kind.GZIP: packages.read_gzip,
    Kind.BZIP2: packages.read_bzip2,
    Kind.XZ: packages.read_xz,
    Kind.RTF: plain.read_rtf,
    Kind.HTML: webpages.read_html,
    Kind.XML: plain.read_xml,
    Kind.CALENDAR: cards.read_calendar,
    Kind.CARD: cards.read_card,
    Kind.MAIL: mailfile.read_mail,
    Kind.SIGNED: signed.read_signed,
    Kind.TEXT: plain.read_text,
}
DEFAULT_LIMITS: Final = Limits()


def extract_here(
    content: bytes,
    *,
    content_type: str,
    filename: str,
    limits: Limits = DEFAULT_LIMITS,
    clock: Callable[[], float] = time.monotonic,
) -> Extraction:
    """Draw the text from one attachment, in this process.

    Whatever the content, the answer is an Extraction: the outcome and its detail, with the text up to where reading
    stopped. Time is asked between pieces only; a wall clock that holds is the runner's.
    """
    if len(content) > limits.input_bytes:
        return Extraction(
            outcome=Outcome.TOO_LARGE, detail=f"It is larger than {limits.input_bytes // MIB} MiB and was not read."
        )
    reading = Reading(limits=limits, clock=clock, attempt=_attempt)
    verdict = _attempt(Item(content=content, content_type=content_type, filename=filename), reading)
    text = reading.text
    return Extraction(outcome=verdict.outcome, text="" if text.isspace() else text, detail=verdict.detail)


def _attempt(item: Item, reading: Reading) -> Verdict:
    """Read one document or member; every error of a library on hostile bytes becomes a verdict."""
    before = reading.words_seen
    try:
        detail = _read(item, reading)
    except Exhausted as stop:
        return Verdict(outcome=stop.outcome, detail=stop.detail, final=True)
    except Stop as stop:
        return Verdict(outcome=stop.outcome, detail=stop.detail)
    except MemoryError:
        return Verdict(outcome=Outcome.FAILED, detail="Reading it needs more memory than is allowed.", final=True)
    except RecursionError:
        return Verdict(outcome=Outcome.TOO_DEEP, detail="It is nested too deep.")
    except Exception as error:  # noqa: BLE001
        return Verdict(outcome=Outcome.CORRUPT, detail=f"Reading failed ({type(error).__name__}).")
    return Verdict(outcome=Outcome.TEXT if reading.words_seen > before else Outcome.EMPTY, detail=detail)


def _read(item: Item, reading: Reading) -> str:
    found = kind_of(item)
    match found.kind:
        case Kind.EMPTY:
            return ""
        case Kind.ENCRYPTED:
            raise Stop(Outcome.ENCRYPTED, found.detail)
        case Kind.UNSUPPORTED:
            raise Stop(Outcome.UNSUPPORTED, found.detail)
        case _:
            return _READERS[found.kind](item, reading)
