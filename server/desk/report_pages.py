"""Reports: the participation of an area as it was given to people, and made again exactly."""
