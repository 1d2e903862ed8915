"""How the user's own code names its constructs: found in the source, from the lines that make them.

Only what is certain is told: a name that a construct is assigned to where it is made, seen from
a place in the code where it stands for just that. Reads source, executes nothing.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from preamp.contract.site import Site

_SELF: Final = "self."
_CDK: Final = "aws_cdk"

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Assignment: TypeAlias = ast.Assign | ast.AnnAssign | ast.NamedExpr


@dataclass(frozen=True)
class Scope:
    """A place in the code where names mean something: a module, or a function in it.

    Attributes:
        file: The file, as sites name it.
        function: The function and what it is in, from the outside; empty for a module.
        owner: The class that the function is a method of; empty if of none.
    """

    file: str
    function: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True)
class Binding:
    """A construct assigned to a name where it is made.

    Attributes:
        name: A name or ``self.name``.
        made_by: What is called to make it, without modules: a class, most often.
        scope: Where that is.
        end: The statement's last line.
    """

    name: str
    made_by: str
    scope: Scope
    end: int


@dataclass(frozen=True)
class Expression:
    """What stands for a construct in some scope.

    Attributes:
        text: The code.
        end: The last line of the statement that it needs.
    """

    text: str
    end: int


class Expressions:
    """Names constructs in the words of the code that makes them.

    Args:
        sites: The line that made each construct, by its path.
        read: Gives a file's text by the name sites have for it; None if there is none.
    """

    def __init__(self, sites: Mapping[str, Site], read: Callable[[str], str | None]) -> None:
        self._sites = sites
        self._read = read
        self._modules: dict[str, ast.Module | None] = {}

    def binding(self, path: str) -> Binding | None:
        """The name that a construct is assigned to where it is made; None if it is to none.

        Args:
            path: Its construct path.
        """
        site = self._sites.get(path)
        module = self._module(site.file) if site else None
        if site is None or module is None:
            return None
        construct_id = path.rpartition("/")[2]
        for scope, node in _assignments(module, Scope(site.file)):
            call = node.value
            if isinstance(call, ast.Call) and _makes(call, site.line, construct_id):
                name = _name_of(node)
                end = node.end_lineno or node.lineno
                return Binding(name, _called(call), scope, end) if name else None
        return None

    def is_cfn(self, path: str) -> bool:
        """Whether a construct is one of CloudFormation's own, which grants nothing."""
        binding = self.binding(path)
        return binding is not None and binding.made_by.startswith("Cfn")

    def common(self, first: str, second: str) -> tuple[Scope, Expression, Expression] | None:
        """A scope in which two constructs have names, and the names.

        Args:
            first: Construct path of the one whose scope is preferred.
            second: Construct path of the other.
        """
        for scope in self._scopes(first, second):
            one, other = self.seen_from(scope, first), self.seen_from(scope, second)
            if one and other:
                return scope, one, other
        return None

    def seen_from(self, scope: Scope, path: str) -> Expression | None:
        """What stands for a construct in a scope; None if nothing certainly does.

        Args:
            scope: The scope.
            path: The construct's path.
        """
        binding = self.binding(path)
        if binding is None:
            return None
        is_attribute = binding.name.startswith(_SELF)
        if binding.scope == scope or (is_attribute and _same_class(binding.scope, scope)):
            return Expression(binding.name, binding.end if binding.scope == scope else 0)
        if not is_attribute:
            return None
        owner = path.rpartition("/")[0]
        owners = self.binding(owner)
        outer = self.seen_from(scope, owner)
        if outer is None or owners is None or owners.made_by != binding.scope.owner:
            return None
        return Expression(f"{outer.text}.{binding.name.removeprefix(_SELF)}", outer.end)

    def imported(self, file: str, module: str) -> str | None:
        """The name by which a file knows a module or class of the CDK's; None if it does not.

        Args:
            file: The file, as sites name it.
            module: Its name there, such as ``aws_iam``.
        """
        tree = self._module(file)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.ImportFrom) and node.module == _CDK:
                for alias in node.names:
                    if alias.name == module:
                        return alias.asname or alias.name
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name == f"{_CDK}.{module}" and alias.asname:
                        return alias.asname
        return None

    def _scopes(self, first: str, second: str) -> Iterator[Scope]:
        for path in (first, second):
            parts = path.split("/")
            for length in range(len(parts), 0, -1):
                binding = self.binding("/".join(parts[:length]))
                if binding:
                    yield binding.scope

    def _module(self, file: str) -> ast.Module | None:
        if file not in self._modules:
            text = self._read(file)
            try:
                self._modules[file] = ast.parse(text) if text is not None else None
            except (SyntaxError, ValueError):
                # It was saved half written since.
                self._modules[file] = None
        return self._modules[file]


def _assignments(node: ast.AST, scope: Scope) -> Iterator[tuple[Scope, _Assignment]]:
    """Every assignment below a node, with its scope."""
    for child in ast.iter_child_nodes(node):
        inner = scope
        if isinstance(child, _Definition):
            is_class = isinstance(child, ast.ClassDef)
            owner = node.name if isinstance(node, ast.ClassDef) and not is_class else ""
            inner = Scope(scope.file, (*scope.function, child.name), owner)
        elif isinstance(child, _Assignment):
            yield scope, child
        yield from _assignments(child, inner)


def _makes(call: ast.Call, line: int, construct_id: str) -> bool:
    """Whether a call, running at a line, is the one that makes a construct of this id."""
    if line not in {call.lineno, call.func.end_lineno}:
        return False
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    if any(_is_text(argument, construct_id) for argument in arguments):
        return True
    below = (node for argument in arguments for node in ast.walk(argument))
    # Another one that is made on the way may have its line.
    return not any(_is_text(node, construct_id) for node in below)


def _is_text(node: ast.AST, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _name_of(node: _Assignment) -> str | None:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if isinstance(target, ast.Name):
        return target.id
    is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
    name = ast.unparse(target)
    return name if is_own and name.startswith(_SELF) else None


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _same_class(one: Scope, other: Scope) -> bool:
    """Whether two scopes are methods of one class."""
    return bool(one.owner) and (one.file, one.owner, one.function[:-1]) == (
        other.file,
        other.owner,
        other.function[:-1],
    )
