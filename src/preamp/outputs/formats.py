"""The outputs file in each of its formats.

Amplify Gen 2, "ampx generate outputs". Texts are those of the official tool, byte for byte. It
refuses ``ts``, ``mjs`` and ``json-mobile`` for versions since 1; here they hold the same JSON as
the others, in the form that version 0 has.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from preamp.outputs.classic import classic_document
from preamp.outputs.classic_mobile import mobile_document
from preamp.outputs.versions import CLASSIC

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS: Final = ("json", "json-mobile", "ts", "mjs", "dart")
"""Every format that can be asked for."""

DEFAULT_FORMAT: Final = "json"

WEB_FORMATS: Final = frozenset({"json", "ts", "mjs"})
"""Those that Amplify's JavaScript client can be configured with."""

_MOBILE: Final = frozenset({"json-mobile", "dart"})
_NAME: Final = "amplify_outputs"
_CLASSIC_NAME: Final = "amplifyconfiguration"


def file_name(form: str, version: str) -> str:
    """Return the name that Amplify's libraries look for.

    Args:
        form: One of `FORMATS`.
        version: One of `VERSIONS`.
    """
    stem = _CLASSIC_NAME if version == CLASSIC else _NAME
    return f"{stem}.{'json' if form == 'json-mobile' else form}"


def render(document: Mapping[str, Any], form: str, version: str) -> str:
    """Return the text of the outputs file.

    Args:
        document: Its content, as `compose_document` made it for that version.
        form: One of `FORMATS`.
        version: One of `VERSIONS`.
    """
    is_classic = version == CLASSIC
    content = dict(document)
    if is_classic:
        content = classic_document(document)
        if form in _MOBILE:
            content = mobile_document(content)
    text = json.dumps(content, indent=2, ensure_ascii=False)
    match form:
        case "ts" | "mjs":
            lines = (f"const amplifyConfig = {text}", "export default amplifyConfig;", "")
            return os.linesep.join(lines)
        case "dart":
            # Raw, so that Dart leaves a dollar sign alone.
            alias = "\n\nconst amplifyconfig = amplifyConfig;" if is_classic else ""
            return f"const amplifyConfig = r'''{text}''';{alias}"
        case _:
            return text
