"""Writing answers: instance XML from answers that were read, so that what is kept as data can go back. Pure."""

from collections.abc import Mapping, Sequence

from lxml import etree

from forms.answers import Instance

Order = Mapping[str, Sequence[str]]
"""The names in each group, in the order of the form, by the group's path (`forms.binds.Logic.children`)."""


def instance_xml(instance: Instance, root: str, order: Order) -> str:
    """The XML of these answers. Questions without one are left out; a group without any keeps its first, empty.

    What the form does not know comes after what it does.
    """
    written = _Writer(instance, order).write(f"/{root}", f"/{root}", root)
    for name, value in (("version", instance.version), ("id", instance.form_id)):
        if value:
            written.set(name, value)
    return etree.tostring(written, encoding="unicode")


class _Writer:
    """The answers by key, and how many nodes of each name stand in each group."""

    def __init__(self, instance: Instance, order: Order) -> None:
        self.order = order
        self.texts = {answer.key: answer.text for answer in instance.all}
        self.groups = {key for _, key in instance.group_keys}
        self.counts: dict[str, dict[str, int]] = {}
        for key in (*self.texts, *self.groups):
            above, _, step = key.rpartition("/")
            if above:
                name, _, position = step.removesuffix("]").partition("[")
                inside = self.counts.setdefault(above, {})
                inside[name] = max(inside.get(name, 0), int(position))

    def write(self, path: str, key: str, name: str) -> etree._Element:
        element = etree.Element(name)
        element.text = self.texts.get(key)
        counts = self.counts.get(key, {})
        for child in dict.fromkeys((*self.order.get(path, ()), *counts)):
            for position in range(1, counts.get(child, 0) + 1):
                element.append(self.write(f"{path}/{child}", f"{key}/{child}[{position}]", child))
        if key in self.groups and not counts:
            element.extend(etree.Element(child) for child in self.order.get(path, ())[:1])
        return element
