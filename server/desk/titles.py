"""What people call a form and an observation of it."""

from collections.abc import Mapping

from forms.queries import all_newest_versions, definition_of
from maps.models import Address
from sync.models import Observation


def form_titles() -> dict[str, str]:
    """The title of each form in force, by its id."""
    return {version.form_id: definition_of(version).title for version in all_newest_versions()}


def title_of(observation: Observation, address: Address | None, titles: Mapping[str, str]) -> str:
    """ "Keukentafelgesprek · Boekweitlaan 12"; the form's id when nobody knows its title."""
    title = titles.get(observation.form_id, observation.form_id)
    return f"{title} · {address.label}" if address else title
