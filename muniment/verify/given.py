"""What the person who verifies has from elsewhere than the bundle."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Empty where there is nothing."""

    digest: str = ""  # hex SHA-256 of the bundle's SHA256SUMS
    log_key: str = ""  # of the evidence log, as signed notes write it
    checkpoint: bytes = b""  # a signed checkpoint of the log
    consistency: tuple[bytes, ...] = ()  # proof between that checkpoint and the bundle's


NOTHING = Given()
