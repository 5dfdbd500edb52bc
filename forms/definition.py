"""A form as plain data, read from its XForm once. Everything that must know what a form asks reads this."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

ROLE_NAMESPACE = "urn:rondgang:rollen:1"
ROLE = f"{{{ROLE_NAMESPACE}}}rol"
NS = {
    "x": "http://www.w3.org/2002/xforms",
    "h": "http://www.w3.org/1999/xhtml",
    "jr": "http://openrosa.org/javarosa",
    "rg": ROLE_NAMESPACE,
}
ADDRESS_LIST = "jr://file-csv/adressen.csv"
HOUSEHOLD, PERSON, NOBODY = "huishouden", "persoon", "geen"
COUNTING_UNITS = (HOUSEHOLD, PERSON, NOBODY)


@dataclass(frozen=True, slots=True)
class Question:
    """One node that can hold an answer, or a group or repeat of them."""

    path: str
    type: str
    control: str = ""
    appearance: str = ""
    role: str | None = None
    is_repeat: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: str | None = None

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]

    @property
    def kind(self) -> str:
        """Its type as form makers think of it: a choice is "select1" or "select", what is never asked "calculate"."""
        if self.control in {"select1", "select"}:
            return self.control
        return self.type if self.control or self.type in {"group", "repeat"} else "calculate"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a form asks. Labels are by language tag ("nl", "en", "" for none).

    `lists` has the file names of external lists by the instance that holds them; the address list is not among them.
    """

    form_id: str
    version: str
    title: str
    counting_unit: str
    languages: tuple[str, ...]
    uses_addresses: bool
    lists: Mapping[str, str]
    questions: tuple[Question, ...]
    choice_labels: Mapping[str, Mapping[str, Mapping[str, str]]]

    def with_role(self, role: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.role == role)

    def repeats_around(self, question: Question) -> tuple[Question, ...]:
        """The repeats that this question stands in, the outermost first."""
        return tuple(one for one in self.questions if one.is_repeat and question.path.startswith(f"{one.path}/"))

    def choice_label(self, question: Question, value: str, language: str) -> str:
        """What a person reads for this value; the value itself where the form has no label for it."""
        labels = self.choice_labels.get(question.choices or "", {}).get(value, {})
        return labels.get(language) or next(iter(labels.values()), value)


def read_definition(xform: str) -> Definition:
    """The definition in an XForm that pyxform wrote. Our own compiler's output is trusted to be well-formed."""
    root = etree.fromstring(xform.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    instance = _one(root, "//x:model/x:instance[1]/*")
    texts = _texts(root)
    return Definition(
        form_id=instance.get("id", ""),
        version=instance.get("version", ""),
        title=_one(root, "//h:head/h:title").text or "",
        counting_unit=instance.get(f"{{{ROLE_NAMESPACE}}}telling", HOUSEHOLD),
        languages=tuple(texts),
        uses_addresses=bool(root.findall(f".//x:instance[@src='{ADDRESS_LIST}']", NS)),
        lists=_lists(root),
        questions=tuple(_questions(root, instance, texts)),
        choice_labels=_choice_labels(root, texts),
    )


def _questions(root: etree._Element, instance: etree._Element, texts: dict[str, dict[str, str]]) -> Iterator[Question]:
    """Every node with a bind, a control or a repeat, in the order of the instance. pyxform binds no bare groups."""
    controls = {control.get("ref"): control for control in root.iterfind(".//h:body//*[@ref]", NS)}
    repeats = {repeat.get("nodeset") for repeat in root.iterfind(".//h:body//x:repeat", NS)}
    binds = {bind.get("nodeset"): bind for bind in root.iterfind(".//x:bind", NS)}
    for path in dict.fromkeys(_paths(instance, "")):
        bind, control = binds.get(path), controls.get(path)
        if "/meta/" not in f"{path}/" and not (bind is None and control is None and path not in repeats):
            yield _question(path, bind, control, path in repeats, texts)


def _paths(node: etree._Element, above: str) -> Iterator[str]:
    path = f"{above}/{etree.QName(node).localname}"
    yield path
    for child in node:
        yield from _paths(child, path)


def _question(
    path: str,
    bind: etree._Element | None,
    control: etree._Element | None,
    is_repeat: bool,
    texts: dict[str, dict[str, str]],
) -> Question:
    traits = {} if bind is None else {str(name): str(value) for name, value in bind.attrib.items()}
    itemset = None if control is None else control.find("x:itemset", NS)
    return Question(
        path=path,
        type=traits.get("type", "repeat" if is_repeat else "group"),
        control="" if control is None else etree.QName(control).localname,
        appearance="" if control is None else control.get("appearance", ""),
        role=traits.get(ROLE),
        is_repeat=is_repeat,
        labels=_labels(control, texts),
        choices=None if itemset is None else _list_name(itemset.get("nodeset", "")),
    )


def _lists(root: etree._Element) -> dict[str, str]:
    sources = {instance.get("id", ""): instance.get("src", "") for instance in root.iterfind(".//x:instance[@src]", NS)}
    return {
        instance: source.rsplit("/", 1)[-1]
        for instance, source in sources.items()
        if source.startswith(("jr://file-csv/", "jr://file/")) and source != ADDRESS_LIST
    }


def _labels(control: etree._Element | None, texts: dict[str, dict[str, str]]) -> dict[str, str]:
    label = None if control is None else control.find("x:label", NS)
    if label is None:
        return {}
    reference = label.get("ref", "")
    if not reference:
        return {"": _words(label)}
    key = reference.removeprefix("jr:itext('").removesuffix("')")
    return {language: entries[key] for language, entries in texts.items() if key in entries}


def _texts(root: etree._Element) -> dict[str, dict[str, str]]:
    """Texts by language tag and key, the form's default language first."""
    translations = root.findall(".//x:itext/x:translation", NS)
    translations.sort(key=lambda translation: translation.get("default") is None)
    return {
        _language_tag(translation.get("lang", "")): {
            text.get("id", ""): _words(value)
            for text in translation.iterfind("x:text", NS)
            for value in text.iterfind("x:value", NS)
            if value.get("form") is None
        }
        for translation in translations
    }


def _words(node: etree._Element) -> str:
    return "".join(str(text) for text in node.itertext())


def _language_tag(name: str) -> str:
    """ "nl" for "Nederlands (nl)"; the name itself where it has no tag."""
    return name[name.rindex("(") + 1 : -1] if name.endswith(")") and "(" in name else name


def _list_name(nodeset: str) -> str:
    return nodeset.removeprefix("instance('").split("'", 1)[0]


def _choice_labels(root: etree._Element, texts: dict[str, dict[str, str]]) -> dict[str, dict[str, dict[str, str]]]:
    return {
        instance.get("id", ""): {
            item.findtext("x:name", "", NS): _item_labels(item, texts)
            for item in instance.iterfind("x:root/x:item", NS)
        }
        for instance in root.iterfind(".//x:model/x:instance[@id]", NS)
    }


def _item_labels(item: etree._Element, texts: dict[str, dict[str, str]]) -> dict[str, str]:
    key = item.findtext("x:itextId", "", NS)
    if not key:
        return {"": item.findtext("x:label", "", NS)}
    return {language: entries[key] for language, entries in texts.items() if key in entries}


def _one(root: etree._Element, path: str) -> etree._Element:
    found = root.xpath(path, namespaces=NS)
    if not isinstance(found, list) or not found or not isinstance(found[0], etree._Element):
        raise ValueError(f"the XForm has no {path}")
    return found[0]
