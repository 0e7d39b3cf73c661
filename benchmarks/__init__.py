"""Figures and faults, measured on the project itself. Not part of the product."""
