"""What an addon's own validate.py says of a whole record whose params are clean."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from addons.commits.kinds import freeze
from addons.commits.running import CommitError, blaming
from addons.declarations.declare import is_lazy, kind
from addons.declarations.errors import Path
from addons.discovery.loading import Addon
from tenants.schema import current_slug


class BadAnswer(ValueError):
    """What validate gave is no message."""


def own_faults(addon: Addon, data: Mapping[str, Any]) -> dict[Path, str]:
    """The messages of `validate(record)` by path, those about no param under the empty path; so is what went wrong in it."""
    if addon.validate is None:
        return {}
    try:
        with blaming(addon, "its validate"):
            return dict(_messages(addon, addon.validate(freeze({"tenant": current_slug(), **data}))))
    except CommitError as error:
        return {(): str(error)}


def _messages(addon: Addon, given: Any) -> Iterator[tuple[Path, str]]:
    if given is None:
        return
    if isinstance(given, str) or is_lazy(given):
        yield (), str(given)
    elif isinstance(given, Mapping):
        for place, message in given.items():
            yield _path(addon, place), _text(message)
    elif isinstance(given, Iterable):
        for each in given:
            yield from _messages(addon, each)
    else:
        raise BadAnswer(f"validate must return nothing, messages, or messages by param, not {kind(given)}")


def _path(addon: Addon, place: Any) -> Path:
    """ "seconds", or of a table's row ("members", 0, "phone")."""
    path = place if isinstance(place, tuple) and place else (place,)
    if not any(param.name == path[0] for param in addon.params):
        raise BadAnswer(f"validate blames {place!r}, which is no param ({', '.join(param.name for param in addon.params)})")
    return path


def _text(message: Any) -> str:
    if not isinstance(message, str) and not is_lazy(message):
        raise BadAnswer(f"validate gave {kind(message)} for a message, which must be text")
    return str(message)
