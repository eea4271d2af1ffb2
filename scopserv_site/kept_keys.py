"""The keys that a site without DATABASE_URL keeps in files of its own, which only their owner can read."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet

SECRET_KEY_LENGTH = 50


class BadEnvironment(Exception):
    """Every environment variable that cannot be used, one line each."""


def kept_secret_key(path: Path) -> str:
    """The SECRET_KEY in this file; made on first use."""
    return _kept("SECRET_KEY", path, lambda: secrets.token_urlsafe(SECRET_KEY_LENGTH))


def kept_secrets_keys(path: Path) -> tuple[str, ...]:
    """The keys for secrets at rest in this file, one a line, of which the first writes; made on first use."""
    keys = tuple(_kept("SECRETS_KEYS", path, _new_key).split())
    if not keys or not all(map(_is_key, keys)):
        raise BadEnvironment(f"SECRETS_KEYS is not set and {path} holds no key; put the file back from a backup.")
    return keys


def put_new_key_first(path: Path) -> tuple[str, ...]:
    """Gives the file a new key before those that it has."""
    keys = (_new_key(), *kept_secrets_keys(path))
    _replace(path, keys)
    return keys


def keep_first_key(path: Path) -> bool:
    """Takes all keys but the first out of the file, if it is there and has more."""
    if not path.exists() or len(keys := kept_secrets_keys(path)) == 1:
        return False
    _replace(path, keys[:1])
    return True


def _new_key() -> str:
    return Fernet.generate_key().decode()


def _is_key(text: str) -> bool:
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def _replace(path: Path, keys: tuple[str, ...]) -> None:
    fresh = _write(path, "\n".join(keys))
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, text: str) -> Path:
    """A file beside this one, with the text safely on the disk."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _kept(name: str, path: Path, make: Callable[[], str]) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            fresh = _write(path, make())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise BadEnvironment(
            f"{name} is not set and {path} cannot be used for one: {error.strerror}. Run as the owner of {path.parent}, or set VAR_DIR."
        ) from error
