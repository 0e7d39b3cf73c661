"""An object store in a directory: atomic, fsynced, verified on read."""

from muniment.stores.filesystem.store import FilesystemStore
from muniment.stores.filesystem.together import Together

__all__ = ["FilesystemStore", "Together"]
