"""Settings: secrets are made once and stay out of sight, URLs fit the driver."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.config import read_settings


def test_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read_settings({"RONDGANG_DATA": str(tmp_path)}).secret_key, range(16)))

    assert len(set(found)) == 1
    assert len(found[0]) >= 43
    kept = tmp_path / "keys" / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret_key"]


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
