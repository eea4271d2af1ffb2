"""What `manage.py check` says of broken addons."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning, register

from addons.discovery.registry import registry


@register("addons")
def check_addons(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """One message for each problem: warnings, because an error would keep every other command from running for one bad addon."""
    return [Warning(str(problem), hint=problem.hint or None, id="addons.E001") for problem in registry.broken]
