"""Filling in a form without a phone: instance XML made from an XForm, for the reference client and the simulation."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from uuid import UUID

from lxml import etree

from forms.definition import NS

Values = Mapping[str, str]


def fill_instance(
    xform: str, values: Values, repeats: Mapping[str, Sequence[Values]], instance_id: UUID, absent: Sequence[str] = ()
) -> str:
    """Instance XML with these answers by path, repeat instances by the path of their repeat, without `absent` paths.

    An unknown path is a KeyError. Relevance is the caller's business.
    """
    root = etree.fromstring(xform.encode())
    instance = root.find(".//x:model/x:instance[1]/*", NS)
    assert instance is not None
    instance = deepcopy(instance)
    etree.cleanup_namespaces(instance, keep_ns_prefixes=[])
    for path, rows in repeats.items():
        _fill_repeat(instance, path, rows)
    for path, value in values.items():
        _find(instance, path).text = value
    for path in absent:
        for node in _find_all(instance, path):
            _remove(node)
    _find(instance, "/data/meta/instanceID").text = f"uuid:{instance_id}"
    return etree.tostring(instance, encoding="unicode")


def _fill_repeat(instance: etree._Element, path: str, rows: Sequence[Values]) -> None:
    first, *extra = _find_all(instance, path)
    for node in extra:  # pyxform writes a template beside the first instance
        _remove(node)
    first.attrib.pop(f"{{{NS['jr']}}}template", "")
    parent = first.getparent()
    assert parent is not None
    place = parent.index(first)
    for offset, row in enumerate(rows):
        copy = deepcopy(first)
        for name, value in row.items():
            _find(copy, f"{path}/{name}", base=path).text = value
        parent.insert(place + offset, copy)
    parent.remove(first)


def _find(node: etree._Element, path: str, base: str = "/data") -> etree._Element:
    found = _find_all(node, path, base)
    if not found:
        raise KeyError(path)
    return found[0]


def _find_all(node: etree._Element, path: str, base: str = "/data") -> list[etree._Element]:
    steps = path.removeprefix(base).strip("/").split("/")
    return node.findall("/".join(f"{{*}}{step}" for step in steps))


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    assert parent is not None
    parent.remove(node)
