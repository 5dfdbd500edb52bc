"""What GIS programs read: OGC API – Features (decision 0013)."""
