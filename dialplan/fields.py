"""Fields that keep secrets."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tenants.fields import CheckedCharField
from tenants.secret_fields import Encrypted, HoldsSecrets
from tenants.secrets import sealed, tokens_within


class EncryptedCharField(Encrypted, CheckedCharField):
    """A checked text that is encrypted in the database."""


class SealingEncoder(DjangoJSONEncoder):
    """Writes JSON in which every opened secret is sealed again."""

    def iterencode(self, o: Any, _one_shot: bool = False) -> Iterator[str]:
        return super().iterencode(sealed(o), _one_shot)


class SealedJSONField(HoldsSecrets, models.JSONField):
    """JSON that may hold secrets: whoever writes it, they are encrypted in the database and in whatever else asks for the field's encoder.

    They are read as they are stored, and opened by the params that declare them. Migrations see a plain JSONField.
    """

    def __init__(self, *, encoder: type[json.JSONEncoder] | None = None, **kwargs: Any) -> None:
        self._declared_encoder = encoder
        super().__init__(encoder=SealingEncoder, **kwargs)

    def tokens(self, stored: str) -> Iterator[str]:
        return tokens_within(json.loads(stored))

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("encoder", None)
        if self._declared_encoder is not None:
            kwargs["encoder"] = self._declared_encoder
        return name, "django.db.models.JSONField", args, kwargs
