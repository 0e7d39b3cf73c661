"""Archive mail from files. It can be stopped at any moment and repeated: nothing twice, nothing missed.

    read batch n+1 ─► which keys are known? ─► seal (in a thread) ─► catalogue batch n+1
                                               while batch n is catalogued

What makes that true: an item's key is sealed with it; the catalogue is complete before the first look, because segments
that a crash left uncatalogued are catalogued first; one import of a source runs at a time; and the keys of the batch
that is not catalogued yet are held here.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from archive.queries.imports import erased_import_keys, known_import_keys
from archive.services.catalogue import catalogue_segment
from archive.services.sweep import catalogue_missing
from journaling.imports.batches import BATCH_BYTES, batches
from journaling.imports.exclusive import only_import_of
from journaling.imports.report import RefusalReport
from journaling.imports.request import ImportRequest
from muniment.errors import Transient
from muniment.mail.mailboxes.model import Found, Item, Limits, Refusal, import_key
from muniment.mail.mailboxes.reader import read_mail
from muniment.seal.sighting import Sighting
from muniment.seal.vault import SealedSegment, Vault

ERASED: Final = "it was archived from here before and was destroyed since; it is not archived again"
_DEFAULT_LIMITS: Final = Limits()


@dataclass(slots=True, kw_only=True)
class ImportOutcome:
    """What became of an import: items = sightings + already_there + refused, unless it failed."""

    items: int = 0
    sightings: int = 0  # archived now
    new_messages: int = 0  # of these, not known by any earlier sighting
    already_there: int = 0
    refused: list[Refusal] = field(default_factory=list)
    report: Path | None = None  # the same list as a file; None when nothing was refused
    stopped: bool = False
    failed: str = ""  # why the archive took no more

    @property
    def taken(self) -> int:
        """How many items are archived now or are being sealed."""
        return self.items - self.already_there - len(self.refused)


def import_mail(
    request: ImportRequest,
    *,
    vault: Vault,
    folder: Path,
    limits: Limits = _DEFAULT_LIMITS,
    progress: Callable[[ImportOutcome], None] = lambda _outcome: None,
    stopping: Callable[[], bool] = lambda: False,
) -> ImportOutcome:
    """Archive every message of the request's paths that is not there yet; return the counts.

    `folder` holds the locks and the lists of refused items. `stopping` is asked between batches; when it says True,
    what was sealed is catalogued and the outcome says so. When the store takes no more, the outcome says that too:
    what it counts is there, and the same import goes on from it. Raises `ImportRunning`, and
    `Corrupt` when a segment just sealed does not open.
    """
    with only_import_of(request.source, folder=folder):
        catalogue_missing(vault=vault)
        report = RefusalReport(folder, source=request.source, started_at=vault.now())
        run = _Run(request=request, vault=vault, report=report)
        try:
            for batch in batches(_found(request, limits, folder)):
                run.take(batch)
                progress(run.outcome)
                if stopping():
                    run.outcome.stopped = True
                    break
            run.finish()
        except Transient as error:
            run.outcome.failed = f"{error}"
        finally:
            run.close()
        run.outcome.report = report.path
        progress(run.outcome)
        return run.outcome


def _found(request: ImportRequest, limits: Limits, spool_folder: Path) -> Iterator[Found]:
    return chain.from_iterable(
        read_mail(
            root.path, label=root.label, mail_format=request.mail_format, limits=limits, spool_folder=spool_folder
        )
        for root in request.roots
    )


class _Run:
    """One import under way. At most one batch is sealed and not yet catalogued."""

    def __init__(self, *, request: ImportRequest, vault: Vault, report: RefusalReport) -> None:
        self._request = request
        self._vault = vault
        self._report = report
        self._sealer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="seal")
        self._under_way: Future[SealedSegment] | None = None
        self._held: set[str] = set()  # keys of the batch under way
        self.outcome = ImportOutcome()

    def take(self, batch: list[Found]) -> None:
        """Refuse, pass over or seal each of a batch; catalogue the batch before."""
        self.outcome.items += len(batch)
        for refusal in [found for found in batch if isinstance(found, Refusal)]:
            self._refuse(refusal)
        fresh = self._fresh([item for item in batch if isinstance(item, Item)])
        if not fresh:
            return
        sealing = self._sealer.submit(self._vault.seal, [self._sighting(key, item) for key, item in fresh.items()])
        self._catalogue()
        self._under_way, self._held = sealing, set(fresh)
        if sum(len(item.raw) for item in fresh.values()) > BATCH_BYTES:
            # A very large message: only the sealer has it now, and its memory is free before the catalogue reads it.
            batch.clear()
            fresh.clear()
            self._catalogue()

    def finish(self) -> None:
        """Catalogue what is sealed."""
        self._catalogue()

    def close(self) -> None:
        self._sealer.shutdown()
        self._report.close()

    def _fresh(self, items: list[Item]) -> dict[str, Item]:
        request = self._request
        keyed: dict[str, Item] = {}
        for item in items:
            keyed.setdefault(import_key(source=request.source, custodian=request.custodian, item=item), item)
        known = known_import_keys(keyed) | self._held
        unknown = {key: item for key, item in keyed.items() if key not in known}
        self.outcome.already_there += len(items) - len(unknown)
        erased = erased_import_keys(unknown, self._vault.keys)
        for key in erased:
            self._refuse(Refusal(name=unknown[key].name, reason=ERASED))
        return {key: item for key, item in unknown.items() if key not in erased}

    def _refuse(self, refusal: Refusal) -> None:
        self.outcome.refused.append(refusal)
        self._report.add(refusal)

    def _sighting(self, key: str, item: Item) -> Sighting:
        return Sighting(
            id=self._vault.new_sighting_id(),
            source=self._request.source,
            captured_at=self._vault.now(),
            raw=item.raw,
            custodian=self._request.custodian,
            item=item.name,
            import_key=key,
        )

    def _catalogue(self) -> None:
        if self._under_way is None:
            return
        sealing, self._under_way = self._under_way, None
        sealed = sealing.result()
        catalogued = catalogue_segment(sealed.segment_id, vault=self._vault)
        # Of the segment: a worker's sweep may have catalogued it first, and then this call says 0.
        self.outcome.sightings += len(sealed.footer.frames)
        self.outcome.new_messages += catalogued.new_messages


class StopSignal:
    """Remembers that the user asked to stop; asked twice, it raises KeyboardInterrupt."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self, *_signal: object) -> None:
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()

    def asked(self) -> bool:
        return self._asked.is_set()
