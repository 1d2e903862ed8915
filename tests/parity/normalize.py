#!/usr/bin/env python3
"""Canonical form and comparison of the CDK cloud assemblies of Amplify backends.

Two front ends (TypeScript and Python, say) that define the same backend give
cloud assemblies that differ in names only a machine made: hash suffixes of
logical ids, asset hashes and S3 keys, names derived from the root stack's name,
the parameters and outputs through which nested stacks see each other.  This
tool replaces all of that by names that say what is meant, so that the rest can
be compared resource by resource.

    normalize.py DIR                 print the canonical JSON of an assembly
    normalize.py diff EXPECTED ACTUAL  print the differences; exit 1 on any

DIR is a cloud assembly (``cdk.out``) or a folder of the conformance corpus: a
``manifest.json``, the ``*.template.json`` it leads to, and, if there, the
``*.assets.json`` and ``*.metadata.json`` beside them.

The canonical form
------------------
``stacks``
    By address: ``.`` is the root stack, a nested stack has its construct path
    (``auth``, ``data/amplifyData/Todo``).  Each has its resources, outputs,
    parameters, conditions, mappings, metadata, description and, for the root,
    what the manifest says of it (tags, environment).
``resources``
    By symbol: the construct path inside the stack without a closing
    ``Resource`` or ``Default``.  Without the assembly's construct metadata the
    symbol is the logical id less its hash (``--naming logical-id`` asks for
    that).  ``Ref`` and ``Fn::GetAtt`` name ``ADDRESS:SYMBOL``, also across
    stacks: what goes through parameters and outputs of nested stacks is
    replaced by the resource at its far end.
``assets``
    What templates refer to by S3 key (resolver templates, GraphQL schemas, data
    files), named by kind and content: ``<asset:vtl:0123456789abcdef>``.
``code``
    Apart from the rest: code, handler and runtime of Lambda functions, content of
    layers, and the variables that only one language's functions have.
``noise``
    Apart too: versions and platform noted in stack descriptions.

GraphQL is compared definition by definition, whatever their order and layout.
Texts that are JSON (``{"$json": …}``) are compared as values, ``Fn::Sub`` is
written as ``Fn::Join``, and lists whose order means nothing (policy statements
and their actions and resources, ``DependsOn``) are sorted.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.parity.graphql_text import definitions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Json = Any  # what json.loads gives
Object = dict[str, Json]

ROOT: Final = "."
NESTED_STACK: Final = "AWS::CloudFormation::Stack"
TEXT_KINDS: Final = frozenset({"vtl", "graphql", "js", "mjs", "json", "sql", "txt", "html"})
MACHINE_METADATA: Final = ("aws:cdk:", "aws:asset:")
LANGUAGE_VARIABLES: Final = frozenset({"AWS_NODEJS_CONNECTION_REUSE_ENABLED", "NODE_OPTIONS"})
TAGS: Final = {"amplify:app-id": "<namespace>", "amplify:branch-name": "<name>"}
CODE_PROPERTIES: Final = {
    "AWS::Lambda::Function": ("Code", "Handler", "Runtime"),
    "AWS::Lambda::LayerVersion": ("Content", "CompatibleRuntimes"),
}

ASSET_HASH: Final = re.compile(r"(?<![0-9a-f])([0-9a-f]{64})((?:\.[a-z]+)*)")
ID_HASH: Final = re.compile(r"[0-9A-F]{8}(?:[0-9a-f]{32})?$")
SUB_REFERENCE: Final = re.compile(r"\$\{(!?)([A-Za-z0-9:._]+)\}")
NESTED_PATH: Final = re.compile(r"([^/]+)\.NestedStack/\1\.NestedStackResource$")
NESTED_ID: Final = re.compile(r"(.*)NestedStack.*NestedStackResource$")
AMPLIFY_STACK: Final = re.compile(
    r"amplify-(?P<namespace>[A-Za-z0-9]*)-(?P<name>[A-Za-z0-9]*)"
    r"-(?P<type>sandbox|branch|standalone)-(?P<hash>[0-9a-f]{10})$"
)
# BackendIdScopedStableBackendIdentifiers of the official library
BACKEND_HASH: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{20}(?![0-9a-f])")
# the construct id that aws-scheduler-targets gives a role: a hash of the target's ARN, which
# for a version of a function is a hash of the function's code
SCHEDULER_ROLE: Final = re.compile(r"SchedulerRoleForTarget-?([0-9a-f]{6})")
SHORTEST_CUT: Final = 16
SECONDS_PER_DAY: Final = 86400
LONGEST_INLINE_CODE: Final = 300


class AssemblyError(Exception):
    """The folder is not a cloud assembly this tool can read."""


# --- reading -----------------------------------------------------------------


def read_json(path: Path) -> Json:
    """The JSON in a file, or AssemblyError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssemblyError(f"cannot read {path}: {error}") from error


