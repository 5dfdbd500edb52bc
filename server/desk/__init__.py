"""The pages of the opbouwwerker."""
