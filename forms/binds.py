"""The logic in an XForm as plain data: what each node must meet, in the form maker's expressions and words. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from forms.definition import NS, Definition, Question, read_definition
from forms.xpath.nodes import Node, read_tree

EXPRESSIONS = ("required", "constraint", "relevant", "calculate")
_JAVAROSA = f"{{{NS['jr']}}}"
_LIST = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")
_WHOLE_LIST = re.compile(r"(randomize\()?\s*instance\(\s*['\"]([^'\"]+)['\"]\s*\)/root/item\s*\)?")
_NO_TEXT = "-"
"""What pyxform writes where a translation is missing."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Where the values of a choice come from: a path to its items, or the values themselves."""

    nodeset: str = ""
    value: str = ""
    values: frozenset[str] | None = None

    @property
    def list_name(self) -> str:
        found = _LIST.search(self.nodeset)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Bind:
    """One node. `question` is None for what nobody is asked (`/data/meta`); messages are by kind and language tag."""

    path: str
    question: Question | None
    is_readonly: bool
    expressions: Mapping[str, str]
    messages: Mapping[str, Mapping[str, str]]
    choices: Choices | None


@dataclass(frozen=True, slots=True)
class Logic:
    """All binds of a form by path, the names of the nodes in each group, its repeats, and its internal lists."""

    definition: Definition
    root: str
    binds: Mapping[str, Bind]
    children: Mapping[str, Sequence[str]]
    repeats: frozenset[str]
    lists: Mapping[str, Node]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_logic(xform: str, lists: Mapping[str, Sequence[Mapping[str, str]]]) -> Logic:
    """The logic of an XForm that pyxform wrote. `lists` has the rows of external lists by the id of their instance."""
    root = etree.fromstring(xform.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    definition, texts = read_definition(xform), _texts(root)
    known = _internal_lists(root) | {name: _list_of_rows(rows) for name, rows in lists.items()}
    instance = root.find(".//x:model/x:instance/*", NS)
    assert instance is not None
    controls = {control.get("ref"): control for control in root.iterfind(".//h:body//*[@ref]", NS)}
    questions = {question.path: question for question in definition.questions}
    children: dict[str, list[str]] = {}
    _add_children(children, instance, "")
    return Logic(
        definition=definition,
        root=etree.QName(instance).localname,
        binds={
            path: _bind(path, bind, controls.get(path), questions.get(path), texts, known)
            for path, bind in _binds(root, controls)
        },
        children=children,
        repeats=frozenset(repeat.get("nodeset", "") for repeat in root.iterfind(".//h:body//x:repeat", NS)),
        lists=known,
        texts=texts,
    )


def _binds(
    root: etree._Element, controls: Mapping[str | None, etree._Element]
) -> Iterator[tuple[str, etree._Element | None]]:
    """Every path with a bind, and those that have a control only."""
    found: dict[str, etree._Element | None] = {bind.get("nodeset", ""): bind for bind in root.iterfind(".//x:bind", NS)}
    yield from found.items()
    yield from ((path, None) for path in controls if path and path not in found)


def _bind(
    path: str,
    bind: etree._Element | None,
    control: etree._Element | None,
    question: Question | None,
    texts: Mapping[str, Mapping[str, str]],
    lists: Mapping[str, Node],
) -> Bind:
    traits: Mapping[str, str] = {} if bind is None else {str(key): str(value) for key, value in bind.attrib.items()}
    return Bind(
        path=path,
        question=question,
        is_readonly=traits.get("readonly", "").strip() == "true()",
        expressions={kind: traits[kind] for kind in EXPRESSIONS if traits.get(kind, "").strip()},
        messages={
            kind: _message(traits.get(f"{_JAVAROSA}{kind}Msg", ""), texts) for kind in ("required", "constraint")
        },
        choices=None if control is None else _choices(control, lists),
    )


def _message(source: str, texts: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The form maker's words by language tag, "" for a form without languages."""
    if not source.startswith("jr:itext("):
        return {"": source} if source else {}
    return texts.get(source.removeprefix("jr:itext(").rstrip(")").strip("'\""), {})


def _choices(control: etree._Element, lists: Mapping[str, Node]) -> Choices | None:
    itemset = control.find("x:itemset", NS)
    if itemset is not None:
        value = itemset.find("x:value", NS)
        name, nodeset = "" if value is None else value.get("ref", ""), itemset.get("nodeset", "")
        whole = _WHOLE_LIST.fullmatch(nodeset.strip())
        items = lists[whole[2]].descendants_or_self() if whole and whole[2] in lists else None
        return Choices(
            nodeset, name, None if items is None else frozenset(one.own_text for one in items if one.name == name)
        )
    values = frozenset(item.findtext("x:value", "", NS) for item in control.iterfind("x:item", NS))
    return Choices(values=values) if values else None


def _texts(root: etree._Element) -> dict[str, dict[str, str]]:
    """Texts by key and language tag."""
    found: dict[str, dict[str, str]] = {}
    for translation in root.iterfind(".//x:itext/x:translation", NS):
        language = translation.get("lang", "")
        tag = language.rsplit("(", 1)[-1].removesuffix(")") if language.endswith(")") else language
        for text in translation.iterfind("x:text", NS):
            value = text.find("x:value", NS)
            words = "" if value is None else "".join(map(str, value.itertext()))
            if words and words != _NO_TEXT:
                found.setdefault(text.get("id", ""), {})[tag] = words
    return found


def _add_children(children: dict[str, list[str]], node: etree._Element, above: str) -> None:
    path = f"{above}/{etree.QName(node).localname}"
    inside = [child for child in node if isinstance(child.tag, str)]
    names = children.setdefault(path, [])
    names += dict.fromkeys(name for child in inside if (name := etree.QName(child).localname) not in names)
    for child in inside:
        _add_children(children, child, path)


def _internal_lists(root: etree._Element) -> dict[str, Node]:
    return {
        instance.get("id", ""): read_tree(instance).children[0]
        for instance in root.iterfind(".//x:model/x:instance[@id]", NS)
        if instance.get("src") is None
    }


def _list_of_rows(rows: Sequence[Mapping[str, str]]) -> Node:
    top = Node("instance")
    root = Node("root", top)
    top.children.append(root)
    for row in rows:
        item = Node("item", root)
        item.children += [Node(name, item, value) for name, value in row.items()]
        root.children.append(item)
    return top
