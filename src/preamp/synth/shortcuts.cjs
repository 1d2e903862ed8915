// Loaded into the CDK's Node process before anything else: spares the CDK what it does over and over.
// What it makes stays the same to the byte.
//
// - Fingerprints of assets are kept in memory. The CDK's own cache of them is a file for each folder,
//   read and written anew for each asset, which costs more than it saves.
// - Amplify's construct has a template for each step of each resolver, most of them alike; those that
//   are become one asset, unless the assembly lists all constructs. Their files are written once.
// - The template of a nested stack is made for its hash, and then again to be written; here it is made
//   once, unless stacks came to refer to each other in between.
// - A template is resolved resource by resource, and then as a whole; what was resolved stays as it is.
//   A text that only refers to resources is resolved once for each template.
// - Which stacks refer to each other is read off properties as they are, without resolving them, where
//   these hold nothing but references.
// - A type of a schema gets more fields without a copy of all for each.
// - A logical id is made once, and what is deprecated is looked up once.
//
// Where the CDK is not as we know it, or a value is not of a simple kind, it does as it always does.
"use strict";

const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { isMainThread } = require("node:worker_threads");

const { cdk, keep, recognize, wrapKnown, wrapOnce } = require("./known_cdk.cjs");
const { readReferences, resolveOnce } = require("./resolution.cjs");

const CHANGES = {
  "asset-provider": ({ AssetProvider }) => shareAssets(AssetProvider),
  "cfn-reference": ({ CfnReference }) => countReferences(CfnReference),
  "cfn-resource": ({ CfnResource }) => {
    recognize({ resource: CfnResource?.prototype._toCloudFormation });
    keep({ CfnResource });
  },
  "construct": ({ Node }) => countConstructs(Node),
  "cloudformation-lang": ({ CLOUDFORMATION_TOKEN_RESOLVER: resolver }) => keep({ resolver }),
  "intrinsic": ({ Intrinsic }) => keep({ Intrinsic }),
  "nested-stack": ({ NestedStack }) => keepTemplates(NestedStack),
  "output": ({ TransformerOutput }) => extendAtOnce(TransformerOutput),
  "resolvable": ({ DefaultTokenResolver, StringConcat }) => {
    const { resolveString, resolveToken } = DefaultTokenResolver?.prototype ?? {};
    recognize({ resolveString, resolveToken });
    keep({ StringConcat });
  },
  "resolve": (loaded) => readReferences(loaded),
  "stack": ({ Stack }) => {
    keepLogicalIds(Stack);
    resolveOnce(Stack);
  },
};

const isWanted = !["1", "true", "yes"].includes(process.env.PREAMP_PLAIN_CDK);

if (isWanted && isMainThread && path.basename(process.argv[1] ?? "") === "program.js") {
  interceptModules();
}

function interceptModules() {
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    const name = path.basename(request, ".js");
    if (name === "fingerprint-disk-cache") return { FingerprintDiskCache: Fingerprints };
    const loaded = load.call(this, request, parent, ...rest);
    if (name === ".warnings.jsii") return lookedUpOnce(loaded, request, parent);
    if (loaded && Object.hasOwn(CHANGES, name)) CHANGES[name](loaded);
    return loaded;
  };
}

class Fingerprints {
  static #folders = new Map();
  #known;

