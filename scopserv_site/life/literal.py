"""Texts that name a tenant by its slug where {tenant} would follow it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scopserv_site.sitefile.export import export_tenant
from scopserv_site.sitefile.faults import Path, show_path
from tenants.words import listed

NAMES = ("name", "domains", "staff")  # which are free to say what they like


def naming(document: Mapping[str, Any], slug: str) -> Iterator[str]:
    """What to look at in a tenant's part of a site file, in one sentence."""
    own = {key: value for key, value in document.items() if key not in NAMES}
    word = re.compile(rf"(?<![A-Za-z0-9]){slug}(?![A-Za-z0-9])")
    if found := [show_path(path) for path, text in _texts(own, ()) if word.search(text)]:
        yield f"Look at these, which name {slug} still: {listed(found)}."


def still_naming(slug: str, old: str) -> Iterator[str]:
    """The same of a stored tenant. Raises TenantMissing."""
    return naming(export_tenant(slug), old)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, (*path, index))
    elif isinstance(value, str):
        yield path, value
