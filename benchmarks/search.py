"""Measure the Tantivy engine: messages indexed per second, and the latency of each kind of query.

    python benchmarks/search.py [--messages 15000] [--batch 1000] [--rounds 50] [--keep FOLDER] [--json]

Messages are made from a seed: words by Zipf's law from a vocabulary that grows with the number of messages as real mail
does (Heaps' law), French and English, 190 words a body on average, one in five with an attachment. CPU time is of the
whole process, all threads.
"""

import argparse
import json
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from muniment.engines.port import Document, Scope, SearchRequest, Sort
from muniment.engines.tantivy import TantivyEngine
from muniment.query.parser import parse

SEED = 20240601
TODAY = date(2024, 6, 1)
ENGLISH = "the of and to in is that for it with was are be this have from by not you we they which will your".split()
FRENCH = "le la les de des du et est une un dans pour que qui pas au par avec nous vous je il sont ce cette".split()
ENDINGS = ("", "", "s", "ed", "ing", "tion", "ment", "é", "ées", "er")
SYLLABLES = [a + b for a in "b c d f g l m n p r s t v".split() for b in "a e i o u ou é an".split()]
PEOPLE = 2_000


class Mail:
    """An endless row of made-up messages, the same for the same seed."""

    def __init__(self, expected: int) -> None:
        self._random = random.Random(SEED)
        self.vocabulary = self._words(int(40 * math.sqrt(expected * 190)))
        weights = [1 / (rank + 20) for rank in range(len(self.vocabulary))]
        self._cumulative = list(_running(weights))
        self.people = [f"{self._name()}.{self._name()}@{self._random.choice(DOMAINS)}" for _ in range(PEOPLE)]

    def __iter__(self) -> Iterator[Document]:
        number = 0
        while True:
            number += 1
            yield self._document(number)

    def _words(self, count: int) -> list[str]:
        made: dict[str, None] = {}
        while len(made) < count:
            stem = "".join(self._random.choices(SYLLABLES, k=self._random.randint(2, 4)))
            made[stem + self._random.choice(ENDINGS)] = None
        return list(made)

    def _name(self) -> str:
        return "".join(self._random.choices(SYLLABLES, k=2)).replace("é", "e")

    def _text(self, words: int) -> str:
        grammar = self._random.choice((ENGLISH, FRENCH))
        content = self._random.choices(self.vocabulary, cum_weights=self._cumulative, k=words)
        return " ".join(self._random.choice(grammar) if self._random.random() < 0.4 else word for word in content)

    def _document(self, number: int) -> Document:
        chance = self._random
        sender, *others = chance.sample(self.people, 1 + chance.randint(1, 6))
        everybody = (sender, *others)
        attached = chance.random() < 0.2
        moment = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 5 * 365 * 86_400))
        return Document(
            message_id=UUID(int=(number << 80) | (7 << 76) | (2 << 62) | chance.getrandbits(60)),
            subject=self._text(chance.randint(2, 9)),
            body=self._text(min(3_000, int(chance.lognormvariate(4.6, 1.1)))),
            from_=(f"{sender.split('@')[0].replace('.', ' ').title()} <{sender}>",),
            to=tuple(others),
            cc=(),
            bcc=(),
            participants=everybody,
            access=everybody,
            attachment_names=(f"{chance.choice(self.vocabulary)}.pdf",) if attached else (),
            attachment_types=("pdf", "application/pdf") if attached else (),
            attachment_text=self._text(300) if attached else "",
            date=moment,
            captured_at=moment + timedelta(seconds=5),
            size_bytes=chance.randint(800, 200_000),
            has_attachment=attached,
            sources=(chance.choice(("journal", "import")),),
            rfc_message_id=f"{number}@{sender.split('@')[1]}",
            thread_id=str(number // 4),
        )


DOMAINS = [f"{name}.example" for name in "acme globex initech hooli umbrella stark wayne wonka tyrell soylent".split()]


def _running(weights: list[float]) -> Iterator[float]:
    total = 0.0
    for weight in weights:
        total += weight
        yield total


def build(engine: TantivyEngine, mail: Mail, messages: int, batch: int) -> dict[str, float]:
    """Index the messages; making them is not counted."""
    wall = cpu = 0.0
    stream = iter(mail)
    engine.clear()
    for start in range(0, messages, batch):
        documents = list(islice(stream, min(batch, messages - start)))
        before, before_cpu = time.perf_counter(), time.process_time()
        engine.put(documents)
        wall += time.perf_counter() - before
        cpu += time.process_time() - before_cpu
    return {"messages_per_second": messages / wall, "cpu_ms_per_message": cpu / messages * 1000}


def kinds(mail: Mail, messages: int) -> dict[str, tuple[list[str], dict]]:
    """Each kind of search: the queries that are asked in turn, and the options of the request."""
    words = mail.vocabulary
    common, middle, rare = words[:20], words[300:340], words[-400:-300]
    person = mail.people[:40]
    everything = {"histogram": True, "facets": ("sender", "source", "filetype"), "highlight": True}
    pairs = list(zip(common, middle, strict=False))
    return {
        "rare word": (rare, {}),
        "middling word": (middle, {}),
        "common word": (common, {}),
        "common word, by relevance": (common, {"sort": Sort.RELEVANCE}),
        "two words": ([f"{a} {b}" for a, b in pairs], {}),
        "either word": ([f"{a} OR {b}" for a, b in pairs], {}),
        "without a word": ([f"{b} -{a}" for a, b in pairs], {}),
        "exact word": ([f"={word}" for word in middle], {}),
        "phrase": ([f'"the {word}"' for word in common], {}),
        "w/5": ([f"{a} w/5 {b}" for a, b in pairs], {}),
        "phrase w/5": ([f'"the {a}" w/5 {b}' for a, b in pairs], {}),
        "prefix*": ([f"{word[:4]}*" for word in middle], {}),
        "*suffix": ([f"*{word[-4:]}" for word in middle if len(word) > 5], {}),
        "fuzzy~": ([f"{word}~" for word in middle], {}),
        "fuzzy~2": ([f"{word}~2" for word in middle], {}),
        "from:address": ([f"from:{each}" for each in person], {}),
        "from:domain": ([f"from:{domain}" for domain in DOMAINS], {}),
        "from: and a month": ([f"from:{domain} date:2021-0{1 + n % 9}" for n, domain in enumerate(DOMAINS)], {}),
        "has:attachment": (["has:attachment"], {}),
        "everything": ([""], {}),
        "everything, by size": ([""], {"sort": Sort.SIZE_DESC}),
        "everything, by sender": ([""], {"sort": Sort.SENDER}),
        "everything, last page": ([""], {"offset": max(0, messages - 25)}),
        "everything, middle page": ([""], {"offset": messages // 2}),
        "everything, by sender, middle": ([""], {"sort": Sort.SENDER, "offset": messages // 2}),
        "a scope of 20 people": (middle, {"scope": Scope(addresses=frozenset(mail.people[:20]))}),
        "result page: middling word": (middle, everything),
        "result page: common word": (common, everything),
        "result page: phrase": ([f'"the {word}"' for word in common], everything),
        "result page: prefix*": ([f"{word[:4]}*" for word in middle], everything),
        "result page: fuzzy~": ([f"{word}~" for word in middle], everything),
        "result page: w/5": ([f"{a} w/5 {b}" for a, b in pairs], everything),
        "result page: everything": ([""], everything),
    }


def measure(engine: TantivyEngine, queries: list[str], options: dict, rounds: int) -> dict[str, float]:
    """Ask each query once to warm up, then in turn; milliseconds."""
    options = {"scope": Scope(everything=True), **options}
    requests = [SearchRequest(query=parse(query, today=TODAY), **options) for query in queries]
    totals = [engine.search(request).total for request in requests]
    times = []
    for number in range(max(rounds, len(requests))):
        before = time.perf_counter()
        engine.search(requests[number % len(requests)])
        times.append((time.perf_counter() - before) * 1000)
    times.sort()
    return {
        "p50_ms": statistics.median(times),
        "p99_ms": times[min(len(times) - 1, int(len(times) * 0.99))],
        "hits": statistics.median(totals),
    }


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=15_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="folder of the index; used again where it is there")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch) / "index"
        mail, reused = Mail(arguments.messages), (folder / "current").exists()
        engine = TantivyEngine(folder)
        built = {} if reused else build(engine, mail, arguments.messages, arguments.batch)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        report = {"messages": engine.count(), "index_mib": round(size / (1 << 20), 1), **built, "queries": {}}
        for kind, (queries, options) in kinds(mail, engine.count()).items():
            report["queries"][kind] = measure(engine, queries, options, arguments.rounds)
    if arguments.json:
        print(json.dumps(report, indent=2))
        return
    print({name: value for name, value in report.items() if name != "queries"})
    print(f"{'query':32}{'p50 ms':>9}{'p99 ms':>9}{'hits':>10}")
    for kind, row in report["queries"].items():
        print(f"{kind:32}{row['p50_ms']:9.2f}{row['p99_ms']:9.2f}{row['hits']:10.0f}")


if __name__ == "__main__":
    main()
