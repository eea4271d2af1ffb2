"""Steps of migrations that take stored secrets from clear text to encrypted, and back."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

from tenants.secrets import decrypt, encrypt


def encrypt_column(app: str, model: str, column: str) -> migrations.RunPython:
    """Encrypts what a text column holds."""
    return migrations.RunPython(_each(app, model, column, encrypt), _each(app, model, column, decrypt))


def _each(app: str, model: str, column: str, change: Callable[[str], str]) -> Any:
    def run(apps: Any, editor: Any) -> None:
        rows = apps.get_model(app, model).objects.using(editor.connection.alias).order_by()
        for pk, text in rows.exclude(**{column: ""}).values_list("pk", column):
            rows.filter(pk=pk).update(**{column: change(text)})

    return run
