"""Merging answers: three-way, per answer (docs/protocol.md, 5.3). Pure: XML in, XML out.

`base` is what the change was made from, `head` what stands, `change` what came. An answer that only one side changed
is taken from that side. One that both changed differently keeps the value of the head, and the other is told as a
clash. Parts of a repeat are the same part when they have the same key; where a form has no keys they are compared by
what they say, so there a part that was both moved and changed may be taken for another one.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from forms.answers import xml_root
from sync.answer_tree import (
    Element,
    Finder,
    Rules,
    children_of,
    insert_as,
    is_same,
    likeness,
    name_of,
    named,
    remove,
    said,
)

META = "meta"


@dataclass(frozen=True, slots=True)
class Clash:
    """An answer that two sides gave differently. None: that side removed it. `key` names the answer in the result.

    `other_is_head`: what stands comes from the change (a part that it changed and the head removed).
    """

    key: str
    path: str
    kept: str | None
    other: str | None
    other_is_head: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """The answers put together, what clashed, and which answers the change touched."""

    xml: str
    clashes: tuple[Clash, ...]
    touched: frozenset[str]


def merge_answers(base: str, head: str, change: str, rules: Rules) -> Merged:
    """The change, made from the base, put into the head. Raises INSTANCE_UNREADABLE."""
    result = xml_root(head)
    merging = _Merging(rules)
    path = f"/{name_of(result)}"
    merging.group(xml_root(base), result, xml_root(change), path, path)
    return Merged(
        etree.tostring(result, encoding="unicode"), tuple(merging.clashes.values()), frozenset(merging.touched)
    )


def answer_at(xml: str, key: str, rules: Rules) -> str | None:
    """The answer with this key, all of it in one line when it is a part; None where there is none."""
    node = Finder(rules).find(xml_root(xml), key)
    return None if node is None else said(node) or None


def with_answer(xml: str, key: str, text: str | None, rules: Rules) -> str:
    """The answers with this text at this key; a part with None is removed. What is not there any more stays away."""
    root = xml_root(xml)
    node = Finder(rules).find(root, key)
    if node is None and "[" not in key and "{" not in key:
        node = _grow(root, key)
    if node is not None and not len(node):
        node.text = text
    elif node is not None and text is None:
        remove(node)
    return etree.tostring(root, encoding="unicode")


def _grow(root: Element, key: str) -> Element:
    node = root
    for name in key.split("/")[2:]:
        found = named(node, name)
        node = found[0] if found else etree.SubElement(node, root.tag.replace(name_of(root), name))
    return node


@dataclass
class _Merging:
    """One merge under way: changes the head's tree in place and notes what clashed."""

    rules: Rules
    clashes: dict[str, Clash] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def group(self, base: Element | None, head: Element, change: Element, path: str, key: str) -> None:
        for name in dict.fromkeys(name_of(child) for child in (*children_of(head), *children_of(change))):
            below = f"{path}/{name}"
            sides = [named(side, name) for side in (base, head, change)]
            if below in self.rules.repeats or any(len(side) > 1 for side in sides):
                self._repeat(head, change, sides, below, f"{key}/{name}")
            else:
                first = [side[0] if side else None for side in sides]
                self._one(head, change, first, below, f"{key}/{name}")

    def _one(self, parent: Element, others: Element, sides: Sequence[Element | None], path: str, key: str) -> None:
        """A question or group that stands once. What one side lacks (not relevant there) has empty answers."""
        base, head, change = sides
        added = head is None
        if head is None:
            assert change is not None
            head = insert_as(parent, others, change, etree.Element(change.tag))
        if change is None:
            change = etree.Element(head.tag)
        if any(len(side) for side in sides if side is not None):
            self.group(base, head, change, path, key)
        else:
            self._answer(base, head, change, path, key)
        if added and not said(head):
            parent.remove(head)

    def _answer(self, base: Element | None, head: Element, change: Element, path: str, key: str) -> None:
        before, here, there = (said(side) if side is not None else "" for side in (base, head, change))
        if there == before:
            return
        self.touched.add(key)
        if here == there:
            return
        if here == before or path in self.rules.derived or f"/{META}/" in path:
            head.text = change.text
        else:
            self._clash(key, path, here or None, there or None)

    def _repeat(
        self, parent: Element, others: Element, sides: Sequence[Sequence[Element]], path: str, key: str
    ) -> None:
        base, head, change = sides
        to_head, to_change = self._pairs(base, head, path), self._pairs(base, change, path)
        new_here, new_there = (
            [part for part in side if part not in pairs.values()]
            for side, pairs in ((head, to_head), (change, to_change))
        )
        both_added = self._pairs(new_here, new_there, path)
        for part in base:
            self._part(part, to_head.get(part), to_change.get(part), (parent, others), path, key)
        for part in new_here:
            if part in both_added:
                self.group(None, part, both_added[part], path, self._part_key(part, path, key))
        for part in new_there:
            if part not in both_added.values():
                added = insert_as(parent, others, part, deepcopy(part))
                self.touched.add(self._part_key(added, path, key))

    def _part(
        self,
        base: Element,
        head: Element | None,
        change: Element | None,
        around: tuple[Element, Element],
        path: str,
        key: str,
    ) -> None:
        """A part that the base has: changed, removed by one, or removed by one and changed by the other."""
        if head is not None and change is not None:
            if len(head) or len(change) or len(base):
                self.group(base, head, change, path, self._part_key(head, path, key))
            else:
                self._answer(base, head, change, path, self._part_key(head, path, key))
        elif head is not None:
            part_key = self._part_key(head, path, key)
            self.touched.add(part_key)
            if is_same(base, head):
                remove(head)
            else:
                self._clash(part_key, path, said(head), None)
        elif change is not None and not is_same(base, change):
            back = insert_as(*around, change, deepcopy(change))
            part_key = self._part_key(back, path, key)
            self.touched.add(part_key)
            self._clash(part_key, path, said(back), None, other_is_head=True)

    def _clash(self, key: str, path: str, kept: str | None, other: str | None, other_is_head: bool = False) -> None:
        self.clashes[key] = Clash(key, path, kept, other, other_is_head)

    def _part_key(self, part: Element, path: str, key: str) -> str:
        return Finder(self.rules).part_key(part, path, key)

    def _pairs(self, left: Sequence[Element], right: Sequence[Element], path: str) -> dict[Element, Element]:
        """Which part on the right is which on the left: by key, else the same words, else most alike, else by order."""
        finder = Finder(self.rules)
        keyed = {own: part for part in right if (own := finder.own_key(part, path))}
        pairs = {part: keyed[own] for part in left if (own := finder.own_key(part, path)) in keyed}
        rest = [part for part in left if part not in pairs and not finder.own_key(part, path)]
        loose = [part for part in right if part not in pairs.values() and not finder.own_key(part, path)]
        for part in list(rest):
            same = next((one for one in loose if is_same(part, one)), None)
            if same is not None:
                pairs[part] = same
                rest.remove(part)
                loose.remove(same)
        for part in list(rest):
            alike = max(loose, key=lambda one: likeness(part, one), default=None)
            if alike is not None and (likeness(part, alike) or len(rest) == len(loose)):
                pairs[part] = alike
                rest.remove(part)
                loose.remove(alike)
        return pairs
