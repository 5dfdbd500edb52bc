"""Answers: instance XML as a phone sends it, read safely against nothing but itself."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from core.problems import INSTANCE_UNREADABLE, Problem

MAX_INSTANCE_BYTES = 1024 * 1024
MAX_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Point:
    """A position in EPSG:4326, with its accuracy in metres where it is known."""

    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered node. `key` is its path with the positions of repeat instances: `/data/vraagstuk[2]/tekst`."""

    path: str
    key: str
    text: str

    @property
    def point(self) -> Point | None:
        """The answer as an ODK geopoint ("lat lon altitude accuracy"), or None where it is none."""
        try:
            numbers = [float(part) for part in self.text.split()]
        except ValueError:
            return None
        if len(numbers) < 2 or not (-90 <= numbers[0] <= 90 and -180 <= numbers[1] <= 180):
            return None
        return Point(lon=numbers[1], lat=numbers[0], accuracy_m=numbers[3] if len(numbers) > 3 else None)


@dataclass(frozen=True, slots=True)
class Instance:
    """The answers of one observation, in document order, and which form and version they answer."""

    form_id: str
    version: str
    all: tuple[Answer, ...]
    group_keys: tuple[tuple[str, str], ...]
    by_path: Mapping[str, Sequence[Answer]]

    def answers(self, path: str) -> Sequence[Answer]:
        """The non-empty answers at this path, in document order."""
        return self.by_path.get(path, ())

    def first_by_group(self, path: str, group: str) -> dict[str, Answer]:
        """The first answer at this path in each instance of the group or repeat at `group`, by the instance's key."""
        depth = group.count("/") + 1
        found: dict[str, Answer] = {}
        for answer in self.answers(path):
            found.setdefault("/".join(answer.key.split("/")[:depth]), answer)
        return found

    def groups(self, path: str) -> Iterator[str]:
        """The keys of the instances of a group or repeat."""
        return (key for group_path, key in self.group_keys if group_path == path)


def parse_instance(xml: str) -> Instance:
    """The answers in this XML. Raises INSTANCE_UNREADABLE; entities, DTDs and endless nesting are refused."""
    root = xml_root(xml)
    answers: list[Answer] = []
    groups: list[tuple[str, str]] = []
    name = etree.QName(root).localname
    _walk(root, f"/{name}", f"/{name}", 0, answers, groups)
    by_path: dict[str, list[Answer]] = {}
    for answer in answers:
        by_path.setdefault(answer.path, []).append(answer)
    return Instance(root.get("id", ""), root.get("version", ""), tuple(answers), tuple(groups), by_path)


def xml_root(xml: str) -> etree._Element:
    """The root of this XML, read without reaching for anything else. Raises INSTANCE_UNREADABLE."""
    raw = xml.encode()
    if len(raw) > MAX_INSTANCE_BYTES:
        raise Problem(INSTANCE_UNREADABLE, f"{len(raw)} bytes, ten hoogste {MAX_INSTANCE_BYTES}")
    try:
        root = etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as error:
        raise Problem(INSTANCE_UNREADABLE, str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Problem(INSTANCE_UNREADABLE, "een DOCTYPE mag niet")
    return root


def _parser() -> etree.XMLParser:
    """A parser that reaches for nothing and hands out text in one piece."""
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )


def _walk(
    node: etree._Element, path: str, key: str, depth: int, answers: list[Answer], groups: list[tuple[str, str]]
) -> None:
    if depth > MAX_DEPTH:
        raise Problem(INSTANCE_UNREADABLE, f"meer dan {MAX_DEPTH} lagen diep")
    children = [child for child in node if isinstance(child.tag, str)]
    if not children:
        if text := (node.text or "").strip():
            answers.append(Answer(path, key, text))
        return
    groups.append((path, key))
    positions: Counter[str] = Counter()
    for child in children:
        name = etree.QName(child).localname
        positions[name] += 1
        _walk(child, f"{path}/{name}", f"{key}/{name}[{positions[name]}]", depth + 1, answers, groups)