def dumps(value: Json) -> str:
    """Compact JSON with sorted keys: equal values give equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Scrubber:
    """Replaces whatever derives from the root stack's name in texts."""

    def __init__(self, stack_name: str, backend_hashes: Iterable[str]) -> None:
        match = AMPLIFY_STACK.match(stack_name)
        # the name of an Amplify stack is long enough to be found inside words, too
        start, end = ("", "") if match else (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])")
        flat = re.sub(r"[^A-Za-z0-9]", "", stack_name)
        cuts = [flat[:length] for length in range(len(flat) - 1, SHORTEST_CUT - 1, -1)]
        unique = r"([A-Za-z0-9]*?)[0-9A-F]{8}(?![A-Za-z0-9])"
        hashes = [(digest, "<backendHash>") for digest in sorted(backend_hashes)]
        rules = [
            # what CDK's Names.uniqueId makes: flat path, then a hash; whole or cut to a length
            (start + flat + unique, r"<stackid>\1"),
            (start + re.escape(stack_name) + end, "<stack>"),
            (start + flat + end, "<stackid>"),
            *([(f"(?:{'|'.join(cuts)}){unique}", r"<stackid…>\1")] if cuts else []),
            # a node's address, which depends on its whole path
            (r"(aws-cdk:cr-owned:(?:.*:)?)[0-9a-f]{8}$", r"\1<address>"),
            # identifiers of the backend in SSM paths, ARNs, host names, inline code
            (r"/amplify/shared/[^/\"]+/", "/amplify/shared/<namespace>/"),
            (r"apps/[^/\"]+/branches/[^\"\s]+", "apps/<namespace>/branches/<name>"),
            (r"[\w/-]+\.[\w-]+\.amplifyapp\.com", "<name>.<namespace>.amplifyapp.com"),
            (r"(amplifyApiEnvironmentName = ')(?!NONE')[^']*'", r"\1<name>'"),
            *hashes,
            # names with the backend's hash in them that were cut: roles and stack of SQL models
            (r"(SQL(?:Patching)?LambdaRol)e?[0-9a-f]{6,13}-", r"\1<cut>-"),
            (r"(SQLApiStack)[0-9a-f]{8,20}", r"\1<backendHash>"),
        ]
        if match:
            path = "{namespace}/{name}-{type}-{hash}".format(**match.groupdict())
            rules.insert(0, (re.escape(path), "<backend>"))
        inside_id = (rf"{start}{flat}([A-Za-z0-9<>]*?)[0-9A-F]{{8}}", r"<stackid>\1")
        self._rules = [(re.compile(old), new) for old, new in rules]
        self._id_rules = [(re.compile(old), new) for old, new in [*hashes, inside_id]]

    def __call__(self, text: str) -> str:
        for old, new in self._rules:
            text = old.sub(new, text)
        return text

    def logical_id(self, text: str) -> str:
        """A logical id without its own hash and those of names it is made of."""
        text = ID_HASH.sub("", text)
        for old, new in self._id_rules:
            text = old.sub(new, text)
        return self(text)


@dataclass(frozen=True)
class Asset:
    """One asset of an assembly, by what it holds."""

    symbol: str
    kind: str
    source: str
    text: str | None = None


class Assets:
    """The assets of an assembly, and which of them were asked for by content."""

    def __init__(self, folder: Path, scrub: Scrubber) -> None:
        self.folder = folder
        self.scrub = scrub
        self.used: dict[str, Asset] = {}
        self._files: Object = {}
        self._seen: dict[str, Asset] = {}
        for path in sorted(folder.glob("*.assets.json")):
            self._files.update(read_json(path).get("files", {}))
        listing = folder / "asset-files.json"
        self._listing: Object = read_json(listing) if listing.exists() else {}

    def path_of(self, digest: str) -> str | None:
        """The file or folder name of an asset in the assembly."""
        entry = self._files.get(digest)
        return entry["source"].get("path") if entry else None

    def named(self, digest: str) -> Asset:
        """The asset by content; notes that it is used."""
        if digest not in self._seen:
            self._seen[digest] = self._load(digest)
        asset = self._seen[digest]
        self.used[asset.symbol] = asset
        return asset

    def code(self, digest: str) -> Object:
        """What is comparable about an asset that is code: its packaging and top-level files."""
        entry = self._files.get(digest)
        if not entry:
            return {"asset": "unknown"}
        source = entry["source"]
        name = source.get("path", "")
        place = self.folder / name
        if place.is_dir():
            files = sorted(item.name for item in place.iterdir())
        else:
            files = list(self._listing.get(name, {}).get("files", []))
        return {"packaging": source.get("packaging"), "files": files}

    def _load(self, digest: str) -> Asset:
        entry = self._files.get(digest, {})
        source = entry.get("source", {})
        name = source.get("path", f"asset.{digest}")
        place = self._locate(name)
        if place is None:
            label = self.scrub(str(entry.get("displayName", "unknown")))
            kind = str(source.get("packaging", "file"))
            return Asset(f"<asset:{kind}:{label}>", kind, name)
        if place.is_dir():
            kind, text = "folder", self._folder_text(place)
        else:
            kind = place.suffix.lstrip(".") or "file"
            text = self._file_text(place)
        digest16 = hashlib.sha256(text.encode()).hexdigest()[:16]
        return Asset(f"<asset:{kind}:{digest16}>", kind, name, text)

    def _locate(self, name: str) -> Path | None:
        for place in (self.folder / name, self.folder / "assets" / name):
            if place.exists():
                return place
        return None

    def _folder_text(self, folder: Path) -> str:
        parts = []
        for path in sorted(item for item in folder.rglob("*") if item.is_file()):
            parts.append(f"--- {path.relative_to(folder).as_posix()}\n{self._file_text(path)}")
        return "\n".join(parts)

    def _file_text(self, path: Path) -> str:
        data = path.read_bytes()
        if path.suffix.lstrip(".") not in TEXT_KINDS:
            return f"binary sha256 {hashlib.sha256(data).hexdigest()}"
        text = data.decode("utf-8").replace("\r\n", "\n").rstrip("\n")
        if path.suffix == ".json":
            with contextlib.suppress(ValueError):  # then it is compared as it is
                text = json.dumps(json.loads(text), indent=1, sort_keys=True)
        if path.suffix == ".graphql":
            text = "\n".join(definitions(text).values())
        return self.scrub(text)


