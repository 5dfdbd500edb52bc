"""Trees of nodes: the instance that a phone sent, and the lists inside the form. Lighter than lxml, and made once."""

from collections.abc import Iterator

from lxml import etree

TEMPLATE = "{http://openrosa.org/javarosa}template"


class Node:
    """An element: a leaf with text, or a group with children. Namespaces play no part: ODK forms use local names.

    `path` is the path without positions. `is_absent`: the form has this node, what was sent has not.
    """

    __slots__ = ("children", "is_absent", "is_repeat", "name", "own_text", "parent", "path")

    def __init__(self, name: str, parent: "Node | None" = None, text: str = "", is_absent: bool = False) -> None:
        self.name = name
        self.parent = parent
        self.path: str = f"{parent.path}/{name}" if parent else f"/{name}" if name else ""
        self.own_text = text
        self.children: list[Node] = []
        self.is_absent = is_absent
        self.is_repeat = False

    def named(self, name: str) -> "list[Node]":
        return [child for child in self.children if child.name == name]

    @property
    def position(self) -> int:
        """Its place, from 1, among the nodes of its name."""
        return 1 if self.parent is None else self.parent.named(self.name).index(self) + 1

    @property
    def key(self) -> str:
        """The path with positions, as `forms.answers.Answer.key` writes it."""
        if self.parent is None or not self.parent.name:
            return self.path
        return f"{self.parent.key}/{self.name}[{self.position}]"

    def ancestors_or_self(self) -> "list[Node]":
        """From the document down to this node."""
        chain = [self]
        while chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        return chain[::-1]

    def descendants_or_self(self) -> "Iterator[Node]":
        yield self
        for child in self.children:
            yield from child.descendants_or_self()


def read_tree(element: etree._Element) -> Node:
    """A document node with this element's tree in it, without the templates of repeats."""
    document = Node("")
    _add(document, element)
    return document


def _add(parent: Node, element: etree._Element) -> None:
    tag = element.tag
    node = Node(tag.rsplit("}", 1)[-1], parent, element.text or "")
    parent.children.append(node)
    for child in element:
        if isinstance(child.tag, str) and TEMPLATE not in child.attrib:
            _add(node, child)
