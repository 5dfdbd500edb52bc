"""Where: areas and their boundary versions, addresses, and which area a point lies in."""
