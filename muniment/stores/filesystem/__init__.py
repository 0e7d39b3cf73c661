"""An object store in a directory: atomic, fsynced, verified on read."""

from muniment.stores.filesystem.store import FilesystemStore

__all__ = ["FilesystemStore"]
