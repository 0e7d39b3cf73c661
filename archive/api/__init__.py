"""The API's holds, retention, destruction and evidence log: what the pages call, as JSON."""
