"""What becomes of a message whose data are complete: into the archive, or refused."""

import logging
from collections.abc import Awaitable

from journaling.smtp import replies
from journaling.smtp.content import ChunkContent, DotContent, has_bare_line_end, looks_ended
from journaling.smtp.options import BareLineEnds, Listener, Options
from journaling.smtp.transaction import Transaction
from muniment.errors import Transient
from muniment.seal.sighting import Envelope

logger = logging.getLogger(__name__)


def conclude(
    transaction: Transaction,
    content: DotContent | ChunkContent,
    refusal: bytes,
    *,
    envelope: Envelope,
    listener: Listener,
    options: Options,
) -> bytes | Awaitable[bytes]:
    """Hand a message to the intake, or drop it; return the answer or what gives it.

    `refusal` is the answer that was decided while the data came, if any. The transaction is over in each case.
    """
    if not refusal and isinstance(content, DotContent):
        refusal = _line_ends_refusal(content.wire(), options.bare_line_ends)
    raw = b"" if refusal else content.raw()
    if len(raw) > options.limits.message_bytes:
        refusal = replies.TOO_LARGE
    answers = len(transaction.recipients) if listener.lmtp else 1  # LMTP: one a recipient (RFC 2033 section 4.2)
    if not refusal:
        return _accept(transaction, raw, envelope, source=listener.source, answers=answers)
    transaction.drop()
    code = refusal[:9].decode()
    logger.warning("smtp.message_refused source=%s code=%r recipients=%d", listener.source, code, answers)
    return refusal * answers


def _line_ends_refusal(wire: bytes, policy: BareLineEnds) -> bytes:
    match policy:
        case BareLineEnds.ACCEPT:
            return b""
        case BareLineEnds.REJECT:
            return replies.LOOKS_LIKE_END if looks_ended(wire) else b""
        case BareLineEnds.STRICT:
            return replies.BARE_LINE_END if has_bare_line_end(wire) else b""


async def _accept(transaction: Transaction, raw: bytes, envelope: Envelope, *, source: str, answers: int) -> bytes:
    """Answer 250 only when the intake has returned: the message is durable then."""
    try:
        await transaction.accept(raw, envelope, source)
    except Transient:
        logger.warning("smtp.store_unavailable source=%s bytes=%d", source, len(raw))
    except Exception:
        # Whatever is wrong with the archive, the client keeps its message and tries again.
        logger.exception("smtp.accept_failed source=%s bytes=%d", source, len(raw))
    else:
        return replies.KEPT * answers
    return replies.STORE_UNAVAILABLE * answers
