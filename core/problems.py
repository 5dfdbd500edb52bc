"""Every error that the software can answer with, once.

Raise a `Problem` anywhere; where it is answered (problem details, a page, a line in the terminal) is decided in one
place per channel. Titles and actions are Dutch source texts for the translation files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import has_app_context
from flask_babel import gettext


def N_(text: str) -> str:  # noqa: N802, gettext's own name for it
    """Marks a text for translation; it is translated where it is shown."""
    return text


def translate(text: str) -> str:
    """A marked text in the language of the request; in Dutch where there is no app."""
    return str(gettext(text)) if has_app_context() else text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input: where (a JSON pointer, or a place in a file) and what."""

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its name, its HTTP status, what it is called and what a person can do about it."""

    slug: str
    status: int
    title: str
    action: str


class Problem(Exception):
    """One occurrence of a kind of problem, with what is particular to it."""

    def __init__(
        self, kind: Kind, detail: str = "", faults: Iterable[Fault] = (), headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{kind.slug}: {detail or kind.title}")
        self.kind = kind
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = headers or {}

    def record(self) -> dict[str, Any]:
        """What is kept of it in the database; `details` makes it readable again in any language."""
        errors = [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults]
        return {"slug": self.kind.slug, "detail": self.detail, "errors": errors}


BODY_UNREADABLE = Kind(
    "body-unreadable", 400, N_("Het bericht is geen leesbare JSON."), N_("Verstuur het opnieuw. Er is niets weg.")
)
BODY_TOO_LARGE = Kind(
    "body-too-large", 413, N_("Het bericht is te groot."), N_("Verstuur minder tegelijk. Er is niets weg.")
)
INPUT_INVALID = Kind(
    "input-invalid",
    400,
    N_("Er klopt iets niet in de invoer."),
    N_("Verbeter wat hieronder staat en probeer opnieuw."),
)
TOKEN_UNKNOWN = Kind(
    "token-unknown",
    401,
    N_("Deze telefoon is niet aangemeld."),
    N_("Vraag uw coördinator om een nieuwe link. Uw werk staat nog op deze telefoon."),
)
DEVICE_REVOKED = Kind(
    "device-revoked",
    403,
    N_("Deze telefoon doet niet meer mee."),
    N_("U kunt nog wel versturen wat op deze telefoon staat. Vraag uw coördinator om een nieuwe link."),
)
CODE_UNUSABLE = Kind(
    "code-unusable",
    403,
    N_("Deze code werkt niet (meer)."),
    N_("Een code werkt voor één telefoon en zeven dagen. Vraag uw coördinator om een nieuwe link."),
)
CURSOR_GONE = Kind(
    "cursor-gone", 410, N_("De server kent deze plek in de lijst niet meer."), N_("Haal alles opnieuw op.")
)
FORM_INVALID = Kind(
    "form-invalid", 400, N_("Er klopt iets niet in het formulier."), N_("Verbeter het werkblad en probeer opnieuw.")
)
FORM_VERSION_TAKEN = Kind(
    "form-version-taken",
    409,
    N_("Deze versie van het formulier is al gepubliceerd, met een andere inhoud."),
    N_("Geef het formulier een nieuw versienummer in het blad 'settings'."),
)
LIST_INVALID = Kind(
    "list-invalid", 400, N_("Er klopt iets niet in de lijst."), N_("Verbeter de lijst en probeer opnieuw.")
)
LIST_MISSING = Kind(
    "list-missing", 409, N_("Het formulier kiest uit een lijst die er niet is."), N_("Laad eerst de lijst als CSV.")
)
FORM_UNKNOWN = Kind(
    "form-unknown",
    404,
    N_("De server kent dit formulier of deze versie niet."),
    N_("Publiceer het formulier. Het antwoord is bewaard en telt daarna mee."),
)
INSTANCE_UNREADABLE = Kind(
    "instance-unreadable",
    400,
    N_("De antwoorden zijn niet leesbaar als antwoorden op dit formulier."),
    N_("Uw werk staat nog op deze telefoon. Neem contact op met uw coördinator."),
)
MUTATION_TAKEN = Kind(
    "mutation-taken",
    409,
    N_("De server kent dit nummer al, met een andere inhoud."),
    N_("Wat u verstuurde is bewaard. Neem contact op met uw coördinator."),
)
ANSWERS_MISFIT = Kind(
    "answers-misfit",
    422,
    N_("Sommige antwoorden passen niet bij het formulier."),
    N_("Ze zijn bewaard. De opbouwwerker kijkt ernaar."),
)
BASE_UNKNOWN = Kind(
    "base-unknown",
    409,
    N_("Dit verandert iets dat de server nog niet heeft."),
    N_("Het is bewaard en wacht. De opbouwwerker kan het laten meetellen."),
)
ANSWERS_CLASH = Kind(
    "answers-clash",
    409,
    N_("Iemand anders veranderde intussen hetzelfde antwoord."),
    N_("Beide antwoorden zijn bewaard. De opbouwwerker kiest."),
)
OBSERVATION_WITHDRAWN = Kind(
    "observation-withdrawn",
    409,
    N_("Dit is intussen ingetrokken."),
    N_("Wat u veranderde is bewaard. De opbouwwerker kijkt ernaar."),
)
OBSERVATION_EXISTS = Kind(
    "observation-exists",
    409,
    N_("Er is al een observatie met dit nummer en een andere inhoud."),
    N_("Beide zijn bewaard. De opbouwwerker kijkt ernaar."),
)
PHOTO_UNREADABLE = Kind(
    "photo-unreadable",
    400,
    N_("Dit bestand is geen foto die wij kunnen lezen."),
    N_("Maak de foto opnieuw. JPEG, PNG, WebP en HEIC kunnen."),
)
PHOTO_HASH_WRONG = Kind(
    "photo-hash-wrong", 400, N_("De foto is onderweg beschadigd."), N_("Verstuur de foto opnieuw. Er is niets weg.")
)
PHOTO_TOO_LARGE = Kind("photo-too-large", 413, N_("De foto is te groot."), N_("Maak de foto kleiner, tot 25 MB."))
UPLOAD_UNKNOWN = Kind("upload-unknown", 404, N_("Deze foto is nog niet begonnen."), N_("Begin met versturen."))
UPLOAD_OFFSET_WRONG = Kind(
    "upload-offset-wrong", 409, N_("Het versturen ging op een andere plek verder."), N_("Vraag de plek opnieuw op.")
)
CHECKSUM_WRONG = Kind(
    "checksum-wrong", 460, N_("Een stuk van de foto is onderweg beschadigd."), N_("Verstuur dit stuk opnieuw.")
)
UPLOAD_TYPE_WRONG = Kind(
    "upload-type-wrong",
    415,
    N_("De bytes van een foto hebben een andere soort bericht nodig."),
    N_("Werk de app bij. Er is niets weg."),
)
TUS_VERSION = Kind("tus-version", 412, N_("De server spreekt alleen tus 1.0.0."), N_("Werk de app bij."))
KOFFER_UNREADABLE = Kind(
    "koffer-unreadable",
    400,
    N_("Dit bestand is geen koffer die wij kunnen lezen."),
    N_("Kies de koffer die de telefoon maakte, op de server waar die telefoon bij hoort."),
)
KOFFER_TOO_LARGE = Kind(
    "koffer-too-large",
    413,
    N_("De koffer is te groot voor deze pagina."),
    N_("Vraag uw beheerder om hem op de server in te lezen, met 'rondgang koffer import'."),
)
AREAS_UNREADABLE = Kind(
    "areas-unreadable",
    400,
    N_("Dit bestand is niet leesbaar als gebieden."),
    N_("Gebruik een GeoPackage, GeoJSON of shapefile in een zip, in RD of WGS84."),
)
ADDRESSES_UNREADABLE = Kind(
    "addresses-unreadable",
    400,
    N_("Dit bestand is niet leesbaar als adressen."),
    N_("Gebruik een CSV-bestand met adressen van de BAG, of met de kolommen straat, nummer, postcode, lon en lat."),
)
ADDRESS_IN_LIST = Kind(
    "address-in-list",
    409,
    N_("Dit adres staat al in de lijst."),
    N_("Ga terug en kies 'Het is hetzelfde als een ander adres'."),
)
IMPORT_CHOICE_MISSING = Kind(
    "import-choice-missing",
    400,
    N_("Er moet nog iets gekozen worden voor dit bestand ingelezen kan worden."),
    N_("Geef de peildatum, of kies de gemeente."),
)
IMPORT_TOO_LARGE = Kind(
    "import-too-large",
    413,
    N_("Het bestand is te groot voor deze pagina."),
    N_("Neem een bestand van alleen uw gemeente, of vraag uw beheerder om het op de server in te lezen."),
)
IMPORT_GONE = Kind(
    "import-gone",
    404,
    N_("Dit bestand is er niet meer."),
    N_("Een bestand wordt een dag bewaard, of tot het is ingelezen. Kies het opnieuw."),
)
AREA_UNKNOWN = Kind(
    "area-unknown", 404, N_("Dit gebied bestaat niet."), N_("Kijk op de pagina Gebieden welke namen er zijn.")
)
MAP_SOURCE_UNUSABLE = Kind(
    "map-source-unusable",
    409,
    N_("Het kaartbestand op de server is niet leesbaar."),
    N_("Zet een heel .pmtiles- of .mbtiles-bestand neer en kijk of BASEMAP_SOURCE klopt. De eigen kaart werkt wel."),
)
MAP_EMPTY = Kind(
    "map-empty",
    409,
    N_("De kaart heeft niets van dit gebied."),
    N_("Kies een kaartbestand waar dit gebied op staat, of neem de eigen kaart."),
)
MAP_TOO_LARGE = Kind(
    "map-too-large",
    409,
    N_("Dit gebied is te groot voor een kaart voor onderweg."),
    N_("Maak de kaart voor een kleiner gebied hieronder."),
)
MAP_REFUSED = Kind(
    "map-refused",
    502,
    N_("De server van de kaart gaf geen kaart."),
    N_("Probeer het later opnieuw, of neem de eigen kaart."),
)
MAP_UNKNOWN = Kind(
    "map-unknown", 404, N_("Deze kaart is er niet (meer)."), N_("Haal de gegevens opnieuw op. Er is niets weg.")
)
AREA_WITHOUT_BOUNDARY = Kind(
    "area-without-boundary", 409, N_("Dit gebied heeft geen grens."), N_("Teken eerst de grens van het gebied.")
)
GIS_TOKEN_UNKNOWN = Kind(
    "gis-token-unknown",
    401,
    N_("U hebt een toegangssleutel nodig om dit te lezen."),
    N_("Geef de sleutel als wachtwoord. U krijgt hem van wie in Rondgang de pagina GIS-toegang beheert."),
)
COLLECTION_UNKNOWN = Kind(
    "collection-unknown", 404, N_("Deze kaartlaag is er niet."), N_("Kijk in /ogc/collections welke er zijn.")
)
FEATURE_UNKNOWN = Kind(
    "feature-unknown", 404, N_("Dit staat niet in de kaartlaag."), N_("Lees de lijst van de kaartlaag opnieuw.")
)
PERSON_EXISTS = Kind("person-exists", 409, N_("Deze persoon is er al."), N_("Kies een ander e-mailadres."))
EMAIL_WRONG = Kind("email-wrong", 400, N_("Dit is geen e-mailadres."), N_("Schrijf het als naam@gemeente.nl."))
SETTING_WRONG = Kind("setting-wrong", 500, N_("Een instelling klopt niet."), N_("Kijk in de tabel van de README."))
DATABASE_FAILED = Kind(
    "database-failed",
    503,
    N_("De database antwoordt niet zoals het moet."),
    N_("Kijk of DATABASE_URL klopt, en draai eerst 'rondgang migrate'."),
)
PORT_TAKEN = Kind("port-taken", 409, N_("Op deze poort draait al iets."), N_("Stop het, of kies een andere PORT."))
ROUND_MISSING = Kind("round-missing", 404, N_("Deze ronde is er niet."), N_("Maak eerst een ronde met dit gebied."))
ROUTE_MISSING = Kind(
    "route-missing", 404, N_("Deze route is er niet."), N_("Kijk op de pagina Routes welke namen er zijn.")
)
SERVER_UNREACHABLE = Kind(
    "server-unreachable", 503, N_("De server antwoordt niet."), N_("Start de server en probeer het opnieuw.")
)
ADDRESSES_MISSING = Kind(
    "addresses-missing",
    409,
    N_("Dit gebied heeft geen adressen."),
    N_("Kies een gebied met een adressenlijst, of laad er eerst een."),
)
CLIENT_MISSING = Kind(
    "client-missing", 503, N_("De app is nog niet gebouwd."), N_("Bouw hem met 'make client' en start opnieuw.")
)
NOT_FOUND = Kind("not-found", 404, N_("Deze pagina is er niet."), N_("Ga terug naar het begin."))
NOT_ALLOWED = Kind("not-allowed", 403, N_("U mag dit niet."), N_("Vraag de beheerder om toegang."))
METHOD_NOT_ALLOWED = Kind("method-not-allowed", 405, N_("Dat kan hier niet."), N_("Ga terug naar het begin."))
TOO_MANY = Kind("too-many-requests", 429, N_("Dat ging te snel achter elkaar."), N_("Wacht even en probeer opnieuw."))
PAGE_EXPIRED = Kind(
    "page-expired", 400, N_("Deze pagina stond te lang open."), N_("Laad de pagina opnieuw en probeer het nog eens.")
)
REQUEST_WRONG = Kind("request-wrong", 400, N_("Het verzoek klopt niet."), N_("Ga terug en probeer het opnieuw."))
SERVER_FAILED = Kind(
    "server-failed", 500, N_("Er ging iets mis op de server."), N_("Probeer het later opnieuw. Er is niets weg.")
)


def faults_of(messages: Any, pointer: str = "") -> list[Fault]:
    """Marshmallow's nested error messages as a flat list of faults with JSON pointers."""
    if isinstance(messages, Mapping):
        return [
            fault
            for key, inner in messages.items()
            for fault in faults_of(inner, pointer if key == "_schema" else f"{pointer}/{key}")
        ]
    if isinstance(messages, list):
        return [fault for message in messages for fault in faults_of(message, pointer)]
    return [Fault(pointer, str(messages))]


KINDS: Mapping[str, Kind] = {kind.slug: kind for kind in list(globals().values()) if isinstance(kind, Kind)}


def details(record: Mapping[str, Any]) -> dict[str, Any]:
    """Problem details (RFC 9457) of a recorded problem, in the language of this request."""
    kind = KINDS[record["slug"]]
    return {
        "type": f"urn:rondgang:problem:{kind.slug}",
        "title": gettext(kind.title),
        "status": kind.status,
        "detail": record["detail"],
        "action": gettext(kind.action),
        "errors": record["errors"],
    }
