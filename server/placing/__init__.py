"""Placing what was recorded again, after boundaries changed."""
