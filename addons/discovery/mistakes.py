"""More about an addon's mistakes than the first import tells: every bad declaration of a file at once, and the line of each mistake."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import CodeType, ModuleType

from addons.discovery.importing import SECONDS, is_stopped, package_name, problem_of
from addons.discovery.limits import limits
from addons.discovery.problems import Problem

_PLACE = re.compile(r"(\w+)(?:\[\"(\w+)\"\])?\[(\d+)\]")  # params[1], columns["list"][0]
_NAMES = re.compile(r"'([^']+)'|\[\"(\w+)\"\]")


def more_exact(folder: Path, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems of one folder, each with its line where that can be found, and every bad declaration instead of a file's first."""
    found: list[Problem] = []
    for problem in problems:
        path = folder / problem.file
        tree = _parsed(path) if problem.file else None
        if tree is None or is_stopped(path):  # to run it once more would cost the same time again
            found.append(problem)
        elif problem.line is None:
            found.append(replace(problem, line=_line(tree, problem.message)))
        else:
            found += _bad_declarations(folder, path, tree) or [problem]
    return tuple(dict.fromkeys(found))


def _parsed(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except (OSError, SyntaxError, ValueError):
        return None


def _bad_declarations(folder: Path, path: Path, tree: ast.Module) -> list[Problem]:
    """Runs the file once more, each item of its lists by itself."""
    module = ModuleType(f"{package_name(folder)}.{path.stem}")
    module.__package__, module.__file__ = package_name(folder), str(path)
    problems: list[Problem] = []
    guessing = False  # a name holds less than the file would give it

    def run(code: CodeType) -> bool:
        try:
            with limits(SECONDS):
                exec(code, module.__dict__)  # noqa: S102  (what an import of the file does, too)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            problems.append(problem_of(error, folder, path))
            return False
        return True

    for statement in tree.body:
        items = list(_items(statement))
        good = [run(compile(ast.Expression(item), str(path), "eval")) for item in items]
        if not all(good):
            module.__dict__.update((name, []) for name in _assigned(statement))
            guessing = True
        elif not run(compile(ast.Module([statement], []), str(path), "exec")):
            return problems[:-1] if guessing else problems  # what comes after it may need it
    return problems


def _items(statement: ast.stmt) -> Iterator[ast.expr]:
    """The items of `params = [...]`, `tabs = [...]` and of the lists in `columns = {...}`, rows' params before their MultiList."""
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    for each in value.values if isinstance(value, ast.Dict) else [value]:
        for item in _elements(each):
            tables = [word.value for word in item.keywords if word.arg == "params"] if isinstance(item, ast.Call) else []
            yield from (row for table in tables for row in _elements(table))
            yield item


def _elements(value: ast.expr | None) -> list[ast.expr]:
    found = value.elts if isinstance(value, ast.List | ast.Tuple) else []
    return [each for each in found if not isinstance(each, ast.Starred)]


def _assigned(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _line(tree: ast.Module, message: str) -> int | None:
    """Where in a file the thing is that a message is about: the item that it counts, else the first name in it that the file holds."""
    if message.startswith("this is not a file"):
        return None
    values = {name: statement.value for statement in tree.body if isinstance(statement, ast.Assign) for name in _assigned(statement)}
    if (place := _PLACE.match(message)) and (item := _item(values.get(place[1]), place[2], int(place[3]))):
        return item.lineno
    known = list(_named(tree))
    for names in _NAMES.findall(message):
        lines = [line for name, line in known if name in names]
        if lines:
            return max(lines) if message.startswith("two ") else min(lines)
    return next((values[name].lineno for name in ("params", "info") if name in values), None)


def _item(value: ast.expr | None, entry: str, index: int) -> ast.expr | None:
    if entry and isinstance(value, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else None for key in value.keys]
        value = value.values[keys.index(entry)] if entry in keys else None
    return value.elts[index] if isinstance(value, ast.List | ast.Tuple) and index < len(value.elts) else None


def _named(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The texts and names that a file holds, with their lines."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                yield text, node.lineno
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name):
                yield name, node.lineno
