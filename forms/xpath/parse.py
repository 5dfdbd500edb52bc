"""Parsing: elementpath's parser of XPath 1.0, taught the names of ODK's functions. Unknown ones are an error."""

import re
from collections.abc import Mapping

from elementpath import XPath1Parser, XPathToken

JAVAROSA = "http://openrosa.org/javarosa"
Arity = tuple[int, int | None]


class OdkParser(XPath1Parser):
    """XPath 1.0 with ODK's functions. It only parses: ODK's rules for comparing and for paths are in `evaluate`."""

    PATH_STEP_LABELS = (*XPath1Parser.PATH_STEP_LABELS, "function")  # instance('x')/root/item
    PATH_STEP_SYMBOLS = XPath1Parser.PATH_STEP_SYMBOLS | {"("}
    literals_pattern = re.compile(r"""'[^']*'|"[^"]*"|(?:\d+|\.\d+)(?:\.\d*)?""")

    @staticmethod
    def unescape(string_literal: str) -> str:
        return string_literal[1:-1]

    def parse(self, source: str) -> XPathToken:
        """The root of the token tree. elementpath would evaluate constants here, with rules that are not ODK's."""
        token: XPathToken = super(XPath1Parser, self).parse(source)
        return token


for _symbol, _token in list(OdkParser.symbol_table.items()):
    if "function" in str(getattr(_token, "label", "")):  # elementpath's own functions have other rules
        OdkParser.unregister(_symbol)


def register_functions(names: Mapping[str, Arity]) -> None:
    """Teaches the parser these functions; "jr:" in front of a name stands for JavaRosa's namespace."""
    for name, (least, most) in names.items():
        token = OdkParser.function(name.removeprefix("jr:"), nargs=least if least == most else (least, most))
        if name.startswith("jr:"):
            token.namespace = JAVAROSA


def parse_expression(source: str) -> XPathToken:
    """The token tree of an expression. Raises elementpath's errors, all of them `ElementPathError`."""
    return OdkParser(namespaces={"jr": JAVAROSA, "orx": "http://openrosa.org/xforms"}).parse(source)
