"""Playing a whole round with the reference client: for demonstrations, load and trying things out."""
