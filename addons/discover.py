"""Finds the addons' folders and which of them serve tenants or the server; imports no Django, because settings call it."""

import keyword
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from addons.declare import ADDON_NAME, SCOPES, Info
from addons.importing import BUNDLED, BrokenFile, import_file
from addons.problems import Problem

SECTIONS = ("phone", "line_in", "line_out")
FILES = ("info", "tabs", "columns", "params", "commit", "upgrade", *(f"{section}_extra" for section in SECTIONS))

# An addon's name is its Django app label, its type in get_infos and its origin, so it must not be one that is taken already.
RESERVED = frozenset(
    """
    addon addons admin admindocs auditlog auth axes contenttypes crispy_forms deploy dialplan django_tenants humanize import_export line_in
    line_out list messages ninja otp_static otp_totp phone procrastinate reversion scopserv_site section server sessions sites staff
    staticfiles system tenant tenants trunk trunks unfold unfold_crispy unfold_filters unfold_forms
    """.split()
)


@dataclass(frozen=True, slots=True)
class Found:
    """The folders that can be addons, and what was wrong with the others."""

    folders: tuple[Path, ...]
    problems: tuple[Problem, ...]


def find(dirs: Iterable[str | Path]) -> Found:
    """Looks through the bundled addons and then each of the folders; of two addons with one name, the first found stays."""
    kept: dict[str, Path] = {}
    problems: list[Problem] = []
    for place in [BUNDLED, *(Path(each).expanduser().resolve() for each in dirs)]:
        if not place.is_dir():
            problems.append(Problem(place.name, "", None, f"ADDON_DIRS names {place}, which is not a folder", "Make it or take it out."))
            continue
        for folder in sorted(path for path in place.iterdir() if path.is_dir() and _may_be_addon(path)):
            problem = _problem_of_folder(folder, kept)
            if problem is None:
                kept[folder.name] = folder
            elif kept.get(folder.name) != folder:
                problems.append(problem)
    return Found(tuple(kept[name] for name in sorted(kept)), tuple(problems))


def addon_folders(dirs: Iterable[str | Path]) -> list[Path]:
    """The folders of all addons, bundled or in one of the folders given, sorted by name."""
    return list(find(dirs).folders)


def addon_apps(scope: str, dirs: Iterable[str | Path]) -> list[str]:
    """The Django apps of the addons with that scope, for INSTALLED_APPS; an addon whose info.py is broken is left out."""
    if scope not in SCOPES:
        raise ValueError(f"scope must be 'tenant' or 'server', not {scope!r}")
    infos = {folder.name: info_of(folder) for folder in find(dirs).folders}
    return [f"addons.apps.addon_{name}" for name, info in infos.items() if info is not None and info.scope == scope]


def name_fault(name: str) -> str | None:
    """Why no addon can be called so; None when one can."""
    if not ADDON_NAME.fullmatch(name) or keyword.iskeyword(name):
        return f"'{name}' cannot be an addon's name; use 2 to 31 lower case letters, digits and underscores, a letter first"
    return f"the name '{name}' is the system's own" if name in RESERVED else None


def info_of(folder: Path) -> Info | None:
    """What an addon's info.py declares; None when that is broken, which the registry reports."""
    try:
        info = getattr(import_file(folder, "info"), "info", None)
    except BrokenFile:
        return None
    return info if isinstance(info, Info) else None


def _may_be_addon(folder: Path) -> bool:
    if folder.name.startswith((".", "_")):
        return False
    return any((folder / f"{stem}.py").is_file() for stem in FILES)


def _problem_of_folder(folder: Path, kept: dict[str, Path]) -> Problem | None:
    name = folder.name
    if fault := name_fault(name):
        return Problem(name, "", None, fault, f"Rename the folder {folder}.")
    if not (folder / "info.py").is_file():
        return Problem(name, "info.py", None, f"the file is missing from {folder}", "Write info.py, or `manage.py addon new NAME`.")
    if name in kept:
        return Problem(name, "", None, f"two folders have this name: {kept[name]} and {folder}", "Rename the second; the first is used.")
    return None
