"""The words of the areas, addresses and routes that are stored."""

MUNICIPALITY, OWN_AREA = "gemeente", "gebied"
KINDS = (MUNICIPALITY, "wijk", "dorp", "buurt", OWN_AREA)
INITIATIEFKRACHT = ("startklaar", "verspreid", "nauwelijks_georganiseerd", "nauwelijks_belangstelling")
MERGED, SPLIT = "samengevoegd", "gesplitst"
LISTED, PROPOSED, LAPSED = "lijst", "voorgesteld", "vervallen"
LINE, SQUARES = "lijn", "vakken"