  constructor(folder) {
    if (!Fingerprints.#folders.has(folder)) Fingerprints.#folders.set(folder, new Map());
    this.#known = Fingerprints.#folders.get(folder);
  }

  obtain(key, calculate) {
    if (!this.#known.has(key)) this.#known.set(key, calculate());
    return this.#known.get(key);
  }

  save() {}
}

function shareAssets(AssetProvider) {
  const provided = new WeakMap();
  wrapKnown(AssetProvider, "provide", (provide) => function (scope, id, asset) {
    const { fileName, fileContent } = asset;
    if (!provided.has(this)) provided.set(this, isTreeWritten(scope) ? undefined : new Map());
    const known = provided.get(this);
    if (!known || this.isContentsAReference(fileName)) return provide.call(this, scope, id, asset);
    const key = path.extname(fileName) + fileContent;
    if (known.has(key)) this.trackResolverAsset(fileName, fileContent);
    else known.set(key, provide.call(this, scope, id, asset));
    return known.get(key);
  });
  const written = new Map();
  wrapKnown(AssetProvider, "addAsset", (write) => function (fileName, content) {
    if (this.isContentsAReference(fileName)) return write.call(this, fileName, content);
    this.trackResolverAsset(fileName, content);
    const extension = path.extname(fileName);
    const key = extension + content;
    // not by its name: a file that is written to again would change where it is linked, too
    const file = written.get(key) ?? path.join(this.tempAssetDir, `${written.size}${extension}`);
    if (!fs.existsSync(file)) {
      fs.mkdirSync(this.tempAssetDir, { recursive: true });
      fs.writeFileSync(file, content);
    }
    written.set(key, file);
    return file;
  });
}

// Whether the assembly lists all constructs, so that none may be missing.
function isTreeWritten(scope) {
  return scope.node.root._treeMetadata !== false;
}

// How often a stack came to refer to what is in another, and how many constructs there were.
let references = 0;
let constructs = 0;

function countReferences(CfnReference) {
  keep({ CfnReference });
  wrapOnce(CfnReference, "assignValueForStack", (assign) => function (...given) {
    references += 1;
    return assign.apply(this, given);
  });
}

function countConstructs(Node) {
  keep({ Node });
  wrapOnce(Node, "addChild", (add) => function (...given) {
    constructs += 1;
    return add.apply(this, given);
  });
}

function keepTemplates(NestedStack) {
  wrapKnown(NestedStack, "_prepareTemplateAsset", (prepare) => function (...given) {
    if (!isCounting()) return prepare.apply(this, given);
    const make = this._toCloudFormation;
    const before = constructs;
    let template;
    this._toCloudFormation = () => (template = make.call(this));
    const done = prepare.apply(this, given);
    const then = references;
    const isWhole = template && constructs === before;
    this._toCloudFormation = () => {
      delete this._toCloudFormation;
      return isWhole && references === then ? template : make.call(this);
    };
    return done;
  });
}

function isCounting() {
  const { CfnReference, Node } = cdk;
  const counted = [CfnReference?.prototype.assignValueForStack, Node?.prototype.addChild];
  return counted.every((method) => method?.isWrapped);
}

function keepLogicalIds(Stack) {
  const ids = new WeakMap();
  wrapKnown(Stack, "allocateLogicalId", (allocate) => function (element) {
    if (!ids.has(element)) ids.set(element, allocate.call(this, element));
    return ids.get(element);
  });
}

// Amplify's construct copies all fields of a type for each of them, whenever some are added to it.
function extendAtOnce(TransformerOutput) {
  wrapKnown(TransformerOutput, "addObjectExtension", (extend) => function (extension) {
    const name = extension.name.value;
    const fields = this.getObject(name)?.fields ?? [];
    const names = new Set(fields.map((field) => field.name.value));
    const isRefused = (extension.fields ?? []).some((field) => names.has(field.name.value));
    if (fields.length === 0 || isRefused) return extend.call(this, extension);
    this.putType({ ...this.getObject(name), fields: [] });
    extend.call(this, extension);
    const extended = this.getObject(name);
    this.putType({ ...extended, fields: [...fields, ...extended.fields] });
  });
}

// The module looks each name up in a proxy, which is slow, each time that it is asked.
function lookedUpOnce(warnings, request, parent) {
  const module = Module._cache[Module._resolveFilename(request, parent)];
  if (!module || module.isLookedUpOnce) return warnings;
  const keeping = new Proxy({}, {
    get(_, name, found) {
      const value = warnings[name];
      Object.defineProperty(found, name, { value });
      return value;
    },
  });
  return Object.assign(module, { exports: Object.create(keeping), isLookedUpOnce: true }).exports;
}
