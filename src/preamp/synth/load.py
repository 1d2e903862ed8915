"""Imports the user's backend file and turns whatever goes wrong in it into one clear error."""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import TYPE_CHECKING, Final

from preamp.definition.site import is_user_code, site_at
from preamp.errors import PreampError, UserError

if TYPE_CHECKING:
    from pathlib import Path

    from preamp.contract.site import Site
    from preamp.contract.synthesis import SynthRequest
    from preamp.synth.compose import BackendComposer, LiveBackend

# how the CDK refuses a secret, as a parameter and inside of one
_GIVEN_A_SECRET: Final = (
    "preamp.definition.secret.Secret",
    "'Secret' has no attribute '__jsii_type__'",
)


def load_backend(request: SynthRequest, composer: BackendComposer) -> LiveBackend:
    """Run the definition, as a module of the project, and return the backend it made.

    Raises:
        UserError: ``BackendSyntaxError``, ``BackendRaisedError``, ``BackendMissingError``, or
            what preamp's own functions raised in the user's code.
    """
    sys.path.insert(0, str(request.project))
    try:
        importlib.import_module(module_name(request.backend_file))
    except PreampError:
        raise
    except SyntaxError as error:
        raise _syntax_error(error) from error
    except (Exception, SystemExit) as error:  # whatever the user's code raises
        raise raised_error(error) from error
    if composer.backend is None:
        raise UserError(
            "BackendMissingError",
            f"{request.backend_file} never calls define_backend()",
            "add 'backend = define_backend()' to it",
            sites=[site_at(str(request.project / request.backend_file), 1)],
        )
    return composer.backend


def module_name(backend_file: Path) -> str:
    """The dotted name under which a definition is imported, e.g. ``amplify.backend``."""
    return ".".join(backend_file.with_suffix("").parts)


def raised_error(error: BaseException, code: str = "BackendRaisedError") -> UserError:
    """What the user's code raised, with the user's own part of the traceback."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if is_user_code(frame.filename)
    ]
    details = []
    for frame in frames:
        details.append(f"{site_at(frame.filename, frame.lineno or 1)} in {frame.name}")
        details.append(f"    {frame.line}")
    sites: list[Site] = [site_at(frame.filename, frame.lineno or 1) for frame in frames[-1:]]
    return UserError(code, _summary(error), _hint(error), sites=sites, details=details)


def _summary(error: BaseException) -> str:
    text = str(error).strip()
    if isinstance(error, SystemExit):
        return f"the backend ended the process: exit({text})"
    # errors of the CDK itself come from Node without a telling type
    return text if type(error) is RuntimeError and text else f"{type(error).__name__}: {text}"


def _hint(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = error.name.partition(".")[0]
        return f"install what provides the module {top!r}, or mend the import"
    if _is_about_an_annotation(error):
        return (
            "begin the file with 'from __future__ import annotations', so that classes may be "
            "named before they are there"
        )
    if any(mark in str(error) for mark in _GIVEN_A_SECRET):
        return "give it resolve_secret(stack, secret(…)), from preamp.constructs"
    return "mend the line above; --debug shows the whole traceback"


def _is_about_an_annotation(error: BaseException) -> bool:
    """Whether a class could not be made for a name, or for ``|`` behind a quoted name."""
    if not isinstance(error, NameError) and "operand type(s) for |" not in str(error):
        return False
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    # only the namespace of a class that is being made has it
    return last is not None and "__qualname__" in last.tb_frame.f_locals


def _syntax_error(error: SyntaxError) -> UserError:
    site = site_at(error.filename or "", error.lineno or 1)
    line = (error.text or "").rstrip()
    pointer = " " * max((error.offset or 1) - 1, 0) + "^"
    return UserError(
        "BackendSyntaxError",
        f"invalid syntax: {error.msg}",
        "mend the line",
        sites=[site],
        details=[line, pointer] if line else [],
    )
