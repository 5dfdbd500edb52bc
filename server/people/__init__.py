"""People who log in, and the log of what they changed."""
