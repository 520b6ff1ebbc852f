"""The sentences that the product says when something is wrong, read from its code: ``…`` stands for what is filled in.

A sentence is followed through names: a constant of another module, a variable of the function, what a function returns.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from xl_flexextra import errors
from xl_flexextra.sources.findings import SEVERITIES

ROOT = Path(__file__).parents[2]
MOST = 24  # forms of one sentence, where its parts are chosen
CLASSES = {
    name: one for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.FlexExtraError)
}
NO_SENTENCE = {"PassedError", "InvalidTerms"}  # they make their own, of an error cell and of the problems of terms
RULES = ("Rule", "ChargeRule")
Scope = ast.FunctionDef | ast.Module
Branches = tuple[tuple[int, bool], ...]
PROBLEMS = ("terms/terms.py", "terms/checks.py", "terms/charge_checks.py")


class Sentence(NamedTuple):
    """A sentence, the room that says it, what it is (an error, a warning …), and what a cell then shows."""

    room: str
    text: str
    kind: str
    cell: str


def sentences() -> Iterator[Sentence]:
    """Each sentence once, room by room."""
    house = the_house()
    seen: set[tuple[str, str]] = set()
    for module in house.modules.values():
        for one in said(module):
            if is_sentence(one.text) and (one.room, one.text) not in seen:
                seen.add((one.room, one.text))
                yield one


def is_sentence(text: str) -> bool:
    """Whether enough of a sentence is known to be looked for."""
    return len(re.findall(r"[A-Za-z]{2,}", text)) > (1 if text.endswith(".") else 2)


def unknown() -> list[str]:
    """The places that raise an error whose sentence is nowhere to be read."""
    found = []
    for module in the_house().modules.values():
        for call, name in module.raised():
            if not any(is_sentence(text) for text in module.texts(call.args[0], module.scope(call))):
                found.append(f"{module.name}: {name}({ast.unparse(call.args[0])})")
    return found


def said(module: Module) -> Iterator[Sentence]:
    """All that one module says."""
    for call, name in module.raised():
        for text in module.texts(call.args[0], module.scope(call)):
            yield Sentence(module.room, text, "error", str(CLASSES[name].cell_error))
    for call in module.calls:
        scope = module.scope(call)
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if kinds := severities(module, call, scope):
            for what, action in itertools.product(*(module.texts(part, scope) for part in call.args[-2:])):
                for kind in kinds:
                    yield Sentence(module.room, f"{what}; {action}.", kind, "")
        elif called == "bad" and len(call.args) > 4:  # of a column: what its cells are not, and what to do
            for wanted, action in itertools.product(*(module.texts(part, scope) for part in call.args[3:5])):
                yield Sentence(module.room, f"not {wanted}: …; {action}.", "error", "")
        elif called in ("text", "opened") and getattr(getattr(call.func, "value", None), "id", "") == "door":
            for text in [
                one
                for part in (*call.args[2:3], *(word.value for word in call.keywords))
                for one in module.texts(part, scope)
            ]:
                yield Sentence(module.room, text, "error", str(errors.NA))
        elif called in RULES and len(call.args) == 3:
            for text in module.texts(call.args[2], scope):
                yield Sentence(module.room, re.sub(r"\{[^}]*\}", "…", text), "error", str(errors.VALUE))
        elif called == "CheckResult" and getattr(call.args[0], "id", "") in ("FAIL", "WARN"):
            for text in module.texts(call.args[2], scope):
                yield Sentence(module.room, text, "error" if call.args[0].id == "FAIL" else "warning", "")  # type: ignore[attr-defined]
        elif called == "_say_error":
            for text in module.texts(call.args[0], scope):
                yield Sentence(module.room, text, "error", "")
    if module.name.endswith(PROBLEMS):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in module.inner:
                for text in module.texts(node, module.scope(node)):
                    if re.search(r"; .*\.$|[a-z)…]\.$", text) and "\n" not in text and "{" not in text:
                        yield Sentence(module.room, text, "error", str(errors.VALUE))


def severities(module: Module, call: ast.Call, scope: Scope) -> list[str]:
    """How grave the finding is that a call makes: ``found.error(where, what, action)``, ``Finding(ERROR, …)``."""
    function = call.func
    if isinstance(function, ast.Name) and function.id == "Finding" and len(call.args) == 4:
        return [one for one in module.texts(call.args[0], scope) if one in SEVERITIES] or [SEVERITIES[0]]
    if len(call.args) != 3:
        return []
    if isinstance(function, ast.Attribute):
        return [function.attr] if function.attr in SEVERITIES else []
    named = [value for values, _ in module.assigned(scope).get(getattr(function, "id", ""), ()) for value in values]
    methods = [part for value in named for part in ast.walk(value) if isinstance(part, ast.Attribute)]
    return list(dict.fromkeys(part.attr for part in methods if part.attr in SEVERITIES))


@dataclass
class Module:
    """One file of the sources."""

    name: str
    tree: ast.Module
    house: House

    @property
    def room(self) -> str:
        """The folder of the house that it lies in."""
        parts = Path(self.name).parts
        return parts[1] if len(parts) > 1 else ""

    @cached_property
    def calls(self) -> list[ast.Call]:
        """Every call in it."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]

    @cached_property
    def inner(self) -> set[int]:
        """Texts that are a part of another one, or a docstring."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.JoinedStr):
                found |= {id(part) for part in ast.walk(node) if part is not node}
            if isinstance(node, ast.Expr):
                found.add(id(node.value))
        return found

    @cached_property
    def functions(self) -> list[ast.FunctionDef]:
        """Every function, the inner ones after those around them."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]

    def scope(self, node: ast.AST) -> Scope:
        """The innermost function around a node, else the module."""
        line = node.lineno  # type: ignore[attr-defined]
        around = [f for f in self.functions if f.lineno <= line <= (f.end_lineno or 0)]
        return around[-1] if around else self.tree

    def assigned(self, scope: Scope) -> dict[str, list[tuple[list[ast.expr], Branches]]]:
        """What names of a function are given, in the order of its lines, each with the branches that it lies in."""
        if id(scope) not in self._assigned:
            found: dict[str, list[tuple[list[ast.expr], Branches]]] = {}
            for node, branches in within(scope, own=True):
                for name, values in given(node):
                    found.setdefault(name, []).append((values, branches))
            self._assigned[id(scope)] = found
        return self._assigned[id(scope)]

    @cached_property
    def _assigned(self) -> dict[int, dict[str, list[tuple[list[ast.expr], Branches]]]]:
        return {}

    @cached_property
    def branches(self) -> dict[int, Branches]:
        """The branches that each node of the module lies in."""
        return {id(node): branches for node, branches in within(self.tree)}

    def raised(self) -> list[tuple[ast.Call, str]]:
        """The errors of ours that it makes."""
        found = []
        for call in self.calls:
            name = getattr(call.func, "id", "")
            if name in CLASSES and name not in NO_SENTENCE and call.args:
                found.append((call, name))
        return found

    def texts(self, node: ast.AST, scope: Scope, depth: int = 0) -> list[str]:
        """Every form of a text of the code, with … for each value that it is filled with."""
        found = dict.fromkeys(self._texts(node, scope, depth) if depth < 6 else ["…"])
        return list(found)[:MOST] or ["…"]

    def _texts(self, node: ast.AST, scope: Scope, depth: int) -> list[str]:
        def of(part: ast.AST) -> list[str]:
            return self.texts(part, scope, depth + 1)

        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node.value]
        if isinstance(node, ast.JoinedStr):
            parts = [
                self._filled(part, scope, depth) if isinstance(part, ast.FormattedValue) else of(part)
                for part in node.values
            ]
            return ["".join(one) for one in itertools.islice(itertools.product(*parts), MOST)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return [one + two for one in of(node.left) for two in of(node.right)]
        if isinstance(node, ast.IfExp):
            return of(node.body) + of(node.orelse)
        if isinstance(node, ast.BoolOp):
            return [text for part in node.values for text in of(part)]
        if isinstance(node, ast.Name):
            return self._of_name(node, scope, depth)
        if isinstance(node, ast.Call):
            return self._of_call(node, scope, depth)
        return ["…"]

    def _filled(self, part: ast.FormattedValue, scope: Scope, depth: int) -> list[str]:
        """What stands in a text between braces: a name that is itself a text, else …"""
        return self.texts(part.value, scope, depth + 1) if isinstance(part.value, ast.Name | ast.IfExp) else ["…"]

    def _of_name(self, use: ast.Name, scope: Scope, depth: int) -> list[str]:
        """What a name may stand for where it is used: what was last given to it, on each way that leads there."""
        found: list[str] = []
        here = self.branches.get(id(getattr(use, "at", use)), ())
        for values, branches in reversed(self.assigned(scope).get(use.id, [])):
            if any(one.lineno > use.lineno for one in values) or any((one, not side) in here for one, side in branches):
                continue
            found += [text for value in values for text in self.texts(value, scope, depth + 1)]
            if all(one in here for one in branches):
                break
        return found or (["…"] if use.id in self.assigned(scope) else self.constant(use.id, depth))

    def constant(self, name: str, depth: int) -> list[str]:
        """What a name of the module, or one that it imports, stands for."""
        values = [value for one, _ in self.assigned(self.tree).get(name, ()) for value in one]
        found = [text for value in values for text in self.texts(value, self.tree, depth + 1)]
        return found or self.house.imported(self, name, depth) or ["…"]

    def _of_call(self, node: ast.Call, scope: Scope, depth: int) -> list[str]:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "format":
            return [re.sub(r"\{[^}]*\}", "…", text) for text in self.texts(function.value, scope, depth + 1)]
        named = getattr(function, "id", "")
        for one in self.functions:
            if one.name == named:
                return self.returned(one, depth)
        other = self.house.source(self, named)
        return [
            text for one in (other.functions if other else ()) if one.name == named for text in other.returned(one, depth)
        ]

    def returned(self, function: ast.FunctionDef, depth: int) -> list[str]:
        """Every text that a function returns."""
        values = [step.value for step in ast.walk(function) if isinstance(step, ast.Return) and step.value is not None]
        return [text for value in values for text in self.texts(value, function, depth + 1)]


@dataclass
class House:
    """All modules of the sources."""

    modules: dict[str, Module] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted([*(ROOT / "xl_flexextra").rglob("*.py"), *(ROOT / "udfs").rglob("*.py")]):
            name = path.relative_to(ROOT).as_posix()
            self.modules[name] = Module(name, ast.parse(path.read_text(encoding="utf-8")), self)

    def imported(self, module: Module, name: str, depth: int) -> list[str]:
        """The constant of another module that a module imports under this name."""
        other = self.source(module, name)
        return other.constant(name, depth + 1) if other else []

    def source(self, module: Module, name: str) -> Module | None:
        """The module from which another one imports a name."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and any((one.asname or one.name) == name for one in node.names):
                folder = Path(module.name).parents[max(node.level - 1, 0)]
                other = self.modules.get((folder / f"{(node.module or '').replace('.', '/')}.py").as_posix())
                return other if other is not module else None
        return None


@cache
def the_house() -> House:
    """The sources as they are, read once."""
    return House()


def within(scope: ast.AST, branches: Branches = (), own: bool = False) -> Iterator[tuple[ast.AST, Branches]]:
    """Every node below one, with the branches of ``if`` that it lies in: which, and whether its first side.

    ``own``: without those of functions within it.
    """
    first = scope.body if isinstance(scope, ast.If) else []
    other = scope.orelse if isinstance(scope, ast.If) else []
    for node in ast.iter_child_nodes(scope):
        side = [(id(scope), node in first)] if node in first or node in other else []
        inside = (*branches, *side)
        yield node, inside
        if not (own and isinstance(node, ast.FunctionDef | ast.ClassDef)):
            yield from within(node, inside, own)


def given(node: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """The names that an assignment gives values, each with what it may be given; of ``a, b = …`` both."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and isinstance(node.op, ast.Add):
        before = ast.Name(node.target.id, lineno=node.lineno - 1, at=node)
        yield node.target.id, [ast.BinOp(before, node.op, node.value, lineno=node.lineno)]
    for target in node.targets if isinstance(node, ast.Assign) else []:
        value = node.value  # type: ignore[attr-defined]
        if isinstance(target, ast.Name):
            yield target.id, [value]
        elif isinstance(target, ast.Tuple):
            chosen = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
            for place, name in enumerate(target.elts):
                if isinstance(name, ast.Name):
                    yield name.id, [one.elts[place] for one in chosen if isinstance(one, ast.Tuple)]
