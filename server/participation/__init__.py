"""Who took part: deelname per gebied (DESIGN 6)."""
