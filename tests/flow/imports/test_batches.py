from hypothesis import given
from hypothesis import strategies as st

from journaling.imports.batches import batches
from muniment.mail.mailboxes.model import Item, Refusal

sizes = st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=30)


def found(size):
    if size is None:
        return Refusal(name="x", reason="It is empty.")
    return Item(name="x", identity=b"x", occurrence=0, raw=bytes(size), sha256=b"")


@given(sizes)
def test_batches_keep_everything_in_order_within_their_bounds(wanted):
    given_ = [found(size) for size in wanted]
    made = list(batches(given_, most_bytes=20, most_items=5))

    assert [one for batch in made for one in batch] == given_
    assert all(0 < len(batch) <= 5 for batch in made)
    assert all(
        sum(len(one.raw) for one in batch if isinstance(one, Item)) <= 20
        or sum(isinstance(one, Item) and len(one.raw) > 0 for one in batch) == 1
        for batch in made
    )
