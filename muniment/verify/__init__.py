"""Check a bundle offline, on a machine that has nothing of the archive: `python -m muniment.verify BUNDLE`."""
