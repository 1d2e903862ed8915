"""Amplify's own library: installed into a folder that is kept, and run with models like ours."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks.workbench import CommandFailedError, check_stacks, environment
from preamp.contract.node import node_binary

if TYPE_CHECKING:
    from pathlib import Path

_PACKAGES: Final = {
    "@aws-amplify/backend": "1.25.1",
    "aws-cdk-lib": "2.276.0",
    "constructs": "10.8.1",
    "esbuild": "0.28.2",
    "tsx": "4.23.15",
    "typescript": "5.9.3",
}
_CONTEXT: Final = {
    "amplify-backend-namespace": "bench",
    "amplify-backend-name": "me",
    "amplify-backend-type": "sandbox",
    "secretLastUpdated": 0,
}
_AUTH: Final = """\
import { defineAuth } from '@aws-amplify/backend';
export const auth = defineAuth({ loginWith: { email: true } });
"""
_DATA: Final = """\
import { a, defineData } from '@aws-amplify/backend';
const schema = a.schema({
%s});
export const data = defineData({
  schema,
  authorizationModes: {
    defaultAuthorizationMode: 'userPool',
    apiKeyAuthorizationMode: { expiresInDays: 30 },
  },
});
"""
_MODEL: Final = """\
  M%d: a
    .model({
      name: a.string().required(),
      count: a.integer().default(%d),
      price: a.float(),
      at: a.datetime(),
    })
    .secondaryIndexes((index) => [index('name')])
    .authorization((allow) => [allow.owner(), allow.publicApiKey()]),
"""
_BACKEND: Final = """\
import { defineBackend } from '@aws-amplify/backend';
import { auth } from './auth/resource';
import { data } from './data/resource';
defineBackend({ auth, data });
"""


@dataclass(frozen=True)
class AmplifyLibrary:
    """Amplify's library for TypeScript.

    Attributes:
        folder: It is installed there: 1.2 GB of packages.
    """

    folder: Path

    def install(self) -> None:
        """Install it if it is not there.

        Raises:
            CommandFailedError: npm is missing, or failed.
        """
        manifest = self.folder / "package.json"
        wanted = json.dumps({"private": True, "dependencies": _PACKAGES}, indent=2)
        if self._program.is_file() and manifest.is_file() and manifest.read_text() == wanted:
            return
        npm = shutil.which("npm")
        if npm is None:
            raise CommandFailedError("npm, which installs Amplify's library, is not on the PATH")
        print(f"installing Amplify's library into {self.folder} (once; minutes)", flush=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        manifest.write_text(wanted)
        self._run([npm, "install", "--no-audit", "--no-fund"], self.folder, {})

    def synthesize(self, name: str, models: int, edited: int) -> float:
        """Have it synthesize a backend.

        Args:
            name: Of the backend's project, which is kept beside the packages.
            models: How many models it has.
            edited: The default value of a field of the first.

        Returns:
            The seconds of the whole process.

        Raises:
            CommandFailedError: It failed, or wrote too little.
        """
        project = self.folder / name
        _write(project / "amplify", models, edited)
        assembly = project / "assembly"
        shutil.rmtree(assembly, ignore_errors=True)
        began = time.perf_counter()
        self._run(
            [str(node_binary()), str(self._program), "amplify/backend.ts"],
            project,
            {"CDK_CONTEXT_JSON": json.dumps(_CONTEXT), "CDK_OUTDIR": str(assembly)},
        )
        taken = time.perf_counter() - began
        check_stacks(assembly, models)
        return taken

    @property
    def _program(self) -> Path:
        return self.folder / "node_modules" / "tsx" / "dist" / "cli.mjs"

    def _run(self, command: list[str], folder: Path, variables: dict[str, str]) -> None:
        # Amplify's library runs programs of its packages, such as npx, with the Node of the path
        path = os.pathsep.join([str(node_binary().parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            command,
            cwd=folder,
            env={**environment(), "PATH": path, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandFailedError(f"{command} failed:\n{done.stdout}{done.stderr}")


def _write(amplify: Path, models: int, edited: int) -> None:
    text = "".join(_MODEL % (number, 0 if number else edited) for number in range(models))
    for name, content in {"auth": _AUTH, "data": _DATA % text}.items():
        (amplify / name).mkdir(parents=True, exist_ok=True)
        (amplify / name / "resource.ts").write_text(content)
    (amplify / "backend.ts").write_text(_BACKEND)
