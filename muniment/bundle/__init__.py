"""Exports that prove themselves: a reproducible ZIP with manifest, messages and proofs (`docs/bundle.md`)."""
