"""What is going on: meldingen, the statements of residents in their own words."""
