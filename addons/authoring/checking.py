"""What `manage.py addon check` sees beyond the registry's problems: calls of pbx that cannot be, and a trial of the commit function."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from addons.authoring.examples import KEYS, RECORDS, example
from addons.authoring.given import BadRecord, Others
from addons.commits.pbx import Pbx
from addons.discovery.importing import problem_of
from addons.discovery.limits import SECONDS, Overtime, limits
from addons.discovery.loading import Addon
from addons.discovery.problems import Problem
from addons.testing import committed

AGAIN = "Leave out what changes by itself: the time, random numbers, the order of a set, a count of the runs."
API = {name: member for name, member in vars(Pbx).items() if not name.startswith("_") and name not in Pbx.__slots__}


def misused(addon: Addon) -> list[Problem]:
    """Calls of pbx in the addon's files that are not there, or whose arguments do not fit."""
    return sorted(problem for path in addon.folder.glob("*.py") if not path.name.startswith("test_") for problem in _misused(addon, path))


def tried(addon: Addon) -> list[Problem]:
    """What goes wrong when the commit function runs on example records, twice each. Raises NoExample or BadRecord when there is none."""
    problems: dict[tuple[Any, ...], Problem] = {}
    for records, infos in _trials(addon):
        hint = f"It ran with the record {records[0]!r}." if records else "It ran without any record."
        try:
            with limits(2 * SECONDS[addon.info.scope]):
                first = committed(addon, records, **infos)
                second = committed(addon, records, after=first, **infos)
            again = first.operations == second.operations and first.server_operations == second.server_operations
            problem = None if again else Problem(addon.name, "commit.py", None, "commit writes something else when it runs again", AGAIN)
        except BadRecord:
            raise
        except Overtime as error:
            problem = replace(problem_of(error, addon.folder, addon.folder / "commit.py"), message="commit does not end", hint=hint)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            problem = replace(problem_of(error, addon.folder, addon.folder / "commit.py"), hint=hint)
        if problem is not None:
            problems.setdefault((problem.file, problem.line, problem.message), problem)
    return list(problems.values())


def _trials(addon: Addon) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """The addon's own records and what else is there, from nothing to everything."""
    yield [], {}
    infos = {kind: [*map(dict, records)] for kind, records in RECORDS.items()}
    for kind, extra in addon.extras.items():
        infos[kind][0]["extra"] = {addon.name: example(extra.params)}
    keys, others = dict(KEYS), Others(addon)
    for name in addon.info.requires:
        if (other := others.addon(name)) is not None:
            record = example(other.params, keys)
            infos[name] = [record]
            keys |= {name: str(record[other.key.name])} if other.key else {}
    for full in (False, True):
        yield [example(addon.params, keys, full=full)], infos


def _misused(addon: Addon, path: Path) -> Iterator[Problem]:
    tree = ast.parse(path.read_bytes(), filename=str(path))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    names = {"pbx", *(node.args.args[0].arg for node in functions if path.stem == node.name == "commit" and node.args.args)}
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    uses = [
        node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    ]
    for node in uses:
        if message := _fault(node, calls.get(id(node))):
            yield Problem(addon.name, path.name, node.lineno, message, "docs/addons.md lists what there is.")


def _fault(node: ast.Attribute, call: ast.Call | None) -> str | None:
    pbx, member = ast.unparse(node.value), API.get(node.attr)
    if member is None:
        near = get_close_matches(node.attr, API, n=1)
        return f"there is no {pbx}.{node.attr}" + (f"; did you mean {pbx}.{near[0]}?" if near else "")
    if not isinstance(node.ctx, ast.Load):
        return f"{pbx}.{node.attr} is read-only"
    if call is None or not inspect.isfunction(member):
        return None
    if any(isinstance(each, ast.Starred) for each in call.args) or any(word.arg is None for word in call.keywords):
        return None
    try:
        inspect.signature(member).bind(None, *call.args, **{str(word.arg): word.value for word in call.keywords})
    except TypeError as error:
        wanted = ", ".join(list(inspect.signature(member).parameters)[1:])
        return f"{pbx}.{node.attr}: {error}; it is {node.attr}({wanted})"
    return None
