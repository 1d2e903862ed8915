"""Texts of messages to users: Cognito puts codes, links and names where their marks are.

A text is given as a function of what makes the marks, as in Amplify. Amazon Cognito, "Configuring
SMS and email verification messages", says what the marks are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from preamp.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from preamp.contract.site import Site

_CODE: Final = "{####}"
_USER: Final = "{username}"
_LINK_TEXT: Final = "Verify Email"
LONGEST_SMS: Final = 140
LONGEST_SUBJECT: Final = 140
LONGEST_EMAIL: Final = 20_000


def code_message(
    message: object, longest: int, option: str, site: Site | None, what: str = "code"
) -> str | None:
    """A message with a code in it.

    Args:
        message: A function of what makes the code's mark; None if there is none.
        longest: How many letters it may have.
        option: The option's name.
        site: The user's line.
        what: What its function's parameter stands for.

    Raises:
        UserError: ``MessageTemplateError``.
    """
    if message is None:
        return None
    text = _called(message, option, site, lambda: _CODE)
    return _checked(text, _CODE, longest, option, what, site)


def link_message(message: object, option: str, site: Site | None) -> str | None:
    """An e-mail with a link in it, whose own text may be given to what makes the mark.

    Args:
        message: A function of what makes the link's mark; None if there is none.
        option: The option's name.
        site: The user's line.

    Raises:
        UserError: ``MessageTemplateError``.
    """
    if message is None:
        return None
    marks: list[str] = []

    def create_link(text: str = _LINK_TEXT) -> str:
        marks.append(f"{{##{text}##}}")
        return marks[-1]

    text = _called(message, option, site, create_link)
    mark = next((each for each in marks if each in text), "{##")
    return _checked(text, mark, LONGEST_EMAIL, option, "link", site)


def invitation_message(message: object, longest: int, option: str, site: Site | None) -> str | None:
    """A message to somebody whom an administrator has added.

    Args:
        message: A function of what makes the marks of the user's name and of the temporary
            password; None if there is none.
        longest: How many letters it may have.
        option: The option's name.
        site: The user's line.

    Raises:
        UserError: ``MessageTemplateError``.
    """
    if message is None:
        return None
    text = _called(message, option, site, lambda: _USER, lambda: _CODE)
    return _checked(text, _CODE, longest, option, "temporary password", site)


def subject(text: object, option: str, site: Site | None) -> str | None:
    """The subject of an e-mail, which is a text.

    Raises:
        UserError: ``MessageTemplateError``.
    """
    if text is None or (isinstance(text, str) and 0 < len(text) <= LONGEST_SUBJECT):
        return text
    raise _wrong(f"{option} is {text!r}", f"give a text of up to {LONGEST_SUBJECT} letters", site)


def _called(message: object, option: str, site: Site | None, *marks: Callable[..., str]) -> str:
    if not callable(message):
        raise _wrong(
            f"{option} is {message!r}, which is no function",
            'give a function of what makes the code: lambda create_code: f"… {create_code()}"',
            site,
        )
    text: object = message(*marks)
    if isinstance(text, str):
        return text
    raise _wrong(f"{option} gives {text!r}, which is no text", "let it give a text", site)


def _checked(text: str, mark: str, longest: int, option: str, what: str, site: Site | None) -> str:
    if mark not in text:
        raise _wrong(
            f"{option} has no {what} in it: {text!r}",
            f"call what it is given for the {what} in the text, with its parentheses",
            site,
        )
    if len(text) > longest:
        raise _wrong(
            f"{option} is {len(text)} letters long", f"make it no longer than {longest}", site
        )
    return text


def _wrong(message: str, hint: str, site: Site | None) -> UserError:
    return UserError("MessageTemplateError", message, hint, sites=[site] if site else [])
