"""Begins a new addon: a few short files that work from the first moment, with a test that passes."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from string import Template

from addons.declarations.declare import source
from addons.discovery.discover import find, info_of, name_fault

FILES = {
    "info.py": '''"""What this addon is. docs/addons.md tells what these files can hold."""

from addons.api import Info

info = Info(
    name="$title",
    description="A number that plays a sound.",
    version="1.0",
    scope="$scope",
)
''',
    "params.py": '''"""The fields of its form."""

from addons.api import Integer, Number, Sound, Text

params = [
    Number("number", "Number", key=True, required=True,$context help="What people dial."),
    Text("name", "Name", maximum=60),
    Integer("seconds", "Seconds to wait", default=1, minimum=0, maximum=60),
    Sound("sound", "Sound", default="hello-world", required=True),
]
''',
    "columns.py": '''"""What its list shows."""

from addons.api import Column

columns = {"list": [Column("number"), Column("name"), Column("sound")]}
''',
    "commit.py": '''"""What it writes to the dialplan."""


def commit(pbx):
    for record in pbx.get_config():
        commands = [["Answer"], ["Wait", record["seconds"]], ["Playback", record["sound"]], ["Hangup"]]
$write''',
    "test_$name.py": '''"""Run it with: .venv/bin/python -m pytest $folder"""

from addons.testing import committed

DIALPLAN = """\\
[acme-internal]
exten => *55,1,Answer()
exten => *55,2,Wait(2)
exten => *55,3,Playback(hello-world)
exten => *55,4,Hangup()
"""


def test_the_number_waits_and_plays_its_sound():
    written = committed(__file__, [{"number": "*55", "seconds": 2}])
    assert written.text() == DIALPLAN
''',
}
WRITE = {
    "tenant": """        pbx.add_extension(record["tenant"], "internal", record["number"], commands)
""",
    "server": """        for tenant in pbx.tenants:
            pbx.add_extension(tenant, "internal", record["number"], commands)
""",
}


class CannotBegin(ValueError):
    """The addon cannot be written; the message says why."""


def title_of(name: str) -> str:
    """What a new addon is called in the console."""
    return name.replace("_", " ").capitalize()


def begin_addon(name: str, parent: Path, dirs: Iterable[Path], scope: str = "tenant") -> Path:
    """Writes the folder of a new addon into `parent` and gives it. Raises CannotBegin, and then writes nothing."""
    folder, title = parent / name, title_of(name)
    if fault := name_fault(name):
        raise CannotBegin(fault)
    if folder.exists():
        raise CannotBegin(f"{folder} exists already")
    for other in find([each for each in (*dirs, parent) if Path(each).is_dir()]).folders:
        info = info_of(other)
        if other.name == name:
            raise CannotBegin(f"there is an addon '{name}' already, in {other}")
        if info is not None and source(info.name).casefold() == title.casefold():
            raise CannotBegin(f"addon '{other.name}' in {other} has the title '{title}'; choose a name that reads differently")
    values = {"name": name, "title": title, "scope": scope, "write": WRITE[scope], "folder": folder}
    values["context"] = ' context="internal",' if scope == "tenant" else ""
    try:
        folder.mkdir(parents=True)
        for file, text in FILES.items():
            (folder / Template(file).substitute(values)).write_text(Template(text).substitute(values))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CannotBegin(f"{folder} cannot be written ({error.strerror})") from None
    return folder
