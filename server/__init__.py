"""The only room that knows all others: app, people, participation, inventory, pages for the desk, command line."""
