"""Tokens for programs that read areas, routes and observations."""
