"""Secrets at rest: written with the first of the site's keys, read with any of them, and shown by no accident."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

MARK = "secret"  # {"secret": "gAAAA..."} within JSON


class LostKey(RuntimeError):
    """A stored secret that none of the site's keys opens."""


class Opened(str):
    """A secret in clear text, with the token that it is stored as, if it is. Its repr shows nothing, so that no message gives it away."""

    token: str

    def __new__(cls, text: str, token: str = "") -> "Opened":
        secret = super().__new__(cls, text)
        secret.token = token
        return secret

    def __repr__(self) -> str:
        return "'********'"


def encrypt(text: str) -> str:
    """The text as it may be stored; nothing stays nothing."""
    return _fernet(_keys()).encrypt(text.encode()).decode() if text else ""


def decrypt(token: str) -> str:
    """The text of a stored secret. Raises LostKey."""
    try:
        return _fernet(_keys()).decrypt(token.encode()).decode() if token else ""
    except InvalidToken:
        raise LostKey(
            "A stored secret opens with none of the keys; put the key that it was written with back into SECRETS_KEYS, or back into the "
            "file secrets_key in VAR_DIR. 'manage.py rotate_keys' names all secrets that are so."
        ) from None


def renewed(token: str) -> str:
    """The same secret written with the first key; the very token if it was so already. Raises LostKey."""
    first, *_ = _keys()
    try:
        _fernet((first,)).decrypt(token.encode())
    except InvalidToken:
        return encrypt(decrypt(token))
    return token


def is_sealed(value: Any) -> bool:
    """Whether a value of JSON is a secret as it is stored."""
    return isinstance(value, Mapping) and len(value) == 1 and isinstance(value.get(MARK), str)


def sealed(value: Any) -> Any:
    """A value of JSON as it may be stored: its opened secrets, however deep, become tokens; those that had one keep it."""
    if isinstance(value, Opened):
        value.token = value.token or encrypt(value)
        return {MARK: value.token} if value else ""
    if isinstance(value, Mapping):
        return {key: sealed(each) for key, each in value.items()}
    return [sealed(each) for each in value] if isinstance(value, list | tuple) else value


def opened(value: Any) -> Any:
    """A stored value of JSON with its secrets in clear text, however deep they are. Raises LostKey."""
    if is_sealed(value):
        return Opened(decrypt(value[MARK]), value[MARK])
    if isinstance(value, Mapping):
        return {key: opened(each) for key, each in value.items()}
    return [opened(each) for each in value] if isinstance(value, list | tuple) else value


def tokens_within(value: Any) -> Iterator[str]:
    """The secrets of a stored value of JSON, as they are stored, however deep."""
    if is_sealed(value):
        yield value[MARK]
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from tokens_within(each)


def _keys() -> tuple[str, ...]:
    from django.conf import settings  # here, because the settings themselves read the addons' declarations, which need Opened

    keys: tuple[str, ...] = settings.SECRETS_KEYS
    return keys


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
