from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from addons.beginning import CannotBegin, begin_addon
from addons.importing import BUNDLED
from addons.registry import UnknownAddon, registry
from addons.switch import switch
from dialplan.refusal import Refused
from tenants.schema import TenantMissing


class Command(BaseCommand):
    help = "Lists the addons, checks them, begins a new one, or switches one on or off."
    requires_system_checks = ()  # it reports the same problems itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all addons in the order in which they run, and what is wrong with the others")
        check = actions.add_parser("check", help="says what is wrong with the addons, or with one; exit code 1 if anything is")
        check.add_argument("name", nargs="?")
        new = actions.add_parser("new", help="writes a working addon to begin with")
        new.add_argument("name")
        new.add_argument("--dir", type=Path, help="where its folder goes: the first of ADDON_DIRS, or addons/modules when there is none")
        for action, words in (("enable", "on"), ("disable", "off")):
            switching = actions.add_parser(action, help=f"switches an addon {words}, at all tenants or at those named")
            switching.add_argument("name")
            switching.add_argument("--tenant", action="append", metavar="SLUG", help="only at this tenant; may be given several times")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        match action:
            case "list":
                self._list()
            case "check":
                self._check(options["name"])
            case "new":
                self._new(options["name"], options["dir"])
            case _:
                self._switch(options["name"], enabled=action == "enable", slugs=options["tenant"])

    def _list(self) -> None:
        for addon in registry.addons:
            self.stdout.write(f"{addon.name:<20} {addon.info.version:<8} {addon.info.scope:<8} {addon.info.name}")
        for problem in registry.broken:
            self.stderr.write(f"broken: {problem}")

    def _check(self, name: str | None) -> None:
        problems = [problem for problem in registry.broken if name in (None, problem.addon)]
        if name is not None and not problems:
            try:
                registry.get(name)
            except UnknownAddon as error:
                raise CommandError(str(error)) from None
        for problem in problems:
            self.stderr.write(f"{problem}\n    {problem.hint}" if problem.hint else str(problem))
        if problems:
            raise CommandError("1 problem." if len(problems) == 1 else f"{len(problems)} problems.")
        self.stdout.write(f"Addon '{name}' is fine." if name else f"All {len(registry.addons)} addons are fine.")

    def _new(self, name: str, parent: Path | None) -> None:
        parent = parent or next(iter(settings.ADDON_DIRS), BUNDLED)
        try:
            folder = begin_addon(name, parent)
        except CannotBegin as error:
            raise CommandError(f"Nothing was written: {error}.") from None
        self.stdout.write(f"Wrote {folder}. Change its files, see 'manage.py addon check {name}', then start the console again.")
        if parent.resolve() not in [BUNDLED, *(Path(each).resolve() for each in settings.ADDON_DIRS)]:
            self.stdout.write(f"The console looks there once ADDON_DIRS names {parent}.")

    def _switch(self, name: str, *, enabled: bool, slugs: list[str] | None) -> None:
        try:
            rebuilt = switch(name, enabled=enabled, slugs=slugs, actor="manage.py addon")
        except (UnknownAddon, TenantMissing, Refused, ValueError) as error:
            raise CommandError(str(error)) from None
        changed = f"it changed the dialplan of {', '.join(rebuilt)}" if rebuilt else "no dialplan changed"
        self.stdout.write(f"Addon '{name}' is {'on' if enabled else 'off'}; {changed}.")
