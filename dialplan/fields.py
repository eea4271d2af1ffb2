"""A text field that asks one of the checks of `build.names`, the single place that knows what Asterisk takes."""

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
    """A CharField whose values pass a check; migrations see a plain CharField."""

    def __init__(self, check: Callable[[str], object] | None = None, verbose_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(verbose_name, **kwargs)
        if check is not None:
            self.validators = [*self.validators, Checked(check)]

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, "django.db.models.CharField", args, kwargs
