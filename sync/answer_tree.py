"""Answers as a tree: naming parts of repeats, finding an answer again, comparing parts. Pure.

A repeat's part is named by its key where the form has keys, else by its position: `/data/vraagstuk{3f…}/tekst`,
`/data/vraagstuk[2]/tekst`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

Element = etree._Element


@dataclass(frozen=True, slots=True)
class Rules:
    """What merging must know of the form: its repeats, the key of each repeat's parts, and what nobody answered.

    Paths as in `forms.definition`. What is derived (calculated, filled in by the phone) never clashes.
    """

    repeats: frozenset[str] = frozenset()
    part_keys: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finder:
    """Names parts and finds them again: `/data/vraagstuk{sleutel}/tekst`, or `/data/vraagstuk[2]/tekst` without key."""

    rules: Rules

    def own_key(self, part: Element, path: str) -> str:
        for child in children_of(part):
            if f"{path}/{name_of(child)}" in self.rules.part_keys and child.text:
                return child.text.strip()
        return ""

    def part_key(self, part: Element, path: str, key: str) -> str:
        own = self.own_key(part, path)
        if own:
            return f"{key}{{{own}}}"
        parent = part.getparent()
        assert parent is not None
        return f"{key}[{named(parent, name_of(part)).index(part) + 1}]"

    def find(self, root: Element, key: str) -> Element | None:
        return next(
            (node for node, found in self._walk(root, f"/{name_of(root)}", f"/{name_of(root)}") if found == key), None
        )

    def _walk(self, node: Element, path: str, key: str) -> Iterator[tuple[Element, str]]:
        yield node, key
        for child in children_of(node):
            below, name = f"{path}/{name_of(child)}", name_of(child)
            plain = f"{key}/{name}"
            is_part = below in self.rules.repeats or len(named(node, name)) > 1
            yield from self._walk(child, below, self.part_key(child, below, plain) if is_part else plain)


def name_of(node: Element) -> str:
    return etree.QName(node).localname


def children_of(node: Element) -> list[Element]:
    return [child for child in node if isinstance(child.tag, str)]


def named(node: Element | None, name: str) -> list[Element]:
    return [] if node is None else [child for child in children_of(node) if name_of(child) == name]


def _leaves(node: Element) -> list[str]:
    return [
        f"{name_of(leaf)} {leaf.text.strip()}"
        for leaf in node.iter()
        if isinstance(leaf.tag, str) and not len(leaf) and leaf.text and leaf.text.strip()
    ]


def said(node: Element) -> str:
    """The answer, or all answers of a part in one line."""
    if not len(node):
        return (node.text or "").strip()
    return " · ".join(leaf.partition(" ")[2] for leaf in _leaves(node))


def is_same(one: Element, other: Element) -> bool:
    return _leaves(one) == _leaves(other)


def likeness(one: Element, other: Element) -> int:
    return len(set(_leaves(one)) & set(_leaves(other)))


def insert_as(parent: Element, others: Element, part: Element, new: Element) -> Element:
    """Puts `new` into `parent` where `part` stands among `others`: after what stands before it there."""
    before = {name_of(child) for child in children_of(others)[: children_of(others).index(part)]} | {name_of(part)}
    place = max((index + 1 for index, child in enumerate(parent) if name_of(child) in before), default=0)
    parent.insert(place, new)
    return new


def remove(node: Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)
