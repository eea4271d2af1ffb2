from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from addons.authoring.beginning import CannotBegin, begin_addon, title_of
from addons.authoring.checking import misused, tried
from addons.authoring.examples import NoExample
from addons.authoring.given import BadRecord
from addons.commits.refreshing import new_problems, recommit, reload_web_server
from addons.commits.switch import switch
from addons.declarations.declare import SCOPES
from addons.discovery.importing import BUNDLED
from addons.discovery.loading import Addon
from addons.discovery.problems import Problem
from addons.discovery.registry import UnknownAddon, registry
from addons.stored.overview import Summary, overview
from dialplan.refusal import Refused
from tenants.schema import TenantMissing
from tenants.words import counted


class Command(BaseCommand):
    help = "Lists the addons, checks them, begins a new one, or switches one on or off."
    requires_system_checks = ()  # it reports the same problems itself

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all addons as they run: version, scope, state, last run and change, records, errors")
        check = actions.add_parser("check", help="says all that is wrong with the addons, or with one; exit code 1 if anything is")
        check.add_argument("name", nargs="?")
        check.add_argument("--run", action="store_true", help="also run their commit functions on example records; nothing is saved")
        new = actions.add_parser("new", help="writes a small addon that works, with its test")
        new.add_argument("name")
        new.add_argument("--scope", choices=SCOPES, default="tenant", help="tenant: each tenant has its records; server: operators do")
        new.add_argument("--dir", type=Path, help="where its folder goes: the first of ADDON_DIRS, or addons/modules when there is none")
        for action, words in (("enable", "on"), ("disable", "off")):
            switching = actions.add_parser(action, help=f"switches an addon {words}, at all tenants or at those named")
            switching.add_argument("name")
            switching.add_argument("--tenant", action="append", metavar="SLUG", help="only at this tenant; may be given several times")
        refresh = actions.add_parser("refresh", help="takes changed addons into a running console ('manage.py console --watch' calls it)")
        refresh.add_argument("changed", nargs="+", metavar="NAME")
        refresh.add_argument("--web-server", type=int, metavar="PID", help="the process of gunicorn that is to load them anew")
        refresh.add_argument("--known", nargs="*", default=[], metavar="NAME", help="addons whose problems are no news")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        match action:
            case "list":
                self._list()
            case "check":
                self._check(options["name"], run=options["run"])
            case "new":
                self._new(options["name"], options["dir"], options["scope"])
            case "refresh":
                self._refresh(options["changed"], options["web_server"], options["known"])
            case _:
                self._switch(options["name"], enabled=action == "enable", slugs=options["tenant"])

    def _list(self) -> None:
        found, tenants = overview()
        rows: list[tuple[str, ...]] = [("NAME", "VERSION", "SCOPE", "STATE", "LAST RUN", "LAST CHANGE", "RECORDS", "TITLE")]
        for addon in registry.addons:
            summary = found.get(addon.name, Summary())
            state = summary.state(addon.info.scope, tenants)
            times = [timezone.localtime(each).strftime("%Y-%m-%d %H:%M:%S") if each else "never" for each in (summary.ran, summary.changed)]
            rows.append((addon.name, addon.info.version, addon.info.scope, state, *times, str(summary.records), str(addon.info.name)))
        rows += [(name, "", "", "broken", "", "", str(found[name].records) if name in found else "", "") for name in _broken()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        for name in registry.order:
            for slug, error in found.get(name, Summary()).errors.items():
                self.stderr.write(f"failing at {slug}: {error}" if slug else f"failing: {error}")
        for problem in registry.broken:
            self.stderr.write(f"broken: {problem}")

    def _check(self, name: str | None, *, run: bool) -> None:
        problems = [problem for problem in registry.broken if name in (None, problem.addon)]
        addons = [addon for addon in registry.addons if name in (None, addon.name)]
        if not addons and not problems:
            try:
                registry.get(str(name))
            except UnknownAddon as error:
                raise CommandError(str(error)) from None
        for addon in addons:
            problems += misused(addon)
            if run:
                problems += self._try(addon)
        for problem in problems:
            self.stderr.write(f"{problem}\n    {problem.hint}" if problem.hint else str(problem))
        if problems:
            raise CommandError(f"{counted(len(problems), 'problem')}.")
        self.stdout.write(f"Addon '{name}' is fine." if name else f"All {len(addons)} addons are fine.")

    def _try(self, addon: Addon) -> list[Problem]:
        if addon.commit is None:
            return []
        try:
            return tried(addon)
        except (NoExample, BadRecord) as error:
            self.stdout.write(f"Addon '{addon.name}' was not run: no example record can be made ({error}). Give defaults or placeholders.")
            return []

    def _new(self, name: str, parent: Path | None, scope: str) -> None:
        parent = (parent or next(iter(settings.ADDON_DIRS), BUNDLED)).resolve()
        try:
            folder = begin_addon(name, parent, settings.ADDON_DIRS, scope)
        except CannotBegin as error:
            raise CommandError(f"Nothing was written: {error}.") from None
        seen = parent in [BUNDLED, *(Path(each).resolve() for each in settings.ADDON_DIRS)]
        where = "each tenant's console" if scope == "tenant" else "the operators' console"
        start = "" if seen else f"ADDON_DIRS={parent} "
        self.stdout.write(
            f"Wrote {folder}. Next:\n"
            f"  1. .venv/bin/python -m pytest {folder}\n     runs its test, which passes ('make lint' installs pytest).\n"
            f"  2. {start}.venv/bin/python manage.py addon check {name} --run\n     finds every mistake after you have changed its files.\n"
            f"  3. {start}.venv/bin/python manage.py console --watch\n"
            f"     shows it as '{title_of(name)}' in {where}, and takes each change in by itself."
        )

    def _refresh(self, changed: list[str], web_server: int | None, known: list[str]) -> None:
        if problems := new_problems(changed, known):
            lines = [f"{problem}\n    {problem.hint}" if problem.hint else str(problem) for problem in problems]
            raise CommandError("\n".join([*lines, "What worked before goes on being served."]))
        if web_server is not None:
            reload_web_server(web_server)
        rebuilt = recommit(changed)
        what = "removed" if not any(name in registry for name in changed) else "taken in"
        found = f"the dialplan of {', '.join(rebuilt)} changed" if rebuilt else "no dialplan changed"
        self.stdout.write(f"{'Addon' if len(changed) == 1 else 'Addons'} {', '.join(changed)} {what}: {found}.")

    def _switch(self, name: str, *, enabled: bool, slugs: list[str] | None) -> None:
        try:
            rebuilt = switch(name, enabled=enabled, slugs=slugs, actor="manage.py addon")
        except (UnknownAddon, TenantMissing, Refused, ValueError) as error:
            raise CommandError(str(error)) from None
        changed = f"it changed the dialplan of {', '.join(rebuilt)}" if rebuilt else "no dialplan changed"
        self.stdout.write(f"Addon '{name}' is {'on' if enabled else 'off'}; {changed}.")


def _broken() -> list[str]:
    return list(dict.fromkeys(problem.addon for problem in registry.broken if problem.addon not in registry))
