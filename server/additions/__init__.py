"""Doors that volunteers added in the field, and what the desk decides about them."""
