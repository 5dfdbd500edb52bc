"""Doors that volunteers added in the field: looked at, taken in, or put together with one in the list."""
