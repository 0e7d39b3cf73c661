"""Tantivy behind the SearchEngine port: one folder, one writer at a time, any number of readers."""

from muniment.engines.tantivy.engine import TantivyEngine

__all__ = ["TantivyEngine"]
