"""The query language: text → tree → explanation. Engines compile the tree."""
