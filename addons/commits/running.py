"""Runs what an addon wrote, and turns whatever it does wrong into one message with addon, file and line."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from addons.commits.infos import Infos
from addons.commits.pbx import Pbx
from addons.discovery.limits import ROOM, SECONDS, Overtime, Shield, limits
from addons.discovery.loading import Addon
from dialplan.build.model import HINT, AddLine
from dialplan.refusal import Refused
from dialplan.rules import missing_application


class CommitError(Refused):
    """A commit function failed; `str()` names the addon, the file and the line."""


def run_commit(addon: Addon, infos: Infos) -> Pbx:
    """What the addon writes, from the records of `infos`. Raises CommitError."""
    pbx = Pbx(addon, infos)
    if addon.commit is not None:
        with blaming(addon, "its commit"):
            addon.commit(pbx)
        _check_applications(addon, pbx, infos)
    return pbx


@contextmanager
def blaming(addon: Addon, task: str) -> Iterator[None]:
    """Runs its block, which calls the addon, as a whole or not at all and within limits; whatever goes wrong is a CommitError."""
    shield = Shield()
    # A query that fails inside must not spoil the change around it, and one that is interrupted would.
    with naming(addon, task), transaction.atomic(), connection.execute_wrapper(shield.hold), limits(SECONDS[addon.info.scope], shield):
        yield


@contextmanager
def naming(addon: Addon, task: str) -> Iterator[None]:
    """Makes a CommitError, which names addon, file and line, of whatever goes wrong in its block."""
    tenant = connection.tenant  # type: ignore[attr-defined]
    try:
        yield
    except KeyboardInterrupt:
        raise
    except Overtime as error:
        took = f"{task} took longer than {SECONDS[addon.info.scope]:g} seconds"
        raise CommitError(f"Addon '{addon.name}' was stopped{_where(addon, error)}: {took}; look for an endless loop.") from error
    except MemoryError as error:
        where = _where(addon, error)
        traceback.clear_frames(error.__traceback__)  # what it made goes now, and not when the message has been shown
        raise CommitError(f"Addon '{addon.name}' was stopped{where}: {task} took more than {ROOM >> 20} MB of memory.") from error
    except BaseException as error:  # SystemExit too: an addon may end itself, not the console
        raise CommitError(f"Addon '{addon.name}' failed{_where(addon, error)}: {_what(error)}") from error
    finally:
        if connection.tenant is not tenant:  # type: ignore[attr-defined]
            connection.set_tenant(tenant)  # type: ignore[attr-defined]  # it went to another schema and stayed there


def _check_applications(addon: Addon, pbx: Pbx, infos: Infos) -> None:
    for slug, operations in pbx.operations.items():
        used = {
            operation.line.application for operation in operations if isinstance(operation, AddLine) and operation.line.priority != HINT
        }
        if message := missing_application(infos.applications[slug], sorted(used)):
            raise CommitError(f"Addon '{addon.name}' needs what a server lacks: {message}")


def _where(addon: Addon, error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f" in {Path(error.filename).name}, line {error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(addon.folder)]
    return f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""


def _what(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # an error of the addon's own kind may fail, too
        text = ""
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}" if text else type(error).__name__
