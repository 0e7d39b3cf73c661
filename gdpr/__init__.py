"""Requests of data subjects: intake, location, decisions, answers, register."""
