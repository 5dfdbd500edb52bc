"""Maps that phones take along: what one could be made of, making it, and keeping it."""
