"""Settings: secrets are made once and stay out of sight, URLs fit the driver."""

import stat
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nacl.public import PrivateKey, PublicKey, SealedBox

from core.config import read_settings
from core.problems import SETTING_WRONG, Problem


def test_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read_settings({"RONDGANG_DATA": str(tmp_path)}).secret_key, range(16)))

    assert len(set(found)) == 1
    assert len(found[0]) >= 43
    kept = tmp_path / "keys" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert {path.name for path in kept.parent.iterdir()} == {"secret_key", "koffer_key"}


def test_koffer_key_is_made_once_and_its_public_half_fits_it(tmp_path: Path) -> None:
    first, again = read_settings({"RONDGANG_DATA": str(tmp_path)}), read_settings({"RONDGANG_DATA": str(tmp_path)})

    assert first.koffer_keys == again.koffer_keys
    sealed = SealedBox(PublicKey(urlsafe_b64decode(first.koffer_public_key + "="))).encrypt(b"werk")
    assert SealedBox(PrivateKey(first.koffer_key)).decrypt(sealed) == b"werk"


def test_first_of_several_koffer_keys_is_handed_out_and_all_are_kept(tmp_path: Path) -> None:
    new, old = "A" * 43, "B" * 42 + "A"

    settings = read_settings({"RONDGANG_DATA": str(tmp_path), "KOFFER_KEY": f"{new}, {old}"})

    assert settings.koffer_keys == (urlsafe_b64decode(new + "="), urlsafe_b64decode(old + "="))
    assert settings.koffer_key == bytes(32)


@pytest.mark.parametrize("text", ["te kort", "A" * 44, "é", "A" * 43 + ",x", ","])
def test_koffer_key_that_is_none_is_told_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(Problem) as raised:
        read_settings({"RONDGANG_DATA": str(tmp_path), "KOFFER_KEY": text})

    assert raised.value.kind is SETTING_WRONG
    assert raised.value.detail == "KOFFER_KEY"


def test_postgres_urls_of_platforms_get_our_driver(tmp_path: Path) -> None:
    urls = ("postgres://u@h/d", "postgresql://u@h/d")

    found = {read_settings({"RONDGANG_DATA": str(tmp_path), "DATABASE_URL": url}).database_url for url in urls}

    assert found == {"postgresql+psycopg://u@h/d"}


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = read_settings({"RONDGANG_DATA": str(tmp_path)})

    assert settings.database_url == f"sqlite:///{tmp_path}/rondgang.db"
    assert settings.photo_url == (tmp_path / "photos").as_uri()
    assert settings.base_url == "http://127.0.0.1:8000"
    assert not settings.https
