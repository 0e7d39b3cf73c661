"""The seal: segments, keys and commitments that make stored mail evidence."""
