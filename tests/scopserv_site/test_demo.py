"""What a first start makes: all of it, or what the next start makes anew."""

import re
from pathlib import Path
from typing import Any

import pytest

from dialplan.deploy.models import Node
from scopserv_site.demo import DEMO_NODE, logins_file, make_demo, tell_server
from tenants.models import User
from tests.killed import run_until_killed


@pytest.mark.django_db(transaction=True)
def test_killed_while_it_is_made_the_next_start_makes_it_with_an_operator_who_can_log_in(settings: Any, tmp_path: Path) -> None:
    run_until_killed("""
        from scopserv_site import demo
        from tenants.models import User
        type(User.objects).create_superuser = die
        demo.make_demo(8000)
    """)
    assert not User.objects.exists()  # by which a first start is known
    settings.VAR_DIR = tmp_path
    logins = make_demo(8000).read_text()
    for login in ("operator", "alice", "gina"):
        found = re.search(rf" {login}   (\S+)$", logins, re.MULTILINE)
        assert found is not None
        assert User.objects.get(username=login).check_password(found[1])
    assert "SIP server for the phones: none" in logins
    Node.objects.filter(name=DEMO_NODE).update(sip_address="127.0.0.1:5070")
    tell_server()
    assert logins_file().read_text() == re.sub("none: .*", "127.0.0.1:5070", logins)
    assert logins_file().stat().st_mode & 0o777 == 0o600
