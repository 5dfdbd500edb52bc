"""A key for every part of a repeat, so that the same part is known again after others were added or removed. Pure.

Every repeat of a form gets a question that nobody sees, with role `sleutel`: an id that the phone makes once. A form
that has one of its own keeps it.
"""

from lxml import etree

from forms.definition import NS, ROLE
from forms.roles import PART_KEY

NAME = "rg_sleutel"
DECLARATION = '<?xml version="1.0"?>\n'
MAKE_ONCE = "once(uuid())"
_XFORMS = f"{{{NS['x']}}}"


def with_part_keys(xform: str) -> str:
    """The XForm with a question `rg_sleutel` in every repeat that has no question with role `sleutel`."""
    root = etree.fromstring(xform.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    instance = root.find(".//x:model/x:instance[1]/*", NS)
    model = root.find(".//x:model", NS)
    assert instance is not None
    assert model is not None
    keyed = {bind.get("nodeset", "").rpartition("/")[0] for bind in model.iterfind("x:bind", NS) if _is_key(bind)}
    repeats = dict.fromkeys(repeat.get("nodeset", "") for repeat in root.iterfind(".//h:body//x:repeat", NS))
    missing = [path for path in repeats if path not in keyed]
    for path in missing:
        for part in instance.findall("/".join(f"x:{step}" for step in path.split("/")[2:]), NS):
            etree.SubElement(part, f"{_XFORMS}{NAME}")
        model.append(_bind(path))
    if not missing:
        return xform
    return DECLARATION + etree.tostring(root, encoding="unicode")


def _is_key(bind: etree._Element) -> bool:
    return bind.get(ROLE) == PART_KEY


def _bind(path: str) -> etree._Element:
    bind = etree.Element(f"{_XFORMS}bind", nodeset=f"{path}/{NAME}", type="string", calculate=MAKE_ONCE)
    bind.set(ROLE, PART_KEY)
    return bind
