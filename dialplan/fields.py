"""Fields that ask one of the checks of `build.names`, the single place that knows what Asterisk takes, and fields that keep secrets."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tenants.secret_fields import Encrypted, HoldsSecrets
from tenants.secrets import sealed, tokens_within


class Checked:
    """A validator made of a check function, which raises ValueError with the message for people."""

    def __init__(self, check: Callable[[str], object]) -> None:
        self.check = check

    def __call__(self, value: str) -> None:
        try:
            self.check(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None


class CheckedCharField(models.CharField):
    """A CharField whose values pass a check, and are stored in the one way of writing that it gives; migrations see a plain CharField."""

    def __init__(self, check: Callable[[str], object] | None = None, verbose_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(verbose_name, **kwargs)
        self.one_way = check
        if check is not None:
            self.validators = [*self.validators, Checked(check)]

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        cleaned = super().clean(value, model_instance)
        written = self.one_way(cleaned) if self.one_way is not None and cleaned else cleaned
        return written if isinstance(written, str) else cleaned

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, "django.db.models.CharField", args, kwargs


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
