import argparse
import time
from pathlib import Path
from subprocess import Popen
from typing import Any

import psutil
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from addons.commits.upgrading import upgrade_site
from addons.discovery.discover import addon_folders
from addons.discovery.importing import BUNDLED
from addons.discovery.registry import registry
from dialplan.deploy.asterisk import find_asterisk
from dialplan.deploy.models import Node
from scopserv_site import console, migrating
from scopserv_site.demo import DEMO_NODE, logins_file, make_demo, tell_server
from scopserv_site.watching import Watcher
from tenants.models import User


class Command(BaseCommand):
    help = "Runs the console: database, worker, web server and, with the demo, a private Asterisk. Ctrl-C stops all of it."
    begun = psutil.Process().create_time()  # what is loaded before this line is waited for, too
    requires_system_checks = ()  # a broken addon is shown where staff see it, and keeps nobody from working

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="make no demo on first start, and run no Asterisk for it")
        parser.add_argument("--port", type=int, default=8000, help="the web server's port on the loopback (8000)")
        parser.add_argument(
            "--watch",
            action=argparse.BooleanOptionalAction,
            default=settings.DEBUG,
            help="take in addons that are edited, added or removed, without a restart (with DEBUG this is so anyhow)",
        )

    def handle(self, *args: Any, no_demo: bool, port: int, watch: bool, **options: Any) -> None:
        if not 0 < port < 65536:
            raise CommandError(f"{port} is not a port: give one of 1 to 65535.")
        try:
            addresses = console.listen_addresses(port)
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}); maybe another console runs there. "
                f"Stop that one, or give another port: --port {port + 1}"
            ) from None
        for step in migrating.migrate():
            problem = f"; that failed: {step.failure}" if step.failure else ""
            self._say(f"Bringing the tables of {step.schema} up to date{problem}")
        for failed in upgrade_site():
            self._say(f"The records of {failed} could not be upgraded; 'manage.py addon list' says why")
        group = console.Group(settings.BASE_DIR, self._say)
        try:
            if no_demo or self._demo(group, port):
                connections.close_all()
                group.start(console.manage("worker", "worker", again=True))
                group.start(console.web_server(addresses))
                if group.wait_for(console.WEB_SERVER, lambda: console.answers(port)):
                    self._tell_where(port)
            code = group.run(self._watcher(group).look if watch else None)
        finally:
            group.stop()
        if code:
            raise SystemExit(code)

    def _demo(self, group: console.Group, port: int) -> bool:
        """Run the demo's Asterisk, and on first start make the demo; whether nothing came in between that stops all."""
        first = not User.objects.exists()
        # By its folder too: a server of one's own may have that name.
        node = Node.objects.filter(name=DEMO_NODE, folder=str(settings.VAR_DIR / "nodes" / DEMO_NODE))
        if find_asterisk() is None:
            self._say("There is no Asterisk here, so nothing can ring: 'make asterisk' gets one, for the next start")
        elif first or node.exists():
            node.update(files_only=False)  # as it is when the demo was made without an Asterisk
            asterisk = console.manage(f"Asterisk of node {DEMO_NODE}", "run_asterisk", DEMO_NODE, again=True)
            group.start(asterisk)
            if group.wait_for(asterisk.name, node.exclude(sip_address="").exists):  # so that the demo's tenants are placed on it
                tell_server()
            if group.is_to_stop():
                return False
        if first:
            self._say("Making the demo")
            logins = make_demo(port)
            self.stdout.write(f"\n{logins.read_text()}\n")
        return True

    def _watcher(self, group: console.Group) -> Watcher:
        known = sorted({problem.addon for problem in registry.broken})
        places = [BUNDLED, *(Path(each).expanduser().resolve() for each in settings.ADDON_DIRS)]
        packaged = [folder for folder in addon_folders(settings.ADDON_DIRS) if folder.parent not in places]

        def take_in(changed: list[str]) -> "Popen[bytes]":
            options = ["--web-server", str(group.pid(console.WEB_SERVER)), "--known", *known]
            return group.start_aside(console.manage("refresh", "addon", "refresh", *changed, *options))

        return Watcher(places, packaged, take_in)

    def _tell_where(self, port: int) -> None:
        logins = logins_file()
        how = f"the logins are in {logins}" if logins.exists() else "'manage.py createsuperuser' makes an operator's login"
        self._say(f"Ready at http://{settings.MAIN_HOST}:{port} ({how}). Ctrl-C stops it")

    def _say(self, text: str) -> None:
        self.stdout.write(f"{time.time() - self.begun:5.1f} s  {text}")
