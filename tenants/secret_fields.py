"""Fields that keep secrets encrypted in the database; whoever writes all secrets anew finds them by their type."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from tenants.secrets import LostKey, decrypt, encrypt


class HoldsSecrets:
    """Mixed into a field whose column holds secrets."""

    def tokens(self, stored: str) -> Iterable[str]:
        """The secrets, as they are stored, within what the column has."""
        raise NotImplementedError


class OpenedWhenRead(DeferredAttribute):
    """A record's secret: one that none of the keys opens is missed by who reads it, and by nobody who only reads the record."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None or self.field.attname not in vars(instance):
            return super().__get__(instance, cls)
        return readable([vars(instance)[self.field.attname]])[0]

    def __set__(self, instance: Any, value: Any) -> None:
        vars(instance)[self.field.attname] = value


def readable(values: Sequence[Any]) -> Sequence[Any]:
    """The values of a row that was read without its model. Raises LostKey for a secret among them that none of the keys opens."""
    if lost := next((value for value in values if isinstance(value, LostKey)), None):
        raise lost
    return values


def take_out_lost(row: models.Model | None, name: str) -> bool:
    """Empties a secret that none of the keys opens, for somebody to type it in anew; whether it was one."""
    is_lost = row is not None and isinstance(vars(row).get(name), LostKey)
    if is_lost:
        setattr(row, name, "")
    return is_lost


class Encrypted(HoldsSecrets):
    """Mixed into a field of text that is encrypted as a whole, where migrations see a plain TextField; nothing can be looked up by it."""

    descriptor_class: Any = OpenedWhenRead

    is_secret = True  # for the audit trail

    def tokens(self, stored: str) -> Iterable[str]:
        return (stored,)

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str | None, *args: Any) -> str | LostKey | None:
        try:
            return value if value is None else decrypt(value)
        except LostKey as lost:
            return lost

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
