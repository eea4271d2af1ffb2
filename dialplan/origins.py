"""Who wrote a line or key, in words for people; what is stored, and stands in files, is the origin itself, such as "addon:paging"."""

from typing import Any

from django.apps import apps
from django.utils.text import capfirst

from dialplan.models import SECTIONS


def title_of(origin: str) -> str:
    """The section that wrote it, as the side bar names it: "Phones", "Paging groups"; "staff", and an addon that is gone, as they are."""
    model = _model_of(origin)
    return capfirst(str(model._meta.verbose_name_plural)) if model else origin


def writer_of(origin: str, source: str) -> str:
    """The record that wrote it, "Paging group *70", or its section where no record is known."""
    model = _model_of(origin)
    return f"{capfirst(str(model._meta.verbose_name))} {source}" if model and source else title_of(origin)


def _model_of(origin: str) -> Any:
    layer, _, name = origin.partition(":")
    return SECTIONS.get(name) if layer == "section" else apps.all_models.get(name, {}).get("record") if layer == "addon" else None
