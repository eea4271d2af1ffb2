"""Columns that a function of the addon fills: within limits, with what goes wrong in their own cells and on the Addons page."""

import time
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html

from addons.commits.kinds import freeze
from addons.commits.running import CommitError, naming
from addons.declarations.declare import Column
from addons.discovery.limits import SECONDS, limits
from addons.discovery.loading import Addon
from addons.discovery.registry import registry
from addons.models import AddonState
from addons.server.models import ServerState
from tenants.schema import current_slug

LONGEST = 500  # characters of a cell


class Computing:
    """A column's function at work on the rows of one page; for all of them together it has the time that a commit has."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._addon = next(addon for addon in registry.addons if any(column in columns for columns in addon.columns.values()))
        self._left = SECONDS[self._addon.info.scope]
        self._fault = ""

    def __call__(self, record: Mapping[str, Any]) -> str:
        """What stands in the cell of a record, or of a table's row."""
        if self._left <= 0:
            return self._fault
        began = time.monotonic()
        try:
            with naming(self._addon, f"its column '{self._column.label}'"), limits(self._left):
                assert self._column.value is not None
                text = self._column.value(freeze(record))
                return "" if text is None else f"{text}"[:LONGEST]
        except CommitError as error:
            report(self._addon, str(error))
            self._fault = format_html('<span class="is-error">⚠ {}</span>', str(error).partition(": ")[2])
            return self._fault
        finally:
            self._left -= time.monotonic() - began


def report(addon: Addon, error: str) -> None:
    """Has the Addons page show that a column fails, until the addon commits again."""
    states: Any = (AddonState if current_slug() else ServerState).objects
    if not states.filter(addon=addon.name, column_error=error).exists():
        states.update_or_create(addon=addon.name, defaults={"column_error": error})
