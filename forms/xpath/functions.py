"""All functions that are known, for the parser and the evaluator. docs/xpath.md lists them."""

from forms.xpath import dates, geo, nodesets, numbers, text
from forms.xpath.parse import register_functions
from forms.xpath.registry import FUNCTIONS

__all__ = ["FUNCTIONS", "dates", "geo", "nodesets", "numbers", "text"]

register_functions({name: (known.least, known.most) for name, known in FUNCTIONS.items()} | {"if": (3, 3)})
