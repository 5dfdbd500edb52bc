"""The map of the whole municipality, from vector tiles, and the same in a list."""
