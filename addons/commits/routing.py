"""Where a destination's dialplan begins, found from what a commit function can read."""

from collections.abc import Callable

from addons.commits.kinds import Info
from addons.declarations.destinations import CONTEXT, EXTERNAL, HANGUP, PHONE, Place
from addons.discovery.loading import Addon
from dialplan.build.names import check_context, check_did
from dialplan.build.sections import INTERNAL, OUTSIDE


class Routes:
    """The places of one tenant. Each kind is read once, by `get_infos`, so that what was read is known."""

    def __init__(self, get_infos: Callable[[str], tuple[Info, ...]], addon: Callable[[str], Addon | None]) -> None:
        self._get_infos = get_infos
        self._addon = addon
        self._keys: dict[str, frozenset[str]] = {}

    def place(self, destination: str) -> Place | None:
        """The context and extension where it begins; None for hanging up and for what is gone. Raises ValueError for what means nothing."""
        kind, _, key = destination.partition(":")
        if kind in ("", HANGUP):
            return None
        if kind == CONTEXT:  # which holds what others wrote; while there is nothing, Asterisk hangs up by itself
            return check_context(key), "s"
        if kind == EXTERNAL:
            return OUTSIDE, check_did(key)
        if kind == PHONE:
            return (INTERNAL, key) if key in self._phones() else None
        addon = self._addon(kind)
        if addon is None or addon.destination is None:
            return None
        return addon.destination.place(key) if key in self._records(addon) else None

    def _phones(self) -> frozenset[str]:
        if PHONE not in self._keys:
            self._keys[PHONE] = frozenset(phone["number"] for phone in self._get_infos(PHONE))
        return self._keys[PHONE]

    def _records(self, addon: Addon) -> frozenset[str]:
        assert addon.destination is not None
        if addon.name not in self._keys:
            records = self._get_infos(PHONE if addon.destination.phones else addon.name)
            self._keys[addon.name] = addon.destination.keys(addon.name, addon.key, records)
        return self._keys[addon.name]
