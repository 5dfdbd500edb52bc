"""Bringing areas and addresses in from files: a preview first, then all of the file or nothing."""
