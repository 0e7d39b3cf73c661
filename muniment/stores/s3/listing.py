"""Lists of keys, page by page, in the order of the keys. Not every store keeps to that; a gap must not pass unseen."""

from collections.abc import Iterator
from typing import Any, Final

from muniment.errors import Refused
from muniment.stores.s3.bucket import Bucket

PAGE_KEYS: Final = 1_000  # S3 gives no more at a time


class KeysDisordered(Refused):
    """The store lists keys in an order of its own, so that a list in pages could leave some out.

    SeaweedFS lists by folder: `a/1` before `a-b` and `a.b`. No keys that Muniment writes lie so. (It also
    lists a name again after others that begin with it and a dot: once is enough.)
    """


def keys(bucket: Bucket, prefix: str, *, after: str = "") -> Iterator[str]:
    """Yield keys as `ObjectStore.keys` does; raise `KeysDisordered`, `StoreUnavailable`."""
    place: dict[str, Any] = {"StartAfter": after} if after else {}
    last = after
    yielded: set[str] = set()  # of this page and the one before
    while True:
        page = bucket.ask(prefix, bucket.client.list_objects_v2, Prefix=prefix, MaxKeys=PAGE_KEYS, **place)
        before, yielded = yielded, set()
        for key in (one["Key"] for one in page.get("Contents") or ()):
            if key > last:
                yielded.add(key)
                last = key
                yield key
            elif not (key in before or key in yielded or after.startswith(key)):
                raise KeysDisordered(f"{bucket.name} lists {prefix!r} in another order than that of its keys: at {key}")
        if not page.get("IsTruncated"):
            return
        place = {"ContinuationToken": page["NextContinuationToken"]}
