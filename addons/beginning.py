"""Begins a new addon: a copy of the skeleton under another name, which works from the first moment."""

import shutil
from pathlib import Path

from addons.discover import addon_folders, name_fault
from addons.importing import BUNDLED

SKELETON = BUNDLED / "skeleton"
TITLE = 'name="Information line"'
ABOUT = "This addon works and shows each feature once; `manage.py addon new NAME` copies it. The"


class CannotBegin(ValueError):
    """The addon cannot be written; the message says why."""


def begin_addon(name: str, parent: Path) -> Path:
    """Writes the folder of a new addon into `parent` and gives it. Raises CannotBegin, and then writes nothing."""
    folder = parent / name
    taken = next((each for each in [*addon_folders([parent]), folder] if each.name == name and each.exists()), None)
    if fault := name_fault(name):
        raise CannotBegin(fault)
    if taken is not None:
        raise CannotBegin(f"there is an addon '{name}' already, in {taken}")
    try:
        shutil.copytree(SKELETON, folder, ignore=shutil.ignore_patterns("__pycache__"))
    except OSError as error:
        raise CannotBegin(f"{folder} cannot be written ({error.strerror})") from None
    info = folder / "info.py"
    title = name.replace("_", " ").capitalize()
    info.write_text(info.read_text().replace(TITLE, f'name="{title}"').replace(ABOUT, "The"))
    return folder
