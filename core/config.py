"""Settings: one frozen dataclass, and the only reader of the environment."""

import binascii
import os
import re
import secrets
import tempfile
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.problems import SETTING_WRONG, Problem

PDOK_GREY = "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png"
PDOK_ATTRIBUTION = "Kaartgegevens © Kadaster"
KOFFER_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations. The table in the README explains each."""

    data: Path
    database_url: str
    redis_url: str | None
    photo_url: str
    host: str
    port: int
    base_url: str
    workers: int
    secret_key: str
    koffer_keys: tuple[bytes, ...]
    trusted_proxies: int
    basemap_url: str
    basemap_attribution: str
    basemap_source: Path | None = None
    basemap_max_zoom: int = 16
    basemap_pack: bool = False
    device_limit: str = "600/minute"
    max_photo_bytes: int = 25 * 1024 * 1024
    max_photo_pixels: int = 50_000_000
    max_koffer_bytes: int = 2 * 1024 * 1024 * 1024

    @property
    def koffer_key(self) -> bytes:
        """The X25519 secret key that phones seal to now. The others in `koffer_keys` only open what is older."""
        return self.koffer_keys[0]

    @property
    def koffer_public_key(self) -> str:
        """What phones get to seal a koffer with: base64url without padding."""
        return _public_key(self.koffer_key)

    @property
    def uploads(self) -> Path:
        """Folder of half photo uploads. With several machines this must be a shared disk."""
        return self.data / "uploads"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; makes the data folder and the secret key when they are not there yet."""
    env = os.environ if environ is None else environ
    data = Path(env.get("RONDGANG_DATA", "var")).resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    host, port = env.get("HOST", "127.0.0.1"), _number(env, "PORT", 8000, most=65535)
    return Settings(
        data=data,
        database_url=_sqlalchemy_url(env.get("DATABASE_URL") or f"sqlite:///{data / 'rondgang.db'}"),
        redis_url=env.get("REDIS_URL") or None,
        photo_url=env.get("PHOTO_URL") or (data / "photos").as_uri(),
        host=host,
        port=port,
        base_url=(env.get("BASE_URL") or f"http://{host}:{port}").rstrip("/"),
        workers=_number(env, "WEB_CONCURRENCY", 2, most=1000),
        secret_key=env.get("SECRET_KEY") or _kept_secret(data / "keys" / "secret_key", 48),
        koffer_keys=_koffer_keys(env.get("KOFFER_KEY") or _kept_secret(data / "keys" / "koffer_key", KOFFER_KEY_BYTES)),
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, most=10),
        device_limit=_limit(env, "DEVICE_LIMIT", "600/minute"),
        basemap_url=env.get("BASEMAP_URL", PDOK_GREY),
        basemap_attribution=env.get("BASEMAP_ATTRIBUTION", PDOK_ATTRIBUTION),
        basemap_source=Path(env["BASEMAP_SOURCE"]).resolve() if env.get("BASEMAP_SOURCE") else None,
        basemap_max_zoom=_number(env, "BASEMAP_MAX_ZOOM", 16, most=19),
        basemap_pack=_yes(env, "BASEMAP_PACK"),
    )


def _number(env: Mapping[str, str], name: str, otherwise: int, most: int) -> int:
    """This setting as a number from 0 to `most`. Raises SETTING_WRONG."""
    text = env.get(name) or str(otherwise)
    if not text.isdecimal() or int(text) > most:
        raise Problem(SETTING_WRONG, f"{name}={text}: 0 - {most}")
    return int(text)


def _yes(env: Mapping[str, str], name: str) -> bool:
    """Whether this setting says yes. Raises SETTING_WRONG when it says neither yes nor no."""
    text = (env.get(name) or "no").lower()
    if text not in {"yes", "no"}:
        raise Problem(SETTING_WRONG, f"{name}={text}: yes / no")
    return text == "yes"


def _limit(env: Mapping[str, str], name: str, otherwise: str) -> str:
    """This setting as a number of requests in a time, such as "600/minute". Raises SETTING_WRONG."""
    text = env.get(name) or otherwise
    if not re.fullmatch(r"[1-9]\d{0,8}/(second|minute|hour)", text):
        raise Problem(SETTING_WRONG, f"{name}={text}: 600/minute")
    return text


def _sqlalchemy_url(url: str) -> str:
    """The URL with the driver we install; platforms hand out `postgres://`."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _koffer_keys(text: str) -> tuple[bytes, ...]:
    """The keys in this text, separated by commas or spaces; any 32 bytes are one. Raises SETTING_WRONG.

    A key must outlive every koffer that was sealed to it, so a new one is put in front and the old ones stay.
    """
    try:
        keys = tuple(urlsafe_b64decode(one.rstrip("=") + "=") for one in text.replace(",", " ").split())
    except (binascii.Error, ValueError):
        keys = ()
    if not keys or any(len(key) != KOFFER_KEY_BYTES for key in keys):
        raise Problem(SETTING_WRONG, "KOFFER_KEY")  # never the key itself: this is printed
    return keys


@cache
def _public_key(secret_key: bytes) -> str:
    from nacl.bindings import crypto_scalarmult_base  # loads a library that most commands do not need

    return urlsafe_b64encode(crypto_scalarmult_base(secret_key)).decode().rstrip("=")


def _kept_secret(path: Path, size: int) -> str:
    """The secret in this file, made of `size` random bytes at first use and readable by its owner only.

    Two processes that start at once both end up with the first one's secret: the file appears under its name
    only when it is complete.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        draft = Path(name)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(size))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
