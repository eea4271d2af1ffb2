"""Finds the addons' folders and which of them serve tenants or the server; imports no Django, because settings call it."""

import importlib.metadata
import importlib.util
import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from addons.declarations.declare import ADDON_NAME, SCOPES, Info
from addons.discovery.importing import BUNDLED, BrokenFile, import_file
from addons.discovery.problems import Problem

SECTIONS = ("phone", "line_in", "line_out")
FILES = ("info", "tabs", "columns", "params", "commit", "validate", "upgrade", "destination", *(f"{section}_extra" for section in SECTIONS))

# An addon's name is its Django app label, its type in get_infos and its origin, so it must not be one that is taken already.
RESERVED = frozenset(
    """
    account addon addons admin admindocs api audit auditlog auth autocomplete axes contenttypes crispy_forms csp deploy dialplan
    django_otp django_tenants enter health history humanize import_export invitation invitations jsi18n life line_in line_out list login
    logins logout look media messages metrics ninja otp_static otp_totp password password_change people phone procrastinate profile
    public reset reversion roles scopserv_site search section security server sessions sites sounds staff static staticfiles status
    system tenant tenants tokens trunk trunks unfold unfold_crispy unfold_filters unfold_forms visit visits
    """.split()
)


ENTRY_POINTS = "scopserv.addons"  # door = "mycorp_phones:door" in a Python package is the folder `door` of its package `mycorp_phones`


@dataclass(frozen=True, slots=True)
class Found:
    """The folders that can be addons, and what was wrong with the others."""

    folders: tuple[Path, ...]
    problems: tuple[Problem, ...]


def find(dirs: Iterable[str | Path]) -> Found:
    """Looks through the bundled addons, each of the folders, and installed packages; of two addons with one name, the first found stays."""
    kept: dict[str, Path] = {}
    owners: dict[Path, str] = {}
    problems: list[Problem] = []
    for place in [BUNDLED, *(Path(each).expanduser().resolve() for each in dirs)]:
        if not place.is_dir():
            problems.append(Problem(place.name, "", None, f"ADDON_DIRS names {place}, which is not a folder", "Make it or take it out."))
            continue
        for folder in sorted(path for path in place.iterdir() if path.is_dir() and _may_be_addon(path)):
            owners.setdefault(folder, str(folder))
            problems += _keep(folder, kept, owners)
    for name, value, package in _entry_points():
        found = _folder_of(name, value, package)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            owners.setdefault(found, f"{found} of package {package}")
            problems += _keep(found, kept, owners)
    return Found(tuple(kept[name] for name in sorted(kept)), tuple(problems))


def addon_folders(dirs: Iterable[str | Path]) -> list[Path]:
    """The folders of all addons, bundled, in one of the folders given or in a package, sorted by name."""
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


def _keep(folder: Path, kept: dict[str, Path], owners: Mapping[Path, str]) -> Iterator[Problem]:
    """Adds the folder to those kept, or says why it cannot be an addon."""
    name = folder.name
    if kept.get(name) == folder:
        return
    if fault := name_fault(name):
        yield Problem(name, "", None, fault, f"Rename the folder {folder}.")
    elif not (folder / "info.py").is_file():
        yield Problem(name, "info.py", None, f"the file is missing from {folder}", "Write info.py, or `manage.py addon new NAME`.")
    elif name in kept:
        both = f"{owners[kept[name]]} and {owners[folder]}"
        yield Problem(name, "", None, f"two addons have this name: {both}", "Rename or remove the second; the first is used.")
    else:
        kept[name] = folder


@cache
def _entry_points() -> tuple[tuple[str, str, str], ...]:
    """(name, value, package) of the addons that installed packages bring."""
    found = importlib.metadata.entry_points(group=ENTRY_POINTS)
    return tuple(sorted((each.name, each.value, f"{each.dist.name} {each.dist.version}" if each.dist else "?") for each in found))


def _folder_of(name: str, value: str, package: str) -> Path | Problem:
    module, _, inside = value.partition(":")
    where = f"package {package}, entry point {name} = {value!r}"
    try:
        spec = importlib.util.find_spec(module.strip())
    except (Exception, SystemExit) as error:  # the packages above it are imported on the way
        message = f"{where}: {module} cannot be imported: {type(error).__name__}: {error}"
        return Problem(name, "", None, message, f"Mend or remove {package}.")
    if spec is None or not spec.submodule_search_locations:
        return Problem(name, "", None, f"{where}: {module} is not a package", "Name the package that holds the addon's folder.")
    folder = Path(next(iter(spec.submodule_search_locations))).joinpath(*inside.split(".")).resolve()
    if not folder.is_dir():
        return Problem(name, "", None, f"{where}: {folder} is not a folder", "Does the package hold its data files?")
    if folder.name != name:
        return Problem(name, "", None, f"{where} leads to the folder {folder}", "Give entry point and folder one name: the addon's.")
    return folder
