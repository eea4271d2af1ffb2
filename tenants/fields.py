"""Fields whose values pass a check."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


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

    def __init__(self, check: Callable[[str], object] | None = None, verbose_name: Any = None, **kwargs: Any) -> None:
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