@dataclass
class Template:
    """One stack's template, where it is in the assembly and what its ids are called."""

    address: str
    body: Object
    symbols: dict[str, str]
    parent: Template | None = None
    passed: Object = field(default_factory=dict)  # parameter values the parent gives
    children: dict[str, Template] = field(default_factory=dict)  # by logical id

    def section(self, name: str) -> Object:
        """One section of the template, empty if absent."""
        return dict(self.body.get(name) or {})

    def symbol(self, logical_id: str) -> str:
        """What a logical id of this template is called."""
        return self.symbols.get(logical_id, logical_id)

    def name(self, logical_id: str) -> str:
        """A logical id's symbol with its stack's address."""
        return f"{self.address}:{self.symbol(logical_id)}"

    def tree(self) -> Iterator[Template]:
        """This template and all below it."""
        yield self
        for key in sorted(self.children):
            yield from self.children[key].tree()


class Assembly:
    """A cloud assembly: its stacks as a tree of templates."""

    def __init__(self, folder: Path, naming: str = "auto") -> None:
        self.folder = folder
        self.manifest: Object = read_json(folder / "manifest.json")
        self.roots = self._root_artifacts()
        if not self.roots:
            raise AssemblyError(f"{folder}: the manifest has no stack")
        main = next(iter(self.roots))
        self.scrub = self._scrubber(str(self.roots[main]["properties"].get("stackName", main)))
        self.assets = Assets(folder, self.scrub)
        self.paths = {} if naming == "logical-id" else self._construct_paths()
        if naming == "path" and not self.paths:
            raise AssemblyError(f"{folder}: no construct metadata")
        self.naming = "path" if self.paths else "logical-id"
        self.templates: list[Template] = []
        for artifact_id, artifact in self.roots.items():
            address = ROOT if artifact_id == main else f"//{artifact_id}"
            template = self._load(str(artifact["properties"]["templateFile"]), address, None)
            self.templates.extend(template.tree())

    def synthesized_at(self) -> float:
        """When the assembly was made: what meta.json says, or the manifest's time."""
        meta = self.folder / "meta.json"
        if meta.exists():
            return float(read_json(meta)["synthesizedAt"])
        return (self.folder / "manifest.json").stat().st_mtime

    def _scrubber(self, stack_name: str) -> Scrubber:
        """The scrubber for a stack name and the backend hashes that occur in the templates."""
        hashes: set[str] = set()
        for path in self.folder.glob("*.template.json"):
            hashes.update(BACKEND_HASH.findall(path.read_text(encoding="utf-8")))
        return Scrubber(stack_name, hashes)

    def _root_artifacts(self) -> dict[str, Object]:
        stacks = {
            key: artifact
            for key, artifact in sorted(self.manifest.get("artifacts", {}).items())
            if artifact.get("type") == "aws:cloudformation:stack"
        }
        return dict(sorted(stacks.items(), key=lambda item: not AMPLIFY_STACK.match(item[0])))

    def _construct_paths(self) -> dict[str, dict[str, str]]:
        """By template file: logical ids and their construct paths below the stack."""
        entries: Object = {}
        for artifact in self.roots.values():
            entries.update(artifact.get("metadata") or {})
            extra = artifact.get("additionalMetadataFile")
            if extra and (self.folder / extra).exists():
                entries.update(read_json(self.folder / extra))
        stacks: dict[str, str] = {}
        ids: dict[str, str] = {}
        for path, records in entries.items():
            for record in records:
                if record["type"] == "aws:cdk:templateFile":
                    stacks[path] = record["data"]
                elif record["type"] == "aws:cdk:logicalId":
                    ids[path] = record["data"]
        if not stacks:  # older assemblies do not say which template is whose
            return {}
        result: dict[str, dict[str, str]] = {file: {} for file in stacks.values()}
        for path, logical_id in ids.items():
            owner = path.rpartition("/")[0]
            while owner and owner not in stacks:
                owner = owner.rpartition("/")[0]
            if owner:
                result[stacks[owner]][logical_id] = path[len(owner) + 1 :]
        return result

    def _load(self, file: str, address: str, parent: Template | None) -> Template:
        body: Object = read_json(self.folder / file)
        template = Template(address, body, self._symbols(file, body), parent)
        for logical_id, resource in template.section("Resources").items():
            if resource.get("Type") != NESTED_STACK:
                continue
            child_file = self._nested_file(resource)
            if child_file is None:
                continue
            symbol = template.symbol(logical_id)
            child_address = symbol if address == ROOT else f"{address}/{symbol}"
            child = self._load(child_file, child_address, template)
            child.passed = dict(resource.get("Properties", {}).get("Parameters") or {})
            template.children[logical_id] = child
        return template

    def _nested_file(self, resource: Object) -> str | None:
        match = ASSET_HASH.search(dumps(resource.get("Properties", {}).get("TemplateURL")))
        file = self.assets.path_of(match.group(1)) if match else None
        return file or resource.get("Metadata", {}).get("aws:asset:path")

    def _symbols(self, file: str, body: Object) -> dict[str, str]:
        """Symbols for every logical id of a template, each used once in its section."""
        paths = self.paths.get(file, {})
        symbols: dict[str, str] = {}
        roles = self._scheduler_roles(paths, body)
        for section in ("Resources", "Outputs", "Parameters", "Conditions", "Mappings"):
            contents: Object = body.get(section) or {}
            short = {
                key: SCHEDULER_ROLE.sub(
                    lambda match: roles.get(match.group(1), match.group()),
                    self._short(key, paths.get(key)),
                )
                for key in contents
            }
            uses = Counter(short.values())
            twins: Counter[str] = Counter()
            for key in sorted(contents, key=lambda key: (paths.get(key, ""), dumps(contents[key]))):
                symbol = short[key]
                if uses[symbol] > 1 and key in paths:
                    symbol = self.scrub(paths[key])
                twins[symbol] += 1
                symbols[key] = symbol if twins[symbol] == 1 else f"{symbol}#{twins[symbol]}"
        return symbols

    def _scheduler_roles(self, paths: dict[str, str], body: Object) -> dict[str, str]:
        """What the roles of schedules are called: by the hash in their id, with their target."""
        roles: dict[str, str] = {}
        for resource in (body.get("Resources") or {}).values():
            if resource.get("Type") != "AWS::Scheduler::Schedule":
                continue
            target = resource["Properties"].get("Target", {})
            ends = [json.dumps(target.get(key)) for key in ("RoleArn", "Arn")]
            ids = [re.search(r'"(?:Ref|Fn::GetAtt)": \[?"([^"]+)"', end) for end in ends]
            if ids[0] and ids[1]:
                role, function = ids[0].group(1), ids[1].group(1)
                match = SCHEDULER_ROLE.search(paths.get(role, role))
                if match:
                    name = self._short(function, paths.get(function))
                    roles[match.group(1)] = f"SchedulerRoleForTarget({name})"
        return roles

    def _short(self, logical_id: str, path: str | None) -> str:
        if path is None:
            return NESTED_ID.sub(r"\1", self.scrub.logical_id(logical_id)) or logical_id
        text = NESTED_PATH.sub(r"\1", self.scrub(path))
        while text.endswith(("/Resource", "/Default")):
            text = text.rpartition("/")[0]
        return text


