"""The error tree of Muniment: three branches, by what the caller must do.

    MunimentError
    ├── Refused     a rule says no; the message says which and what to do instead
    ├── Transient   nothing was changed; try again later
    └── Corrupt     stored bytes are not what they must be; stop and tell a person

Nothing swallows `Corrupt`.
"""


class MunimentError(Exception):
    """Base of every error that Muniment raises on purpose."""


class Refused(MunimentError):
    """A rule says no: the request will fail again unless the caller changes it."""


class Transient(MunimentError):
    """Something outside did not answer; nothing was acknowledged, the same call may succeed later."""


class Corrupt(MunimentError):
    """Stored bytes fail their check. Never caught to go on as if nothing were wrong."""
