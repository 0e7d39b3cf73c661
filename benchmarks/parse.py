"""CPU milliseconds a message: Muniment's parser beside others, on the real sets beside the project.

    python benchmarks/parse.py [messages]

Work done is not identical. `muniment` gives addresses, dates, the MIME tree, decoded and digested content, text and
real types; `compat32` raw headers and decoded parts; `fast-mail-parser` headers, bodies and attachments without digests
and with addresses unparsed; `mail-parser` leaves base64 attachments as text. The parsers take turns, and the best of
five rounds counts, since the machine may be shared.
"""

import email
import email.policy
import io
import sys
import tarfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import fast_mail_parser
import mailparser
import zstandard

from muniment.mail.fingerprint import fingerprint
from muniment.mail.flags import flags_of
from muniment.mail.parse import parse
from muniment.mail.text import body_text

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SETS = {
    "spamassassin": "spamassassin/spamassassin.tar.zst",
    "enron": "enron-maildir/beck-s.tar.zst",
    "list-odd": "list-odd/list-odd.tar.zst",
}
ROUNDS = 5


def messages(path: Path, limit: int) -> list[bytes]:
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
        content = io.BytesIO(stream.read())
    with tarfile.open(fileobj=content) as tar:
        members = [member for member in tar if member.isfile()]
        step = max(1, len(members) // limit)
        return [tar.extractfile(member).read() for member in members[::step]][:limit]


def compat32(raw: bytes) -> None:
    parsed = email.message_from_bytes(raw)
    for part in parsed.walk():
        part.get_payload(decode=True)


def everything(raw: bytes) -> None:
    parsed = parse(raw)
    body_text(parsed)
    flags_of(parsed)
    fingerprint(parsed)


PARSERS: dict[str, Callable[[bytes], object]] = {
    "muniment": parse,
    "muniment + text, flags, fingerprint": everything,
    "fast-mail-parser": fast_mail_parser.parse_email,
    "stdlib compat32": compat32,
    "mail-parser": mailparser.parse_from_bytes,
}


def measure(parser: Callable[[bytes], object], mails: Iterable[bytes]) -> tuple[float, int]:
    raised = 0
    began = time.process_time()
    for raw in mails:
        try:
            parser(raw)
        except Exception:  # noqa: BLE001 - what raises is counted
            raised += 1
    return time.process_time() - began, raised


def main() -> None:
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    for name, place in SETS.items():
        if not (DATA / place).is_file():
            print(f"{name}: not beside the project, left out")
            continue
        mails = messages(DATA / place, limit)
        print(f"{name}: {len(mails)} messages, {sum(map(len, mails)) / len(mails):.0f} bytes on average")
        rounds = [{label: measure(parser, mails) for label, parser in PARSERS.items()} for _ in range(ROUNDS)]
        best = {label: min(one[label][0] for one in rounds) * 1000 / len(mails) for label in PARSERS}
        for label, cost in best.items():
            ratio = cost / best["muniment"]
            print(f"  {label:36} {cost:7.3f} ms  x{ratio:5.2f}  raised {rounds[0][label][1]}")


if __name__ == "__main__":
    main()
