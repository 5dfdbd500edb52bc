"""Schouw: walks of a route, what they covered, what changed since the last one, and the calendar of those to come."""
