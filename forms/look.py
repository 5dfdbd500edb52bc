"""A look at one set of answers through the logic of its form: what is relevant, what holds, what is offered. Pure."""

from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from forms.binds import Choices, Logic
from forms.xpath.context import Lists, Run
from forms.xpath.evaluate import Compiled
from forms.xpath.nodes import Node, read_tree
from forms.xpath.registry import node_set
from forms.xpath.values import NotEvaluated, Value, to_boolean, to_string

CHARACTERS_A_STEP = 256


class Look:
    """The answers, completed with the nodes that the form has and the instance lacks, which count as empty.

    What is not relevant is empty for every expression, as on the phone.
    """

    def __init__(
        self,
        logic: Logic,
        expressions: Mapping[tuple[str, str], Compiled],
        impossible: Mapping[tuple[str, str], str],
        instance_xml: str,
        now: datetime,
    ) -> None:
        parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True)
        self.document = read_tree(etree.fromstring(instance_xml.encode(), parser))
        self.not_evaluated: dict[tuple[str, str], str] = {}
        self.logic, self.expressions, self._impossible = logic, expressions, impossible
        self._relevance: dict[Node, bool | None] = {}
        self._run = Run(now, self.text_of, Lists(logic.lists, self._choice_label, self._text))
        self._complete(self.document.children[0])

    def _complete(self, node: Node) -> None:
        present = {child.name for child in node.children}
        node.is_repeat = node.path in self.logic.repeats
        for name in self.logic.children.get(node.path, ()):
            if name not in present and f"{node.path}/{name}" not in self.logic.repeats:
                node.children.append(Node(name, node, is_absent=True))
        for child in node.children:
            self._complete(child)

    def text_of(self, node: Node) -> str:
        """What expressions see of a node: its text, or that of all inside it; nothing when it is not relevant."""
        self._run.spend(1 + len(node.own_text) // CHARACTERS_A_STEP)
        if node.children:
            return "".join(map(self.text_of, node.children))
        return "" if not node.own_text or self.relevance(node) is False else node.own_text

    def relevance(self, node: Node) -> bool | None:
        """Whether the form asks for this node; None when that cannot be evaluated."""
        if node.path not in self.logic.children:  # an item of a list
            return True
        if node not in self._relevance:
            self._relevance[node] = True  # for an expression that comes back to its own node
            self._relevance[node] = self._find_relevance(node)
        return self._relevance[node]

    def _find_relevance(self, node: Node) -> bool | None:
        above = self.relevance(node.parent) if node.parent else True
        if above is False:
            return False
        own = self.value(node, "relevant", otherwise=True)
        if own is None:
            return None
        return above if to_boolean(own) else False

    def holds(self, node: Node, kind: str, otherwise: bool) -> bool:
        """Whether this expression of the node holds; `otherwise` when it has none or it cannot be evaluated."""
        value = self.value(node, kind, otherwise=otherwise)
        return otherwise if value is None else to_boolean(value)

    def value(self, node: Node, kind: str, otherwise: Value = "") -> Value | None:
        """The value of this expression of the node, `otherwise` when it has none, None when it cannot be evaluated."""
        expression = self.expressions.get((node.path, kind))
        if expression is None:
            return None if (node.path, kind) in self._impossible else otherwise
        try:
            return expression.value(self._run, node)
        except NotEvaluated as error:
            self.not_evaluated[node.path, kind] = str(error)
            return None

    def calculated(self, node: Node) -> str | None:
        """What the node's calculation gives for these answers, as it is stored; None when it cannot be evaluated."""
        value = self.value(node, "calculate")
        return None if value is None else to_string(value)

    def choices(self, node: Node, choices: Choices) -> frozenset[str] | None:
        """The values that the question offers here, or None when that cannot be evaluated."""
        if choices.values is not None:
            return choices.values
        items = self.value(node, "type")
        try:
            found = None if items is None else node_set(items)
            return (
                None
                if found is None
                else frozenset(self.text_of(value) for item in found.nodes for value in item.named(choices.value))
            )
        except NotEvaluated as error:
            self.not_evaluated[node.path, "type"] = str(error)
            return None

    def _choice_label(self, path: str, value: str) -> str:
        bind = self.logic.binds.get(path)
        labels = self.logic.definition.choice_labels.get(bind.choices.list_name if bind and bind.choices else "")
        if labels is None:
            raise NotEvaluated(f"jr:choice-name(): {path} has no list of choices in the form")
        return _one_language(labels.get(value, {}))

    def _text(self, name: str) -> str:
        return _one_language(self.logic.texts.get(name, {}))


def _one_language(texts: Mapping[str, str]) -> str:
    """The text, when it is the same in every language: the server does not know which one the phone spoke."""
    words = set(texts.values())
    if len(words) > 1:
        raise NotEvaluated("the text depends on the language of the phone")
    return words.pop() if words else ""
