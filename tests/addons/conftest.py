"""Addons made by a test: files by name, in a folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

INFO = 'from addons.api import Info\ninfo = Info(name="{title}", description="", version="1", scope="{scope}", requires={requires!r})\n'
API = "from addons.api import *\n"

MakeAddon = Callable[..., Path]


@pytest.fixture
def make_addon(tmp_path: Path) -> MakeAddon:
    """make_addon("door", params="params = [...]") writes a folder with info.py and these files, and gives the folder."""

    def make(name: str = "door", *, scope: str = "tenant", requires: tuple[str, ...] = (), **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        written = {"info": INFO.format(title=name.title(), scope=scope, requires=requires), **files}
        for stem, text in written.items():
            (folder / f"{stem}.py").write_text(text if stem == "info" or "import" in text else API + text)
        return folder

    return make
