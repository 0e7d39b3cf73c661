"""Mapped pages go back to the system, and their bytes stay what they were."""

import mmap

from muniment.engines.tantivy.residence import give_back, mapped_bytes

SIZE = 64 << 20


def test_pages_of_mapped_files_are_given_back_and_read_again(tmp_path):
    (tmp_path / "big").write_bytes(bytes(range(256)) * (SIZE // 256))
    with (tmp_path / "big").open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        digest = sum(mapped[place] for place in range(0, SIZE, 4096))
        before = mapped_bytes()
        give_back(str(tmp_path))
        after = mapped_bytes()
        assert before - after > SIZE // 2
        assert sum(mapped[place] for place in range(0, SIZE, 4096)) == digest
