"""Rounds: which areas and forms, when, who takes part, and who goes to which door."""
