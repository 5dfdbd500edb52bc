"""The wire: one marshmallow schema a direction, camelCase outside, unknown fields refused (docs/protocol.md)."""

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from forms.roles import OUTCOMES

MAX_MUTATIONS = 100
MAX_TRACK_POINTS = 20_000
MAX_STOPS = 1000
MAX_ANSWER = 2000
TRACK_POINT_PARTS = 4
SHA256_PATTERN = re.compile(r"[0-9a-f]{64}\Z")
SHA256 = validate.Regexp(SHA256_PATTERN, error="Geen SHA-256 in kleine letters.")
PLAUSIBLE = validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def _different_names(attachments: list[dict[str, Any]]) -> None:
    names = [attachment["name"] for attachment in attachments]
    if len(set(names)) < len(names):
        raise ValidationError("Twee bijlagen hebben dezelfde naam.")


def _not_blank(text: str) -> None:
    if not text.strip():
        raise ValidationError("Er staat niets in het antwoord.")


class WireSchema(Schema):
    """camelCase on the wire, snake_case here."""

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        head, *tail = field_name.split("_")
        field_obj.data_key = field_obj.data_key or head + "".join(word.capitalize() for word in tail)


class EnrolmentIn(WireSchema):
    code = fields.String(required=True, validate=validate.Length(max=40))
    device_id = fields.UUID(required=True)
    token = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{43}\Z"))


class RoundName(WireSchema):
    id = fields.UUID()
    name = fields.String()


class EnrolmentOut(WireSchema):
    device_id = fields.UUID()
    volunteer = fields.String()
    municipality = fields.String()
    koffer_key = fields.String()
    rounds = fields.List(fields.Nested(RoundName))


class Position(WireSchema):
    lon = fields.Float(required=True, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, validate=validate.Range(-90, 90))
    accuracy_m = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0))


class AttachmentIn(WireSchema):
    name = fields.String(required=True, validate=validate.Length(min=1, max=255))
    sha256 = fields.String(required=True, validate=SHA256)
    size = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**31 - 1))
    media_type = fields.String(required=True, validate=validate.Length(max=100))


def _reason() -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


class ObservationPut(WireSchema):
    id = fields.UUID(required=True)
    type = fields.String(required=True, validate=validate.Equal("observation.put"))
    observation_id = fields.UUID(required=True)
    round_id = fields.UUID(load_default=None, allow_none=True)
    form = fields.String(required=True, validate=validate.Length(min=1, max=100))
    form_version = fields.String(required=True, validate=validate.Length(max=100))
    instance_xml = fields.String(required=True)
    captured_at = fields.AwareDateTime(required=True, format="iso", validate=PLAUSIBLE)
    position = fields.Nested(Position, load_default=None, allow_none=True)
    address_id = fields.UUID(load_default=None, allow_none=True)
    base_version = fields.UUID(load_default=None, allow_none=True)
    walk_id = fields.UUID(load_default=None, allow_none=True)
    stop_id = fields.UUID(load_default=None, allow_none=True)
    reason = _reason()
    attachments = fields.List(
        fields.Nested(AttachmentIn),
        load_default=list,
        allow_none=True,
        validate=[validate.Length(max=50), _different_names],
    )


class ObservationWithdraw(WireSchema):
    id = fields.UUID(required=True)
    type = fields.String(required=True, validate=validate.Equal("observation.withdraw"))
    observation_id = fields.UUID(required=True)
    base_version = fields.UUID(required=True)
    withdrawn_at = fields.AwareDateTime(required=True, format="iso", validate=PLAUSIBLE)
    reason = _reason()


class VisitPut(WireSchema):
    id = fields.UUID(required=True)
    type = fields.String(required=True, validate=validate.Equal("visit.put"))
    visit_id = fields.UUID(required=True)
    round_id = fields.UUID(load_default=None, allow_none=True)
    address_id = fields.UUID(required=True)
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    visited_at = fields.AwareDateTime(required=True, format="iso", validate=PLAUSIBLE)


class TrackPoint(fields.Field[list[Any]]):
    """[longitude, latitude, accuracy in metres or null, moment], the moment in ISO 8601."""

    _position = Position()
    _moment = fields.AwareDateTime(format="iso", validate=PLAUSIBLE)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) != TRACK_POINT_PARTS:
            raise ValidationError("Schrijf een punt als [lengte, breedte, nauwkeurigheid, moment].")
        lon, lat, accuracy_m, moment = value
        self._position.load({"lon": lon, "lat": lat, "accuracyM": accuracy_m})
        self._moment.deserialize(moment, attr, data)
        return value


class WalkPut(WireSchema):
    """A walk of a route, as far as it is."""

    id = fields.UUID(required=True)
    type = fields.String(required=True, validate=validate.Equal("walk.put"))
    walk_id = fields.UUID(required=True)
    route_id = fields.UUID(required=True)
    planned_on = fields.Date(load_default=None, allow_none=True)
    started_at = fields.AwareDateTime(required=True, format="iso", validate=PLAUSIBLE)
    ended_at = fields.AwareDateTime(load_default=None, allow_none=True, format="iso", validate=PLAUSIBLE)
    track = fields.List(TrackPoint(), load_default=list, validate=validate.Length(max=MAX_TRACK_POINTS))
    seen = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MAX_STOPS))


