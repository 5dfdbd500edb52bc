"""The example municipality: Hoogeveen by its real names and CBS figures, with boundaries and addresses of our own."""
