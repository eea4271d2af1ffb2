"""The web server as a site runs it: what it says of requests holds no token, also when all goes wrong."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

from dialplan.deploy.asterisk import free_port
from tests.scopserv_site.web.test_deploy_check import HOME, PRODUCTION

TOKEN = "a1B2c3D4e5F6g7H8i9J0k"


def ask(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    referer = f"http://pbx.example.net/invitation/{TOKEN}/"
    headers = {"Host": PRODUCTION["MAIN_HOST"], "Referer": referer, "Cookie": f"sessionid={TOKEN}", "X-Forwarded-For": "192.0.2.7"}
    connection.request("GET", path, headers=headers)
    return connection.getresponse().status


def test_no_token_of_an_address_is_logged(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "--config", "setup/server/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    environment = {**PRODUCTION, "HTTPS": "false", "VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    with log.open("w") as file:
        server = subprocess.Popen([*command, "scopserv_site.wsgi:application"], cwd=HOME, env=environment, stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and server.poll() is None:
            with suppress(OSError):
                assert ask(port, "/healthz") == 503  # there is no database
                break
            time.sleep(0.1)
        assert ask(port, f"/static/scopserv_site/console.css?token={TOKEN}") == 200
        assert ask(port, f"/invitation/{TOKEN}/") == 503
    finally:
        server.terminate()
        server.wait(30)
    told = log.read_text()
    assert "192.0.2.7 pbx.example.net GET /static/scopserv_site/console.css 200" in told
    assert "192.0.2.7 pbx.example.net GET /invitation/…/ 503" in told
    assert "Service Unavailable: /invitation/…/" in told
    assert "Traceback" in told
    assert TOKEN not in told
