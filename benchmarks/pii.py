"""Figures of personal-data detection: precision, recall, false alarms and speed on the sets beside the project.

    python -m benchmarks.pii [--messages N] [--show KIND] [--half tuned|held-out]

A finding counts as right when kind, start and end are those of the set. Sets are split by the SHA-256 of the text:
rules were looked at on the half "tuned" only; the half "held-out" is counted apart. In real mail nothing is marked:
there `--show` prints every finding of a kind, to be judged by eye (docs/personal-data-detection.md says how).
"""

import argparse
import hashlib
import io
import json
import re
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import zstandard

from muniment.mail.parse import parse
from muniment.mail.text import body_text
from muniment.pii.detect import detect
from muniment.pii.model import Evidence, Kind

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ROUNDS = 3
MIB = 1 << 20
FRENCH = {
    "NIR": Kind.NIR,
    "IBAN": Kind.IBAN,
    "CARD": Kind.CARD,
    "SIRET": Kind.SIRET,
    "PHONE": Kind.PHONE,
    "EMAIL": Kind.EMAIL,
    "IP": Kind.IP,
}
PRESIDIO = {
    "CREDIT_CARD": Kind.CARD,
    "IBAN": Kind.IBAN,
    "IBAN_CODE": Kind.IBAN,
    "US_SSN": Kind.US_SSN,
    "EMAIL": Kind.EMAIL,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "IP_ADDRESS": Kind.IP,
    "PHONE_NUMBER": Kind.PHONE,
}
# The kind in the list of numbers, ours, and the word that mail writes before such a number.
NUMBERS = {
    "iban": (Kind.IBAN, "IBAN"),
    "fr.nir": (Kind.NIR, "NIR"),
    "fr.siren": (Kind.SIREN, "SIREN"),
    "fr.siret": (Kind.SIRET, "SIRET"),
    "fr.nif": (Kind.FR_TAX, "Numéro fiscal"),
    "imei": (Kind.IMEI, "IMEI"),
    "be.nn": (Kind.BE_NATIONAL, "Rijksregisternummer"),
    "br.cpf": (Kind.BR_CPF, "CPF"),
    "ch.ssn": (Kind.CH_AHV, "AHV"),
    "de.idnr": (Kind.DE_TAX, "Steuer-ID"),
    "es.dni": (Kind.ES_DNI, "DNI"),
    "fi.hetu": (Kind.FI_HETU, "henkilötunnus"),
    "gb.nhs": (Kind.GB_NHS, "NHS"),
    "it.codicefiscale": (Kind.IT_CODICE_FISCALE, "Codice fiscale"),
    "nl.bsn": (Kind.NL_BSN, "BSN"),
    "no.fodselsnummer": (Kind.NO_FODSELSNUMMER, "Fødselsnummer"),
    "pl.pesel": (Kind.PL_PESEL, "PESEL"),
    "ro.cnp": (Kind.RO_CNP, "CNP"),
    "se.personnummer": (Kind.SE_PERSONNUMMER, "Personnummer"),
    "us.ssn": (Kind.US_SSN, "SSN"),
}
CHECKED = frozenset(FRENCH.values()) - {Kind.PHONE, Kind.EMAIL, Kind.IP}  # of the French set: those with check digits
AIMED_SETS = ("spamassassin", "enron-maildir")
HALVES = ("tuned", "held-out")
Span = tuple[Kind, int, int]


def half_of(text: str) -> str:
    return HALVES[hashlib.sha256(text.encode()).digest()[0] & 1]


