"""Areas that people draw, change, join and cut: what it does to the counts, and doing it."""
