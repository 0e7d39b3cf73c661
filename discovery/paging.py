"""Pages of any list: which there are, and which are offered as links."""

from dataclasses import dataclass

_AROUND = 2  # pages offered on each side of the present one


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Page `number` of `count`, `size` items each, of `total` items."""

    number: int
    count: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first_item(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last_item(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def following(self) -> int | None:
        return self.number + 1 if self.number < self.count else None

    @property
    def offered(self) -> tuple[int | None, ...]:
        """Return page numbers to link: the first, those around the present, the last; None stands for a gap."""
        near = range(max(1, self.number - _AROUND), min(self.count, self.number + _AROUND) + 1)
        numbers = sorted({1, self.count, *near})
        offered: list[int | None] = []
        for number in numbers:
            if offered and offered[-1] is not None and number - offered[-1] > 1:
                offered.append(None)
            offered.append(number)
        return tuple(offered)


def pages(*, total: int, size: int, wanted: int) -> Pages:
    """Return the page `wanted`, or the nearest there is."""
    count = max(1, -(-total // size))
    return Pages(number=min(max(1, wanted), count), count=count, size=size, total=total)
