"""How people read values of a template: references by construct path, joins as text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from preamp.assembly.read import AssemblyStack
    from preamp.deploy.deployed import Address

_PSEUDO: Final = "AWS::"
_ARN: Final = "Arn"


@dataclass(frozen=True)
class Names:
    """Construct paths of what one template refers to.

    Attributes:
        paths: Paths by logical id.
    """

    paths: Mapping[str, str]

    @classmethod
    def around(cls, stack: AssemblyStack, address: Address) -> Names:
        """Names as they are where a resource is.

        Args:
            stack: The root stack, as it shall be.
            address: The resource; if its stack goes, its references stay logical ids.
        """
        found: AssemblyStack | None = stack
        for logical_id in address[:-1]:
            found = found.children.get(logical_id) if found else None
        return cls(found.paths if found else {})

    def text(self, value: Any) -> str:  # noqa: ANN401 - any value of a template
        """Write a value for people.

        Args:
            value: For example ``{"Fn::GetAtt": ["Topic", "Arn"]}``.
        """
        if isinstance(value, str):
            return value
        if isinstance(value, dict) and len(value) == 1:
            [(function, given)] = value.items()
            told = self._called(function, given)
            if told is not None:
                return told
        return json.dumps(self._resolved(value), sort_keys=True, ensure_ascii=False)

    def _called(self, function: str, given: Any) -> str | None:  # noqa: ANN401 - see text
        """Write a call of CloudFormation's; None if it is none that can be written shorter."""
        if function == "Ref":
            name = str(given)
            return f"${{{name}}}" if name.startswith(_PSEUDO) else self._path(name)
        if function == "Fn::GetAtt":
            name, attribute = given.split(".", 1) if isinstance(given, str) else given
            path = self._path(str(name))
            return path if attribute == _ARN else f"{path}.{attribute}"
        if function == "Fn::Join":
            separator, parts = given
            return str(separator).join(map(self.text, parts)) if isinstance(parts, list) else None
        if function == "Fn::Sub" and isinstance(given, str):
            return given
        return None

    def _path(self, logical_id: str) -> str:
        return self.paths.get(logical_id, logical_id)

    def _resolved(self, value: Any) -> Any:  # noqa: ANN401 - see text
        if isinstance(value, list):
            return [self._resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (told := self._called(*next(iter(value.items())))) is not None:
            return told
        return {key: self._resolved(each) for key, each in value.items()}
