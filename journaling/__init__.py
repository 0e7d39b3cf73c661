"""Capture: listeners and importers."""
