"""Maps that phones take along: how large one would be, making it, and which there are."""
