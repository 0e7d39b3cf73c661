"""Retention, holds, erasure and request clocks: facts in, decision and reasons out. Manual: `docs/retention.md`."""
