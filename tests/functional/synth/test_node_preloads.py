"""What is loaded into the CDK's Node process before its program: here with programs of our own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.synthesis import PROJECTS, synthesize

from preamp.contract.node import node_binary
from preamp.synth import direct_node

KNOWN_CDK: Final = Path(direct_node.__file__).with_name("known_cdk.cjs")
DIGEST: Final = """\
const crypto = require("crypto"), fs = require("fs");
let read = 0;
function digest(file, ...texts) {
  const hash = crypto.createHash("sha256"), descriptor = fs.openSync(file, "r");
  for (let size = 1; size > 0; ) {
    const chunk = Buffer.alloc(16);
    size = fs.readSync(descriptor, chunk);
    read += size;
    if (size > 0) hash.update(chunk.subarray(0, size));
  }
  fs.closeSync(descriptor);
  for (const text of texts) { hash.update("\\0"); hash.update(text); }
  return hash.digest().toString("hex");
}
const [file, again, ...texts] = process.argv.slice(2);
const made = digest(file, ...texts);
const later = again === "again" ? digest(file, ...texts) : made;
console.log(JSON.stringify({ made, later, read }));
"""
PLACE: Final = """\
const fs = require("fs"), os = require("os"), path = require("path");
const place = fs.mkdtempSync(path.join(os.tmpdir(), "jsii-kernel-"));
console.log(place);
process.stdin.on("end", () => {
  if (process.argv[2] !== "leave") fs.rmSync(place, { recursive: true });
}).resume();
"""
MODULES: Final = """\
const fs = require("fs"), os = require("os"), path = require("path"), Module = require("module");
const [library] = process.argv.slice(2);
const place = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "jsii-kernel-")), "node_modules");
fs.mkdirSync(place);
fs.symlinkSync(library, path.join(place, "library"));
let found;
try {
  found = require(path.join(place, "library", "index.js"));
} catch (error) {
  found = error.code;
}
console.log(JSON.stringify(found));
fs.rmSync(path.dirname(place), { recursive: true });
"""
COPY: Final = """\
const fs = require("fs");
const [from, to] = process.argv.slice(2);
fs.copyFileSync(from, to);
"""

KNOWN: Final = """\
const { CODE, isKnown } = require(process.argv[2]);
for (const file of process.argv.slice(3)) require(file);
console.log(JSON.stringify(Object.keys(CODE).filter((name) => !isKnown(name))));
"""
OTHER: Final = """\
const { Stack } = require(process.argv[2]);
const stack = new Stack(), element = {};
const ids = [stack.allocateLogicalId(element), stack.allocateLogicalId(element)];
console.log(JSON.stringify([...ids, stack._toCloudFormation()]));
"""
STACK: Final = """\
let made = 0;
exports.Stack = class Stack {
  allocateLogicalId(element) { return `other${made++}`; }
  resolve(value) { return Object.keys(value); }
  _toCloudFormation() { return this.resolve({ Resources: { A: {} } }); }
};
"""
UNPACKED: Final = (
    Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    / "aws"
    / "jsii"
    / "package-cache"
)
CODE_OF_CDK: Final = [
    f"aws-cdk-lib/core/lib/{name}"
    for name in ("cfn-resource", "nested-stack", "private/resolve", "resolvable", "stack")
]
LIBRARIES: Final = ("aws-cdk-lib", "@aws-amplify/graphql-api-construct", "constructs")


class Node:
    """Runs programs as jsii's is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory = folder / "digests.json"
        self.places = folder / "places"
        (folder / "project").mkdir()

    def start(self, program: str, *arguments: object) -> subprocess.Popen[str]:
        file = self.folder / "program.js"
        file.write_text(program)
        return subprocess.Popen(
            [node_binary(), *direct_node.FLAGS, *direct_node.PRELOADS, file, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "PREAMP_KERNEL_LIBRARIES": str(self.folder),
                "PREAMP_KERNEL_NOTES": "2",
                "PREAMP_KERNEL_PROJECT": str(self.folder / "project"),
            },
        )

    def run(self, program: str, *arguments: object) -> str:
        process = self.start(program, *arguments)
        said, _ = process.communicate()
        assert process.returncode == 0
        return said.strip()

    def digest(self, file: Path, *texts: str, again: str = "") -> dict[str, object]:
        found: dict[str, object] = json.loads(self.run(DIGEST, file, again, *texts))
        return found


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def expected(content: bytes, *texts: str) -> str:
    return hashlib.sha256(content + b"".join(b"\0" + text.encode() for text in texts)).hexdigest()


