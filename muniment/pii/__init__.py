"""Personal-data detection: kinds, offsets and confidence of identifiers in a text, never the values."""
