"""Vector tiles of what was recorded, and lists of what lies where."""
