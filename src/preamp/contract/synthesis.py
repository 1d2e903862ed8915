"""What a synth child is asked for, and the file it leaves in the assembly beside the CDK's."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from preamp.contract.identity import BackendId

ANNEX: Final = "preamp.json"
"""Name of our own file in a cloud assembly."""

ANNEX_VERSION: Final = 1


@dataclass(frozen=True)
class SynthRequest:
    """One synthesis.

    Attributes:
        project: The project's folder, absolute; the child works in it.
        backend_file: The definition, relative to the project.
        output: Folder for the cloud assembly, absolute.
        backend_id: Whose names to use.
        local: Whether functions will run on this machine; otherwise they go to AWS.
        context: More CDK context.
    """

    project: Path
    backend_file: Path
    output: Path
    backend_id: BackendId
    local: bool = False
    context: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """The request as one line."""
        return json.dumps(dataclasses.asdict(self), default=str)

    @staticmethod
    def from_json(text: str) -> SynthRequest:
        """The request of a line that `to_json` made."""
        values: dict[str, Any] = json.loads(text)
        return SynthRequest(
            project=Path(values["project"]),
            backend_file=Path(values["backend_file"]),
            output=Path(values["output"]),
            backend_id=BackendId(**values["backend_id"]),
            local=values["local"],
            context=values["context"],
        )