class AddressAdd(WireSchema):
    """A door that the list lacks."""

    id = fields.UUID(required=True)
    type = fields.String(required=True, validate=validate.Equal("address.add"))
    address_id = fields.UUID(required=True)
    round_id = fields.UUID(load_default=None, allow_none=True)
    street = fields.String(required=True, validate=validate.Length(min=1, max=100))
    number = fields.Integer(required=True, strict=True, validate=validate.Range(0, 99999))
    letter = fields.String(load_default="", validate=validate.Length(max=1))
    addition = fields.String(load_default="", validate=validate.Length(max=10))
    postcode = fields.String(load_default="", validate=validate.Regexp(r"^(\d{4}[A-Z]{2})?\Z"))
    place = fields.String(load_default="", validate=validate.Length(max=100))
    position = fields.Nested(Position, required=True)
    added_at = fields.AwareDateTime(required=True, format="iso", validate=PLAUSIBLE)
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


class QuestionAnswer(WireSchema):
    """What a volunteer answers to a question of the desk."""

    id = fields.UUID(required=True)
    type = fields.String(required=True, validate=validate.Equal("question.answer"))
    question_id = fields.UUID(required=True)
    answered_at = fields.AwareDateTime(required=True, format="iso", validate=PLAUSIBLE)
    text = fields.String(required=True, validate=[validate.Length(max=MAX_ANSWER), _not_blank])


class PushIn(WireSchema):
    """The envelope. Each mutation is checked by itself, so that a bad one takes no other with it."""

    mutations = fields.List(
        fields.Raw(allow_none=True), required=True, validate=validate.Length(min=1, max=MAX_MUTATIONS)
    )


class FaultOut(WireSchema):
    pointer = fields.String()
    detail = fields.String()


class ProblemOut(WireSchema):
    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    action = fields.String()
    errors = fields.List(fields.Nested(FaultOut))


class Receipt(WireSchema):
    mutation_id = fields.UUID(allow_none=True)
    status = fields.String()
    version = fields.UUID(allow_none=True)
    problem = fields.Nested(ProblemOut, allow_none=True)


class PushOut(WireSchema):
    receipts = fields.List(fields.Nested(Receipt))
    missing_photos = fields.List(fields.String())


class PullQuery(WireSchema):
    cursor = fields.String(load_default=None, validate=validate.Length(max=200))


class ChangeOut(WireSchema):
    entity = fields.String()
    id = fields.String()
    deleted = fields.Boolean()
    data = fields.Dict(allow_none=True)


class PullOut(WireSchema):
    cursor = fields.String()
    complete = fields.Boolean()
    reset = fields.Boolean()
    koffer_key = fields.String(allow_none=True)
    changes = fields.List(fields.Nested(ChangeOut))


class ObservationOut(WireSchema):
    observation_id = fields.UUID()
    version = fields.UUID()
    status = fields.String()
    form = fields.String()
    form_version = fields.String()
    instance_xml = fields.String()
    attachments = fields.List(fields.Nested(AttachmentIn))
    round_id = fields.UUID(allow_none=True)
    position = fields.Nested(Position, allow_none=True)


class LedgerQuery(WireSchema):
    mutations = fields.String(load_default=None, validate=validate.Length(max=4000))


class LedgerMutation(WireSchema):
    mutation_id = fields.UUID()
    subject_id = fields.UUID(allow_none=True)
    status = fields.String()
    received_at = fields.AwareDateTime(format="iso")
    photos_missing = fields.List(fields.String())


class LedgerAccount(WireSchema):
    made = fields.Integer(allow_none=True)
    unsent = fields.Integer(allow_none=True)
    photos_unsent = fields.Integer(allow_none=True)
    received = fields.Integer()
    held = fields.Integer()
    conflicts = fields.Integer()
    photos_missing = fields.Integer()
    last_contact_at = fields.AwareDateTime(format="iso", allow_none=True)
    clock_skew_s = fields.Float(allow_none=True)


class LedgerOut(WireSchema):
    account = fields.Nested(LedgerAccount)
    mutations = fields.List(fields.Nested(LedgerMutation))


class KofferHead(WireSchema):
    """What the head of one line of a koffer says; which fields it has depends on its kind."""

    kind = fields.String(required=True, validate=validate.OneOf(("device", "mutation", "photo")))
    device_id = fields.UUID()
    volunteer = fields.String(validate=validate.Length(max=100))
    made_at = fields.AwareDateTime(format="iso")
    mutations = fields.Integer(strict=True)
    photos = fields.Integer(strict=True)
    sha256 = fields.String(validate=SHA256)
    media_type = fields.String(validate=validate.Length(max=100))
