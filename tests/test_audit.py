"""What make lint says of known faults in what is installed: against a service of our own, and where there is none."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import django
import pytest

from dialplan.deploy.asterisk import free_port

HOME = Path(__file__).parents[1]
RANGE = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}
FAULT = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-1"],
    "published": "2026-01-01T00:00:00Z",
    "summary": "A fault.",
    "affected": [{"package": {"name": "django", "ecosystem": "PyPI"}, "ranges": [RANGE]}],
}


@pytest.fixture
def faulty() -> Iterator[tuple[str, set[str]]]:
    """A service of known faults: where it is, and the packages that have one."""
    names: set[str] = set()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told = json.dumps({"vulns": [FAULT]} if asked["package"]["name"] in names else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", names
    server.shutdown()
    thread.join()
    server.server_close()


def audit(url: str) -> tuple[int, str]:
    command, environment = [sys.executable, "setup/audit"], os.environ | {"OSV_URL": url, "no_proxy": "127.0.0.1"}
    done = subprocess.run(command, cwd=HOME, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_known_fault_fails_and_none_does_not(faulty: tuple[str, set[str]]) -> None:
    url, names = faulty
    code, told = audit(url)
    assert (code, told.startswith("audit: osv knows of no fault in ")) == (0, True), told
    names.add("django")
    code, told = audit(url)
    assert code == 1, told
    assert f"audit: django {django.__version__} has PYSEC-2026-1, CVE-2026-1; mended in 99.1" in told


def test_where_nobody_can_be_asked_it_says_so() -> None:
    assert audit(f"http://127.0.0.1:{free_port()}/") == (0, "audit: not possible here, as no service of known faults can be reached\n")