def test_the_hash_of_a_library_is_made_once(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "library.tgz"
    content = b"whatever is in it " * 9
    file.write_bytes(content)
    made = expected(content, "name", "1.0.0")

    assert node.digest(file, "name", "1.0.0") == {"made": made, "later": made, "read": len(content)}
    assert node.digest(file, "name", "1.0.0") == {"made": made, "later": made, "read": 0}


def test_whoever_opens_a_library_again_reads_it(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "library.tgz"
    file.write_bytes(b"content")
    made = expected(b"content")
    node.digest(file)

    assert node.digest(file, again="again") == {"made": made, "later": made, "read": len("content")}


def test_a_library_that_changed_has_another_hash(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "library.tgz"
    file.write_bytes(b"content")
    node.digest(file)
    modified = file.stat().st_mtime_ns
    file.write_bytes(b"CONTENT")
    os.utime(file, ns=(modified, modified))

    assert node.digest(file)["made"] == expected(b"CONTENT")


def test_one_file_has_a_hash_for_each_text_that_goes_with_it(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "library.tgz"
    file.write_bytes(b"content")

    for _ in range(2):
        assert node.digest(file, "a")["made"] == expected(b"content", "a")
        assert node.digest(file, "b")["made"] == expected(b"content", "b")


def test_a_memory_that_cannot_be_read_is_made_anew(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "library.tgz"
    file.write_bytes(b"content")
    node.memory.write_text("{ no JSON")

    assert node.digest(file)["made"] == expected(b"content")
    assert node.digest(file)["read"] == 0


def test_other_files_are_always_read(node: Node, tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(b"content")

    for _ in range(2):
        found = node.digest(file)
        assert (found["made"], found["read"]) == (expected(b"content"), len("content"))


def test_libraries_lie_where_they_lay_in_the_last_process(node: Node) -> None:
    first, second = node.run(PLACE), node.run(PLACE)

    assert first == second
    assert first.startswith(str(node.places))


def test_two_processes_have_a_place_each(node: Node) -> None:
    first = node.start(PLACE)
    assert first.stdout is not None
    place = first.stdout.readline().strip()

    assert node.run(PLACE) != place

    first.communicate()
    assert node.run(PLACE) == place


def test_a_place_that_a_process_left_behind_is_taken_over(node: Node) -> None:
    left = node.run(PLACE, "leave")

    assert node.run(PLACE) == left


def test_a_place_of_another_machine_is_left_alone(node: Node) -> None:
    left = node.run(PLACE, "leave")
    owner = node.places / "jsii-kernel-0" / "owner"
    owner.write_text(json.dumps(["elsewhere", *json.loads(owner.read_text())[1:]]))

    assert node.run(PLACE) != left


def test_where_no_place_can_be_made_jsii_makes_its_own(node: Node) -> None:
    node.places.write_text("no folder")

    assert not node.run(PLACE).startswith(str(node.folder))


def made_library(folder: Path, content: str) -> Path:
    folder.mkdir()
    (folder / "index.js").write_text("module.exports = require('./part') + require('path').sep;")
    (folder / "part.js").write_text(f"module.exports = '{content}';")
    return folder


def test_what_a_name_means_within_a_library_is_found_out_once(node: Node, tmp_path: Path) -> None:
    library = made_library(tmp_path / "unpacked", "part")

    for _ in range(2):
        assert node.run(MODULES, library) == '"part/"'

    memory = json.loads((node.folder / "modules.json").read_text())
    assert memory[str(library)] == {" ./part": "part.js"}


def test_another_version_of_a_library_is_found_out_anew(node: Node, tmp_path: Path) -> None:
    node.run(MODULES, made_library(tmp_path / "first", "1"))

    assert node.run(MODULES, made_library(tmp_path / "second", "2")) == '"2/"'


def test_files_of_libraries_are_linked_and_others_copied(node: Node, tmp_path: Path) -> None:
    library = tmp_path / "jsii-kernel-0" / "node_modules" / "library" / "layer.zip"
    library.parent.mkdir(parents=True)
    own = tmp_path / "own.zip"
    for file in (library, own):
        file.write_bytes(b"content")
        node.run(COPY, file, tmp_path / f"to-{file.name}")

    assert (tmp_path / "to-layer.zip").samefile(library)
    assert not (tmp_path / "to-own.zip").samefile(own)
    assert (tmp_path / "to-own.zip").read_bytes() == b"content"


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CDK and Amplify's construct as jsii has unpacked them for a synthesis."""
    folder = tmp_path_factory.mktemp("libraries")
    synthesize(PROJECTS / "data_types", folder / "out")
    for name in LIBRARIES:
        link = folder / "node_modules" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        unpacked = sorted(UNPACKED.glob(f"{name}/*/*/"), key=lambda place: place.stat().st_mtime)
        link.symlink_to(unpacked[-1])
    return folder / "node_modules"


def test_code_of_the_cdk_that_is_done_otherwise_is_that_which_is_installed(
    node: Node, libraries: Path
) -> None:
    amplify = "@aws-amplify/graphql-api-construct"
    core = f"{amplify}/node_modules/@aws-amplify/graphql-transformer-core"
    files = [
        *CODE_OF_CDK,
        f"{amplify}/lib/internal/asset-provider",
        f"{core}/lib/transformer-context/output",
    ]

    unknown = json.loads(node.run(KNOWN, KNOWN_CDK, *(libraries / file for file in files)))

    assert unknown == []


def test_other_code_of_the_cdk_is_left_alone(node: Node, tmp_path: Path) -> None:
    stack = tmp_path / "stack.js"
    stack.write_text(STACK)

    assert json.loads(node.run(OTHER, stack)) == ["other0", "other1", ["Resources"]]