def marked(path: Path, labels: dict[str, Kind]) -> Iterator[tuple[str, set[Span]]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["text"], {(labels[s["label"]], s["start"], s["end"]) for s in row["spans"] if s["label"] in labels}


class Aims:
    """What the aims are about: identifiers with check digits in the marked sets, and real mail."""

    def __init__(self) -> None:
        self.right = self.wrong = self.missed = self.alarms = 0
        self.mib, self.slowest = 0.0, float("inf")

    def report(self) -> None:
        precision, recall = self.right / (self.right + self.wrong), self.right / (self.right + self.missed)
        print(
            f"\nIdentifiers with check digits, pii-fr-constructed as it is and pii-checknumbers beside a word: "
            f"{self.right} right, {self.wrong} wrong, {self.missed} missed: precision {precision:.3f} (aim .99), "
            f"recall {recall:.3f} (aim .98)\n{' and '.join(AIMED_SETS)}: at most {self.alarms} false alarms with check "
            f"digits in {self.mib:.1f} MiB, {self.alarms / self.mib:.2f} a MiB (aim 0.1); the slowest set "
            f"{self.slowest:.1f} MiB/s on one core (aim 10)"
        )


def score(name: str, texts: list[tuple[str, set[Span]]], kinds: frozenset[Kind], *, show: str | None) -> list[Counter]:
    right, wrong, missed = Counter(), Counter(), Counter()
    for text, expected in texts:
        found = {(f.kind, f.start, f.end) for f in detect(text, kinds=kinds)}
        for tally, spans in ((right, found & expected), (wrong, found - expected), (missed, expected - found)):
            tally.update(kind for kind, _, _ in spans)
        for kind, start, end in (found ^ expected) if show else ():
            if kind.value == show:
                print(
                    "   ",
                    "missed" if (kind, start, end) in expected else "wrong",
                    repr(text[max(0, start - 50) : end + 20]),
                )
    print(f"\n{name}: {len(texts)} texts")
    for kind in Kind:
        if total := right[kind] + missed[kind] + wrong[kind]:
            precision = right[kind] / max(1, right[kind] + wrong[kind])
            recall = right[kind] / max(1, right[kind] + missed[kind])
            print(f"  {kind.value:18} marked {right[kind] + missed[kind]:4}  P {precision:.3f}  R {recall:.3f}", end="")
            print(f"  wrong {wrong[kind]}  missed {missed[kind]}" if total > right[kind] else "")
    return [right, wrong, missed]


def score_sets(half: str, show: str | None, aims: Aims) -> None:
    french = [pair for pair in marked(DATA / "pii-fr-constructed/fr.jsonl", FRENCH) if half_of(pair[0]) == half]
    tallies = score(f"pii-fr-constructed, {half}", french, frozenset(FRENCH.values()), show=show)
    right, wrong, missed = (sum(tally[kind] for kind in CHECKED) for tally in tallies)
    aims.right, aims.wrong, aims.missed = aims.right + right, aims.wrong + wrong, aims.missed + missed
    spaced = [(re.sub(r"(?<=\d) (?=\d)", "\u00a0", text), spans) for text, spans in french]
    score(f"pii-fr-constructed, {half}, no-break spaces in numbers", spaced, frozenset(FRENCH.values()), show=show)
    lower = [(text.lower(), spans) for text, spans in french]
    score(f"pii-fr-constructed, {half}, lower case", lower, frozenset(FRENCH.values()), show=show)
    for name in ("synth_dataset_v2", "generated_large", "generated_size_500"):
        path = DATA / f"pii-presidio/{name}.jsonl"
        texts = [pair for pair in marked(path, PRESIDIO) if half_of(pair[0]) == half]
        score(f"pii-presidio {name}, {half}", texts, frozenset(PRESIDIO.values()), show=show)


def numbers() -> Iterator[tuple[Kind, str, str, bool]]:
    for line in (DATA / "pii-checknumbers/numbers.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, number, valid = line.split("\t")
        if name in NUMBERS:
            yield *NUMBERS[name], number, valid == "true"
    for line in (DATA / "pii-checknumbers/card-test-numbers.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        _, number, valid = line.split("\t")
        yield Kind.CARD, "Carte", number, valid == "true"


def score_numbers(half: str, show: str | None, aims: Aims) -> None:
    """Each number in a sentence that names it, and without a word beside it."""
    tallies: dict[Kind, Counter] = {}
    for kind, word, number, valid in numbers():
        if half_of(number) != half:
            continue
        tally = tallies.setdefault(kind, Counter())
        for frame, text in (("named", f"Bonjour, {word} : {number} merci."), ("bare", f"Bonjour {number} merci.")):
            start = text.index(number)
            found = any(
                (f.start, f.end) == (start, start + len(number)) for f in detect(text, kinds=frozenset((kind,)))
            )
            tally[frame, valid, found] += 1
            if frame == "named":
                aims.right += valid and found
                aims.wrong += found and not valid
                aims.missed += valid and not found
            if show == kind.value and found != valid:
                print("   ", frame, "missed" if valid else "wrong", repr(text))
    print(f"\npii-checknumbers, {half}: found of valid / found of invalid, beside a word that names it; without a word")
    for kind, tally in sorted(tallies.items(), key=lambda item: item[0].value):
        cells = [
            f"{tally[frame, valid, True]}/{tally[frame, valid, True] + tally[frame, valid, False]}"
            for frame in ("named", "bare")
            for valid in (True, False)
        ]
        print("  {:18} {:>7} {:>6}   {:>7} {:>6}".format(kind.value, *cells))


def bodies(name: str, limit: int) -> list[str]:
    texts = []
    for path in sorted((DATA / name).glob("*.tar.zst")):
        with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as stream:
            content = io.BytesIO(stream.read())
        with tarfile.open(fileobj=content) as tar:
            members = [member for member in tar if member.isfile()]
            chosen = members[:: max(1, len(members) // limit)]
            texts += [body_text(parse(tar.extractfile(member).read())) for member in chosen]
    return texts


def score_mail(name: str, limit: int, show: str | None, aims: Aims) -> None:
    texts = bodies(name, limit)
    size = sum(len(text.encode("utf-8", "replace")) for text in texts) / MIB
    best = min(_seconds(texts) for _ in range(ROUNDS))
    found = Counter()
    checked = 0
    for text in texts:
        for finding in detect(text):
            found[finding.kind] += 1
            checked += Evidence.CHECK_DIGITS in finding.why
            if show == finding.kind.value:
                beside = text[max(0, finding.start - 60) : finding.end + 25]
                print("   ", finding.confidence.value, [why.value for why in finding.why], repr(beside))
    aims.slowest = min(aims.slowest, size / best)
    if name in AIMED_SETS:
        aims.mib, aims.alarms = aims.mib + size, aims.alarms + checked
    print(f"\n{name}: {len(texts)} bodies, {size:.2f} MiB, {size / best:.1f} MiB/s on one core, best of {ROUNDS}")
    print(f"  findings with check digits: {checked} ({checked / size:.2f} a MiB)")
    print(
        "  " + ", ".join(f"{kind.value} {found[kind]} ({found[kind] / size:.2f} a MiB)" for kind in Kind if found[kind])
    )


def _seconds(texts: list[str]) -> float:
    started = time.process_time()
    for text in texts:
        detect(text)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1_000_000, help="of each archive of real mail; default: all")
    parser.add_argument("--show", choices=[kind.value for kind in Kind], help="print what was found wrong or missed")
    parser.add_argument("--half", choices=HALVES, help="only this half of the marked sets")
    asked = parser.parse_args()
    aims = Aims()
    for half in (asked.half,) if asked.half else HALVES:
        score_sets(half, asked.show, aims)
        score_numbers(half, asked.show, aims)
    for name in ("spamassassin", "enron-maildir", "newsgroups20", "phishing-multilingual", "list-odd"):
        score_mail(name, asked.messages, asked.show, aims)
    aims.report()


if __name__ == "__main__":
    main()
