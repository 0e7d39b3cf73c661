"""The API's search, messages, saved searches, exports and the state of the archive: what the pages call, as JSON."""
