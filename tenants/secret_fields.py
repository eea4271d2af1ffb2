"""Fields that keep secrets encrypted in the database; whoever writes all secrets anew finds them by their type."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from tenants.secrets import decrypt, encrypt


class HoldsSecrets:
    """Mixed into a field whose column holds secrets."""

    def tokens(self, stored: str) -> Iterable[str]:
        """The secrets, as they are stored, within what the column has."""
        raise NotImplementedError


class Encrypted(HoldsSecrets):
    """Mixed into a field of text that is encrypted as a whole, where migrations see a plain TextField; nothing can be looked up by it."""

    is_secret = True  # for the audit trail

    def tokens(self, stored: str) -> Iterable[str]:
        return (stored,)

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return value if value is None else decrypt(value)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(encrypt(value) if isinstance(value, str) else value, connection)  # type: ignore[misc]

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None  # type: ignore[misc]

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()  # type: ignore[misc]
        kwargs.pop("max_length", None)
        return name, "django.db.models.TextField", args, kwargs


class EncryptedTextField(Encrypted, models.TextField):
    """A text of any length that is encrypted in the database."""
