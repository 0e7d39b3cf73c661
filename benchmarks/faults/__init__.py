"""Faults on purpose: processes killed, disks filled, bits flipped, acts that race (docs/faults.md)."""
