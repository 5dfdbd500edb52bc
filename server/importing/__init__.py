"""What the imports of areas and addresses share: the kept file, its SQL, and the changes as sentences."""
