"""CPU milliseconds per attachment by type: in this process, through a child, and by the libraries people know.

    python benchmarks/extract.py [DOCUMENTS]

The documents are generated and well formed, of the size of a report of some twenty pages: what they say of
speed does not hold for broken or hostile ones. pypdf, python-docx, openpyxl and beautifulsoup4 are measured
where they are installed.
"""

import importlib
import resource
import sys
import time
from functools import partial
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from muniment.extract.documents import extract_here
from muniment.extract.runner import Extractor
from tests.unit.extract import made

DOCUMENTS = 20
WORDS = "Le conseil d'administration a approuvé les comptes de l'exercice et le report à nouveau ".split()


def prose(words):
    return " ".join(WORDS[(index * 7 + index // 5) % len(WORDS)] for index in range(words))


def samples():
    text = prose(80)
    rows = "".join(
        f'<row r="{index}"><c r="A{index}" t="inlineStr"><is><t>{prose(5)}</t></is></c>'
        + "".join(f'<c r="{column}{index}" s="0"><v>{index}.5</v></c>' for column in "BCDEFGHI")
        + "</row>"
        for index in range(1, 3001)
    )
    return {
        "PDF": made.pdf(*[prose(12)] * 400),
        "DOCX": made.docx(made.paragraph(text) * 100),
        "XLSX": made.xlsx(rows),
        "PPTX": made.pptx(**{f"slides__slide{index}": text for index in range(40)}),
        "ODT": made.opendocument("text", f"<text:p>{text}</text:p>" * 100),
        "RTF": b"{\\rtf1\\ansi\\ansicpg1252 " + (text + "\\par ").encode("cp1252") * 100 + b"}",
        "HTML": ("<html><body>" + f"<p class='a'>{text}</p>" * 17 + "</body></html>").encode(),
        "CSV": (text.replace(" ", ";") + "\n").encode() * 100,
        "ICS": (
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Réunion\r\n"
            "DTSTART:20240331T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        ).encode(),
        "ZIP": made.zipped({f"{index}.txt": text * 20 for index in range(5)}),
    }


def by_pypdf(content):
    reader = importlib.import_module("pypdf").PdfReader(BytesIO(content))
    return "\n".join(page.extract_text() for page in reader.pages)


def by_python_docx(content):
    return "\n".join(
        paragraph.text for paragraph in importlib.import_module("docx").Document(BytesIO(content)).paragraphs
    )


def by_openpyxl(content):
    book = importlib.import_module("openpyxl").load_workbook(BytesIO(content), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def by_beautifulsoup(content):
    return importlib.import_module("bs4").BeautifulSoup(content, "html.parser").get_text()


NAIVE = {"PDF": by_pypdf, "DOCX": by_python_docx, "XLSX": by_openpyxl, "HTML": by_beautifulsoup}


def cpu_ms(work, times):
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) * 1000 / times


def naive_ms(kind, content, times):
    if kind not in NAIVE:
        return "-"
    try:
        NAIVE[kind](content)
    except ImportError:
        return "not installed"
    except (KeyError, AttributeError, OSError, ValueError) as error:  # it may refuse what others read
        return type(error).__name__
    return f"{cpu_ms(partial(NAIVE[kind], content), max(1, times // 10)):.1f}"


def main(times):
    print(f"{times} documents of each type, CPU ms per document; wall ms through one child\n")
    print(f"{'type':6}{'KiB':>8}{'chars':>10}{'here':>9}{'child wall':>12}{'naive library':>18}")
    with Extractor() as extractor:
        for kind, content in samples().items():
            extraction = extract_here(content, content_type="", filename="")
            here = cpu_ms(partial(extract_here, content, content_type="", filename=""), times)
            extractor.extract(content, content_type="", filename="")
            start = time.perf_counter()
            for _ in range(times):
                extractor.extract(content, content_type="", filename="")
            wall = (time.perf_counter() - start) * 1000 / times
            naive = naive_ms(kind, content, times)
            print(f"{kind:6}{len(content) / 1024:8.0f}{len(extraction.text):10,}{here:9.2f}{wall:12.2f}{naive:>18}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"\nlargest child: {usage.ru_maxrss / 1024:.0f} MiB resident")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS)
