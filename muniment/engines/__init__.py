"""Search engines: one port (`port.SearchEngine`) and its implementations."""
