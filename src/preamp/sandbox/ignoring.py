"""Tells which files of a project are no sources: what git ignores, and what tools leave behind.

Git: "gitignore - Specifies intentionally untracked files to ignore".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pathspec import GitIgnoreSpec

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

GITIGNORE: Final = ".gitignore"
_NEVER: Final = (
    ".git/", ".preamp/", "cdk.out/", ".venv/", "node_modules/",
    "__pycache__/", ".mypy_cache/", ".pytest_cache/", ".ruff_cache/", "*.py[cod]",
    "amplify_outputs.*", "amplify_local.mjs", "amplifyconfiguration.*", "amplify_env/", ".amplify/",
    ".DS_Store",
    # what editors write beside the file that is saved
    "*.sw?", "*~", ".#*", "#*#", "4913", "*.tmp", "*.part", "___jb_*",
)  # fmt: skip


class Ignored:
    """The files of a project that nobody has to look at.

    Args:
        project: The project's folder, absolute.
        exclude: More patterns, as in a ``.gitignore`` in that folder.

    Raises:
        UserError: ``InvalidPatternError``.
    """

    def __init__(self, project: Path, exclude: Sequence[str] = ()) -> None:
        self._project = project
        self._excluded = (*_spec(_NEVER), *_spec(exclude))
        self._of_folders: dict[Path, GitIgnoreSpec | None] = {}
        self._root = _git_root(project)

    def forget(self) -> None:
        """Read every ``.gitignore`` again."""
        self._of_folders.clear()

    def __contains__(self, path: Path) -> bool:
        """Whether a file is ignored; one outside the project is."""
        if not path.is_relative_to(self._project):
            return True
        name = _named(path, self._project)
        if any(spec.match_file(name) for spec in self._excluded):
            return True
        # a folder that is ignored takes everything below it along, whatever is said deeper down
        below = [*reversed(path.parents), path]
        return any(self._git_ignores(each) for each in below if each.is_relative_to(self._root))

    def _git_ignores(self, path: Path) -> bool:
        """The word of the innermost file that says something about a path."""
        for folder in path.parents:
            spec = self._spec_of(folder)
            verdict = None if spec is None else _verdict(spec, path, folder)
            if verdict is not None:
                return verdict
            if folder == self._root:
                break
        return False

    def _spec_of(self, folder: Path) -> GitIgnoreSpec | None:
        if folder not in self._of_folders:
            self._of_folders[folder] = _read(folder / GITIGNORE)
        return self._of_folders[folder]


def _git_root(project: Path) -> Path:
    folders = (project, *project.parents)
    return next((folder for folder in folders if (folder / ".git").exists()), project)


def _read(file: Path) -> GitIgnoreSpec | None:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        return GitIgnoreSpec.from_lines(lines)
    except (OSError, ValueError):  # not there, or a pattern that git would pass over too
        return None


def _spec(patterns: Iterable[str]) -> Iterator[GitIgnoreSpec]:
    for pattern in patterns:
        try:
            yield GitIgnoreSpec.from_lines([pattern])
        except ValueError as error:
            raise UserError(
                "InvalidPatternError",
                f"{pattern!r} is no pattern for files: {error}",
                "write it as in a .gitignore, for example 'notes/' or '*.csv'",
            ) from error


def _verdict(spec: GitIgnoreSpec, path: Path, folder: Path) -> bool | None:
    return spec.check_file(_named(path, folder)).include


def _named(path: Path, folder: Path) -> str:
    """A path as patterns are held against it: folders end in a slash."""
    name = path.relative_to(folder).as_posix()
    return f"{name}/" if path.is_dir() else name
