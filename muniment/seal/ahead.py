"""Open many segments in turn, while those that come next are fetched: a store far away answers late, not slowly."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from muniment.ids import SegmentId
from muniment.seal.opening import OpenSegment
from muniment.seal.vault import Vault

Opening = Callable[[], OpenSegment]  # gives the segment, or raises what `Vault.open` raises


def opened(vault: Vault, segment_ids: Sequence[SegmentId]) -> Iterator[tuple[SegmentId, Opening]]:
    """Yield each segment, in order, with what opens it; at most `vault.ahead` are fetched at once, and as many kept.

    A vault of `ahead` 1 fetches a segment when it is asked for, in the thread of the caller. Close the iterator where
    it is left early: what was not begun by then is not fetched.
    """
    if vault.ahead == 1 or len(segment_ids) < 2:  # noqa: PLR2004 - one has nothing to wait beside
        for segment_id in segment_ids:
            yield segment_id, partial(vault.open, segment_id)
        return
    fetched: deque[tuple[SegmentId, Future[OpenSegment]]] = deque()
    left = iter(segment_ids)
    with ThreadPoolExecutor(max_workers=vault.ahead, thread_name_prefix="open") as pool:
        try:
            for segment_id in left:
                fetched.append((segment_id, pool.submit(vault.open, segment_id)))
                if len(fetched) == vault.ahead:
                    first, future = fetched.popleft()
                    yield first, future.result
            while fetched:
                first, future = fetched.popleft()
                yield first, future.result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
