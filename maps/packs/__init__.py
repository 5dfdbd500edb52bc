"""Maps that phones take along: which tiles an area needs, where they come from, and the file they go into (PMTiles)."""