# --- canonical form ----------------------------------------------------------
def _inline(code: Json) -> Json:
    """Code that stands in a template; what is longer than a glance is named by its content."""
    text = code.get("ZipFile") if isinstance(code, dict) else None
    if not isinstance(text, str) or len(text) <= LONGEST_INLINE_CODE:
        return code
    return {"ZipFile": f"<inline:{hashlib.sha256(text.encode()).hexdigest()[:16]}>"}


def tidy(value: Json) -> Json:
    """Policy statements, actions and resources in one order; no backend's name in tags."""
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: TAGS.get(key, tidy(item)) for key, item in value.items()}
    for key, item in (("Key", "Value"), ("key", "value")):
        name = result.get(key)
        if isinstance(name, str) and name in TAGS and item in result:
            result[item] = TAGS[name]
    statements = result.get("Statement")
    if isinstance(statements, list):
        for statement in statements:
            if not isinstance(statement, dict):
                continue
            for key in ("Action", "NotAction", "Resource", "NotResource"):
                if isinstance(statement.get(key), list):
                    statement[key] = sorted(statement[key], key=dumps)
        result["Statement"] = sorted(statements, key=dumps)
    return result


class Canonicalizer:
    """Turns the templates of an assembly into the canonical form."""

    def __init__(self, assembly: Assembly, ids: bool = False) -> None:
        self.assembly = assembly
        self.scrub = assembly.scrub
        self.assets = assembly.assets
        self.ids = ids
        self.hashed_ids: dict[str, str] = {}
        for template in assembly.templates:
            for logical_id in template.section("Resources"):
                if ID_HASH.search(logical_id):
                    self.hashed_ids.setdefault(logical_id, template.name(logical_id))
        self.plumbing = self._plumbing_outputs()
        self.code: Object = {}
        self.noise: Object = {}

    def run(self) -> Object:
        """The canonical form of the whole assembly."""
        stacks = {template.address: self._stack(template) for template in self.assembly.templates}
        for artifact_id, artifact in self.assembly.roots.items():
            address = ROOT if stacks.get(f"//{artifact_id}") is None else f"//{artifact_id}"
            stacks[address]["manifest"] = self._manifest(artifact)
        return {
            "naming": self.assembly.naming,
            "stacks": stacks,
            "assets": sorted(self.assets.used),
            "code": self.code,
            "noise": self.noise,
        }

    # -- stacks and resources

    def _plumbing_outputs(self) -> set[tuple[str, str]]:
        """Outputs of nested stacks that some template reads: (address, output)."""
        found: set[tuple[str, str]] = set()

        def visit(template: Template, value: Json) -> None:
            if isinstance(value, dict):
                target = value.get("Fn::GetAtt")
                if isinstance(target, list) and len(target) == 2 and isinstance(target[1], str):
                    child = template.children.get(target[0])
                    if child and target[1].startswith("Outputs."):
                        found.add((child.address, target[1].removeprefix("Outputs.")))
                for item in value.values():
                    visit(template, item)
            elif isinstance(value, list):
                for item in value:
                    visit(template, item)

        for template in self.assembly.templates:
            visit(template, template.body)
        return found

    def _manifest(self, artifact: Object) -> Object:
        properties = artifact.get("properties", {})
        return {
            "tags": tidy(properties.get("tags") or {}),
            "environment": artifact.get("environment"),
            "terminationProtection": properties.get("terminationProtection", False),
        }

    def _stack(self, template: Template) -> Object:
        resources = {
            template.symbol(key): self._resource(template, key, value)
            for key, value in template.section("Resources").items()
            if value.get("Type") != "AWS::CDK::Metadata"
        }
        stack: Object = {"resources": dict(sorted(resources.items()))}
        stack["outputs"] = {
            template.symbol(key): self.canonical(value, template)
            for key, value in sorted(template.section("Outputs").items())
            if (template.address, key) not in self.plumbing
        }
        stack["parameters"] = {
            template.symbol(key): self.canonical(value, template)
            for key, value in sorted(template.section("Parameters").items())
            if key not in template.passed
        }
        for section in ("Conditions", "Mappings", "Rules"):
            contents = {
                template.symbol(key): self.canonical(value, template)
                for key, value in sorted(template.section(section).items())
                if key != "CDKMetadataAvailable"
            }
            if contents:
                stack[section.lower()] = contents
        if template.body.get("Transform"):
            stack["transform"] = template.body["Transform"]
        stack["description"] = self._description(template)
        stack["metadata"] = self._template_metadata(template)
        return stack

    def _description(self, template: Template) -> Json:
        text = template.body.get("Description")
        value = self.canonical(text, template)
        if isinstance(value, dict) and isinstance(value.get("$json"), dict):
            record = value["$json"]
            apart = {key: record.pop(key) for key in ("createdOn", "createdWith") if key in record}
            if apart:
                self.noise[template.address] = apart
        return value

    def _template_metadata(self, template: Template) -> Object:
        metadata: Object = self.canonical(template.section("Metadata"), template)
        for entry in metadata.values():
            if isinstance(entry, dict) and isinstance(entry.get("stackOutputs"), list):
                entry["stackOutputs"] = sorted(entry["stackOutputs"])
        return metadata

    def _resource(self, template: Template, logical_id: str, resource: Object) -> Object:
        kind = str(resource.get("Type"))
        properties = dict(resource.get("Properties") or {})
        if logical_id in template.children:
            properties.pop("Parameters", None)
            properties["TemplateURL"] = f"<stack:{template.children[logical_id].address}>"
        self._set_code_apart(template, logical_id, kind, properties)
        result: Object = {"Type": kind}
        if self.ids:
            result["LogicalId"] = self.scrub(logical_id)
        canonical = tidy(self.canonical(properties, template))
        self._set_identity_apart(kind, canonical)
        if canonical:
            result["Properties"] = canonical
        depends = resource.get("DependsOn", [])
        if depends:
            names = [depends] if isinstance(depends, str) else depends
            result["DependsOn"] = sorted(template.name(name) for name in names)
        if "Condition" in resource:
            result["Condition"] = template.symbol(resource["Condition"])
        for key in ("DeletionPolicy", "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy"):
            if key in resource:
                result[key] = self.canonical(resource[key], template)
        metadata = {
            key: self.canonical(value, template)
            for key, value in (resource.get("Metadata") or {}).items()
            if not key.startswith(MACHINE_METADATA)
        }
        if metadata:
            result["Metadata"] = metadata
        return result

    def _set_code_apart(
        self, template: Template, logical_id: str, kind: str, properties: Object
    ) -> None:
        apart: Object = {}
        for key in CODE_PROPERTIES.get(kind, ()):
            if key not in properties:
                continue
            value = properties.pop(key)
            if key in ("Code", "Content"):
                match = ASSET_HASH.search(str(value.get("S3Key", "")))
                value = self.assets.code(match.group(1)) if match else _inline(value)
            apart[key] = self.canonical(value, template)
        environment = properties.get("Environment")
        if isinstance(environment, dict) and isinstance(environment.get("Variables"), dict):
            variables = dict(environment["Variables"])
            moved = {key: variables.pop(key) for key in LANGUAGE_VARIABLES & variables.keys()}
            if moved:
                apart["Environment"] = moved
                properties.pop("Environment")
                if variables:
                    properties["Environment"] = {"Variables": variables}
        if apart:
            self.code[template.name(logical_id)] = apart

    def _set_identity_apart(self, kind: str, properties: Object) -> None:
        """Replace the backend's own names and times where they stand alone."""
        replace: dict[str, str] = {}
        if kind == "Custom::AmplifySecretFetcherResource":
            replace = {"namespace": "<namespace>", "name": "<name>", "secretLastUpdated": "<time>"}
        elif kind == "Custom::AmplifyBranchLinkerResource":
            replace = {"appId": "<namespace>", "branchName": "<name>"}
        elif kind == "AWS::AppSync::ApiKey" and isinstance(properties.get("Expires"), int | float):
            age = float(properties["Expires"]) - self.assembly.synthesized_at()
            replace = {"Expires": f"<synthesis+{round(age / SECONDS_PER_DAY)}d>"}
        for key, word in replace.items():
            if key in properties:
                properties[key] = word

    # -- expressions

    def canonical(self, value: Json, template: Template) -> Json:
        """A value of a template with references resolved and names made stable."""
        if isinstance(value, str):
            return self._text([value], template)
        if isinstance(value, list):
            return [self.canonical(item, template) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (key, argument), *_ = value.items()
            intrinsic = self._intrinsics.get(key)
            if intrinsic is not None and (key != "Condition" or isinstance(argument, str)):
                return intrinsic(self, argument, template)
        return {self.scrub(key): self.canonical(item, template) for key, item in value.items()}

    def _ref(self, name: str, template: Template) -> Json:
        if name.startswith("AWS::"):
            return {"Ref": name}
        if name in template.section("Resources"):
            return {"Ref": template.name(name)}
        if name in template.passed and template.parent is not None:
            return self.canonical(template.passed[name], template.parent)
        return {"Ref": f"{template.address}:parameter/{template.symbol(name)}"}

    def _get_att(self, argument: Json, template: Template) -> Json:
        target = argument.split(".", 1) if isinstance(argument, str) else list(argument)
        logical_id, attribute = target[0], target[1]
        child = template.children.get(logical_id)
        if child and isinstance(attribute, str) and attribute.startswith("Outputs."):
            output = child.section("Outputs").get(attribute.removeprefix("Outputs."))
            if output is not None:
                return self.canonical(output["Value"], child)
        return {"Fn::GetAtt": [template.name(logical_id), self.canonical(attribute, template)]}

    def _sub(self, argument: Json, template: Template) -> Json:
        text, values = (argument, {}) if isinstance(argument, str) else argument
        parts: list[Json] = []
        end = 0
        for match in SUB_REFERENCE.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            literal, name = match.groups()
            if literal:
                parts.append(f"${{{name}}}")
            elif name in values:
                parts.append(values[name])
            elif "." in name and not name.startswith("AWS::"):
                parts.append({"Fn::GetAtt": name})
            else:
                parts.append({"Ref": name})
        parts.append(text[end:])
        return self._text(parts, template)

    def _join(self, argument: Json, template: Template) -> Json:
        delimiter, parts = argument
        if not isinstance(parts, list):
            return {"Fn::Join": [delimiter, self.canonical(parts, template)]}
        if delimiter == "":
            return self._text(parts, template)
        return {"Fn::Join": [delimiter, [self.canonical(part, template) for part in parts]]}

    def _if(self, argument: Json, template: Template) -> Json:
        condition, yes, no = argument
        branches = [self.canonical(yes, template), self.canonical(no, template)]
        return {"Fn::If": [template.symbol(condition), *branches]}

    def _condition(self, argument: Json, template: Template) -> Json:
        return {"Condition": template.symbol(argument)}

    def _find_in_map(self, argument: Json, template: Template) -> Json:
        name, *keys = argument
        head = template.symbol(name) if isinstance(name, str) else self.canonical(name, template)
        return {"Fn::FindInMap": [head, *(self.canonical(key, template) for key in keys)]}

    _intrinsics: Mapping[str, Callable[[Canonicalizer, Json, Template], Json]] = {
        "Ref": _ref,
        "Fn::GetAtt": _get_att,
        "Fn::Sub": _sub,
        "Fn::Join": _join,
        "Fn::If": _if,
        "Condition": _condition,
        "Fn::FindInMap": _find_in_map,
    }

    # -- texts

    def _text(self, parts: Sequence[Json], template: Template) -> Json:
        """The concatenation of texts and expressions, as simple as it gets."""
        flat: list[Json] = []
        for part in parts:
            items = [part] if isinstance(part, str) else self._unjoin(part, template)
            for item in items:
                if isinstance(item, str) and flat and isinstance(flat[-1], str):
                    flat[-1] += item
                elif item != "":
                    flat.append(item)
        if not flat:
            return ""
        if len(flat) == 1 and isinstance(flat[0], str):
            alone = self._own_id(flat[0], template)
            if alone is not None:
                return alone
        flat = [self._plain(item) if isinstance(item, str) else item for item in flat]
        parsed = self._as_json(flat)
        if parsed is not None:
            return {"$json": parsed}
        return flat[0] if len(flat) == 1 else {"Fn::Join": ["", flat]}

    def _unjoin(self, part: Json, template: Template) -> list[Json]:
        value = self.canonical(part, template)
        if isinstance(value, dict) and "Fn::Join" in value and value["Fn::Join"][0] == "":
            inner = value["Fn::Join"][1]
            if isinstance(inner, list):
                return inner
        if isinstance(value, dict) and "$json" in value:
            return [dumps(value["$json"])]
        return [value]

    def _own_id(self, text: str, template: Template) -> str | None:
        """CDK names some things like their logical id: policies, for one."""
        if text in template.section("Resources") and ID_HASH.search(text):
            return f"<id:{template.name(text)}>"
        name = self.hashed_ids.get(text)
        return f"<id:{name}>" if name else None

    def _plain(self, text: str) -> str:
        text = ASSET_HASH.sub(lambda match: self.assets.named(match.group(1)).symbol, text)
        return self.scrub(text)

    def _as_json(self, parts: Sequence[Json]) -> Json | None:
        """The value of a JSON text with expressions in it, or None."""
        first = parts[0].lstrip() if isinstance(parts[0], str) else ""
        if not first.startswith(("{", "[")):
            return None
        holes = [part for part in parts if not isinstance(part, str)]
        marks = iter(range(len(holes)))
        text = "".join(p if isinstance(p, str) else f"\ue000{next(marks)}\ue001" for p in parts)
        try:
            value = json.loads(text)
        except ValueError:
            return None
        return self._fill(value, holes) if isinstance(value, dict | list) else None

    def _fill(self, value: Json, holes: Sequence[Json]) -> Json:
        if isinstance(value, list):
            return [self._fill(item, holes) for item in value]
        if isinstance(value, dict):
            return {
                self._fill_key(key, holes): self._fill(item, holes) for key, item in value.items()
            }
        if not isinstance(value, str) or "\ue000" not in value:
            return value
        pieces = re.split("\ue000([0-9]+)\ue001", value)
        parts = [holes[int(p)] if i % 2 else p for i, p in enumerate(pieces)]
        parts = [part for part in parts if part != ""]
        return parts[0] if len(parts) == 1 else {"Fn::Join": ["", parts]}

    @staticmethod
    def _fill_key(key: str, holes: Sequence[Json]) -> str:
        return re.sub("\ue000([0-9]+)\ue001", lambda m: f"${{{dumps(holes[int(m[1])])}}}", key)


@dataclass(frozen=True)
class Normalized:
    """A canonical form with the assets it names."""

    form: Object
    assets: Mapping[str, Asset]


def normalize(folder: Path, naming: str = "auto", ids: bool = False) -> Normalized:
    """The canonical form of the assembly in a folder."""
    assembly = Assembly(folder, naming)
    form = Canonicalizer(assembly, ids).run()
    return Normalized(form, dict(assembly.assets.used))


# --- comparison --------------------------------------------------------------


def short(value: Json, limit: int = 200) -> str:
    """A value as one line."""
    text = dumps(value)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def differences(expected: Json, actual: Json, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Where two values differ: path, expected and actual as short texts."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key in sorted(expected.keys() | actual.keys()):
            place = f"{path}.{key}" if path else key
            if key not in actual:
                yield place, short(expected[key]), "(absent)"
            elif key not in expected:
                yield place, "(absent)", short(actual[key])
            else:
                yield from differences(expected[key], actual[key], place)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (left, right) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(left, right, f"{path}[{index}]")
    elif expected != actual or type(expected) is not type(actual):
        yield path, short(expected), short(actual)


class Report:
    """Collects the lines of a comparison and counts what differs."""

    def __init__(self, expected: Normalized, actual: Normalized) -> None:
        self.expected = expected
        self.actual = actual
        self.lines: list[str] = []
        self.count = 0

    def run(self, count_code: bool) -> None:
        """Compare everything."""
        left, right = self.expected.form["stacks"], self.actual.form["stacks"]
        for address in sorted(left.keys() | right.keys()):
            if address not in right:
                self._note(f"stack {address}: missing")
            elif address not in left:
                self._note(f"stack {address}: extra")
            else:
                self._stack(address, left[address], right[address])
        self._apart("code", count_code)
        self._apart("noise", False)

    def _note(self, line: str) -> None:
        self.lines.append(line)
        self.count += 1

    def _stack(self, address: str, left: Object, right: Object) -> None:
        start = len(self.lines)
        self._resources(address, left["resources"], right["resources"])
        for section in sorted((left.keys() | right.keys()) - {"resources"}):
            for place, old, new in differences(left.get(section, {}), right.get(section, {})):
                label = f"{section}.{place}" if place else section
                self._note(f"  ~ {label}: {old} != {new}")
        if len(self.lines) > start:
            self.lines.insert(start, f"stack {address}")

    def _resources(self, address: str, left: Object, right: Object) -> None:
        missing = sorted(left.keys() - right.keys())
        extra = sorted(right.keys() - left.keys())
        for old, new in self._renamed(address, left, right, missing, extra):
            missing.remove(old)
            extra.remove(new)
            self._note(f"  ~ renamed {old} -> {new} ({left[old]['Type']})")
        for symbol in missing:
            self._note(f"  - missing {symbol} ({left[symbol]['Type']})")
        for symbol in extra:
            self._note(f"  + extra {symbol} ({right[symbol]['Type']})")
        for symbol in sorted(left.keys() & right.keys()):
            found = list(differences(left[symbol], right[symbol]))
            if not found:
                continue
            self.lines.append(f"  ~ differs {symbol} ({left[symbol]['Type']})")
            for place, old, new in found:
                self._note(f"      {place}: {old} != {new}")
                self.lines.extend(self._asset_lines(old, new))

    @staticmethod
    def _renamed(
        address: str, left: Object, right: Object, missing: Sequence[str], extra: Sequence[str]
    ) -> list[tuple[str, str]]:
        """Pairs of a missing and an extra resource that are alike but for their name."""

        def body(symbol: str, resource: Object) -> str:
            return dumps(resource).replace(f"{address}:{symbol}", "<self>")

        by_body: dict[str, list[str]] = {}
        for symbol in extra:
            by_body.setdefault(body(symbol, right[symbol]), []).append(symbol)
        pairs = []
        for symbol in missing:
            twins = by_body.get(body(symbol, left[symbol]))
            if twins:
                pairs.append((symbol, twins.pop(0)))
        return pairs

    def _asset_lines(self, old: str, new: str) -> Iterable[str]:
        """The difference between the texts of two assets that two values name."""
        pattern = re.compile(r"<asset:[^>]+>")
        before, after = pattern.search(old), pattern.search(new)
        if not before or not after or before.group() == after.group():
            return
        left = self.expected.assets.get(before.group())
        right = self.actual.assets.get(after.group())
        if left is None or right is None or left.text is None or right.text is None:
            return
        lines = difflib.unified_diff(
            left.text.splitlines(), right.text.splitlines(), "expected", "actual", "", "", 1, ""
        )
        for index, line in enumerate(lines):
            if index == 30:
                yield "        …"
                return
            yield f"        {line}"

    def _apart(self, section: str, counted: bool) -> None:
        left, right = self.expected.form[section], self.actual.form[section]
        found = list(differences(left, right))
        if not found:
            return
        self.lines.append(f"{section}{'' if counted else ' (listed apart, not counted)'}")
        for place, old, new in found:
            self.lines.append(f"  ~ {place}: {old} != {new}")
        if counted:
            self.count += len(found)


def compare(
    expected: Path, actual: Path, naming: str = "auto", ids: bool = False, code: bool = False
) -> Report:
    """Compare two assemblies; both get the same kind of names."""
    left, right = normalize(expected, naming, ids), normalize(actual, naming, ids)
    if left.form["naming"] != right.form["naming"]:
        left = normalize(expected, "logical-id", ids)
        right = normalize(actual, "logical-id", ids)
    report = Report(left, right)
    report.run(code)
    return report


# --- command line ------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """The command line's parser; the word `diff` first asks for a comparison."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--naming",
        choices=("auto", "path", "logical-id"),
        default="auto",
        help="name resources by construct path or by logical id (default: path where known)",
    )
    common.add_argument("--ids", action="store_true", help="keep and compare logical ids, too")
    result = argparse.ArgumentParser(
        prog="normalize.py",
        description="Canonical form and comparison of cloud assemblies of Amplify backends.",
        epilog="`normalize.py DIR` is short for `normalize.py print DIR`.",
    )
    commands = result.add_subparsers(dest="command", required=True)
    show = commands.add_parser("print", parents=[common], help="print the canonical JSON")
    show.add_argument("folder", type=Path)
    show.add_argument("--text", action="store_true", help="with the texts of the assets")
    diff = commands.add_parser("diff", parents=[common], help="compare two assemblies")
    diff.add_argument("expected", type=Path)
    diff.add_argument("actual", type=Path)
    diff.add_argument("--code", action="store_true", help="count differences of code, too")
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: 0 if equal or printed, 1 on differences, 2 on errors."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in ("print", "diff", "-h", "--help"):
        words.insert(0, "print")
    options = parser().parse_args(words)
    try:
        if options.command == "diff":
            report = compare(
                options.expected, options.actual, options.naming, options.ids, options.code
            )
            for _line in report.lines:
                pass
            return 1 if report.count else 0
        result = normalize(options.folder, options.naming, options.ids)
        form = dict(result.form)
        if options.text:
            form["assets"] = {symbol: asset.text for symbol, asset in sorted(result.assets.items())}
    except AssemblyError:
        return 2
    except BrokenPipeError:  # the reader of the output has seen enough
        sys.stderr.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
