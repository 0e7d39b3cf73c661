"""Proofs by Merkle trees (RFC 9162 section 2)."""
