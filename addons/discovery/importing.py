"""Imports one file of an addon's folder, wherever the folder is, and turns every way it can fail into a Problem."""

import hashlib
import importlib
import importlib.util
import sys
import traceback
from contextlib import redirect_stdout
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from addons.discovery.limits import ROOM, Overtime, limits
from addons.discovery.problems import Problem

BUNDLED = Path(__file__).resolve().parents[1] / "modules"
SECONDS = 10.0  # that one file may take
_stopped: dict[tuple[Path, int], Problem] = {}  # files, as they were, that took too much: each costs its time once


class BrokenFile(Exception):
    """A file of an addon that is there and cannot be imported."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def package_name(folder: Path) -> str:
    """The dotted name under which a folder's files are imported: two folders never share one."""
    folder = folder.resolve()
    if folder.parent == BUNDLED:
        return f"addons.modules.{folder.name}"
    return f"_addon_{folder.name}_{hashlib.sha256(str(folder).encode()).hexdigest()[:10]}"


def ensure_package(folder: Path) -> str:
    """Makes the folder importable as a package, so that relative imports inside it work, and gives the package's name."""
    name = package_name(folder)
    if name in sys.modules:
        return name
    importlib.invalidate_caches()
    if folder.resolve().parent == BUNDLED:
        importlib.import_module(name)
        return name
    init = folder / "__init__.py"
    if init.is_file():
        spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(folder)])
        assert spec is not None and spec.loader is not None
    else:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
    package = importlib.util.module_from_spec(spec)
    sys.modules[name] = package
    if spec.loader is not None and init.is_file():
        try:
            spec.loader.exec_module(package)
        except BaseException:
            del sys.modules[name]
            raise
    return name


def import_file(folder: Path, stem: str) -> ModuleType | None:
    """The module made from the folder's file `stem`.py; None when there is no such file; BrokenFile when it cannot be imported."""
    path = folder / f"{stem}.py"
    if not path.is_file():
        return None
    if (known := sys.modules.get(f"{package_name(folder)}.{stem}")) is not None:
        return known
    if is_stopped(path):
        raise BrokenFile(_stopped[_as_it_is(path)])
    try:
        with limits(SECONDS), redirect_stdout(sys.stderr):  # what is printed must not get into what a command writes
            return importlib.import_module(f"{ensure_package(folder)}.{stem}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        problem = problem_of(error, folder, path)
        if isinstance(error, Overtime | MemoryError):
            _stopped[_as_it_is(path)] = problem
            traceback.clear_frames(error.__traceback__)
        raise BrokenFile(problem) from error


def is_stopped(path: Path) -> bool:
    """Whether a file, as it is, took too much time or memory when it was imported."""
    return path.is_file() and _as_it_is(path) in _stopped


def _as_it_is(path: Path) -> tuple[Path, int]:
    return path, path.stat().st_mtime_ns


def problem_of(error: BaseException, folder: Path, path: Path) -> Problem:
    """Says which line of which of the addon's files raised, in the words of the error."""
    file, line = path.name, None
    if isinstance(error, SyntaxError) and error.filename:
        file, line = _inside(folder, error.filename) or file, error.lineno
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            inside = _inside(folder, frame.filename)
            if inside is not None:
                file, line = inside, frame.lineno
    return Problem(folder.name, file, line, _wording(error), _hint(error))


def _inside(folder: Path, filename: str) -> str | None:
    path = Path(filename)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else None


def _wording(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"syntax error: {error.msg}"
    if isinstance(error, SystemExit):
        return f"the file ends the whole program when it is imported (SystemExit: {error.code})"
    if isinstance(error, UnicodeDecodeError):
        return "the file is not UTF-8 text"
    if isinstance(error, Overtime):
        return f"the file takes longer than {SECONDS:g} seconds to import; look for an endless loop"
    if isinstance(error, MemoryError):
        return f"the file takes more than {ROOM >> 20} MB of memory to import"
    try:
        text = str(error)
    except Exception:  # an error of the addon's own kind may fail, too
        text = ""
    if isinstance(error, ImportError) and error.path:
        text = text.removesuffix(f" ({error.path})")
    return f"{type(error).__name__}: {text}"


def _hint(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"Install {error.name!r} where the console runs, or correct the import."
    if isinstance(error, ImportError):
        return "Everything that an addon needs comes from addons.api."
    return ""
