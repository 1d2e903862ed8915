// Loaded into the CDK's Node process before anything else, which serves one run after the other.
//
// - It notes which files of the project the CDK reads, so that only a change of what was read leads
//   to another synthesis; and whether it runs programs, whose reads it cannot see. Notes are lines of
//   JSON in a file whose first line tells the runs apart.
// - It has the CDK warn of what is deprecated once in each run, not once in each process.
// - It keeps fingerprints of assets in memory. The CDK's own cache of them is a file for each folder,
//   read and written anew for each asset, which costs more than it saves.
// - The template of a nested stack is made for its hash, and then again to be written; here it is made
//   once, unless stacks came to refer to each other in between.
"use strict";

const programs = require("node:child_process");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { isMainThread } = require("node:worker_threads");

const NOTES = Number(process.env.PREAMP_KERNEL_NOTES);
const PROJECT = process.env.PREAMP_KERNEL_PROJECT;
const FINGERPRINTS = /(^|[\\/])fingerprint-disk-cache(\.js)?$/;
const NESTED_STACK = /(^|[\\/])nested-stack(\.js)?$/;
const REFERENCE = /(^|[\\/])cfn-reference(\.js)?$/;
const WARNINGS = /(^|[\\/])\.warnings\.jsii(\.js)?$/;
const HEADER = 16;

const { readSync, writeSync } = fs;

// Node loads this into its helpers too; only jsii's own program is meant.
if (isMainThread && PROJECT && path.basename(process.argv[1] ?? "") === "program.js") {
  delete process.env.PREAMP_KERNEL_NOTES;
  delete process.env.PREAMP_KERNEL_PROJECT;
  noteReads();
  notePrograms();
  interceptModules();
}

// Tells whether another run has begun since it was asked last.
function runWatch() {
  const header = Buffer.alloc(HEADER);
  let last = "";
  return () => {
    readSync(NOTES, header, 0, HEADER, 0);
    const current = header.toString("latin1");
    const isNew = current !== last;
    last = current;
    return isNew;
  };
}

function noteReads() {
  const places = [PROJECT, fs.realpathSync(PROJECT)];
  const isNewRun = runWatch();
  const noted = new Set();

  const note = (file, isFolder) => {
    if (typeof file !== "string") return;
    const full = path.resolve(file);
    if (!places.some((place) => full === place || full.startsWith(place + path.sep))) return;
    if (isNewRun()) noted.clear();
    const line = `${JSON.stringify([full, isFolder])}\n`;
    if (noted.has(line)) return;
    noted.add(line);
    writeSync(NOTES, line);
  };
  const wrap = (name, reads = () => true) => {
    const original = fs[name];
    fs[name] = function (file, ...rest) {
      if (reads(...rest)) note(file, name === "readdirSync");
      return original.call(this, file, ...rest);
    };
    Object.assign(fs[name], original);
  };
  const isReading = (flags = "r") => flags === "r" || flags === fs.constants.O_RDONLY;
  for (const name of ["readFileSync", "readdirSync", "existsSync", "copyFileSync"]) wrap(name);
  wrap("openSync", isReading);
  // a file that is an asset is opened only where its fingerprint is not known
  wrap("realpathSync");
}

function notePrograms() {
  for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync"]) {
    const original = programs[name];
    programs[name] = function (...given) {
      writeSync(NOTES, '["", false]\n');
      return original.apply(this, given);
    };
  }
}

function interceptModules() {
  const load = Module._load;
  Module._load = function (request, ...rest) {
    if (FINGERPRINTS.test(request)) return { FingerprintDiskCache: Fingerprints };
    if (WARNINGS.test(request)) return warningAnew(() => load.call(this, request, ...rest));
    const loaded = load.call(this, request, ...rest);
    if (REFERENCE.test(request)) countReferences(loaded.CfnReference);
    if (NESTED_STACK.test(request)) keepTemplates(loaded.NestedStack);
    return loaded;
  };
}

// How often a stack came to refer to what is in another.
let references = 0;

function countReferences(CfnReference) {
  wrapOnce(CfnReference, "assignValueForConsumingStack", (assign) => function (...given) {
    references += 1;
    return assign.apply(this, given);
  });
}

function keepTemplates(NestedStack) {
  wrapOnce(NestedStack, "_prepareTemplateAsset", (prepare) => function (...given) {
    const make = this._toCloudFormation;
    let template;
    this._toCloudFormation = () => (template = make.call(this));
    const done = prepare.apply(this, given);
    const then = references;
    this._toCloudFormation = () => {
      delete this._toCloudFormation;
      return template && references === then ? template : make.call(this);
    };
    return done;
  });
}

function wrapOnce(Class, name, wrapped) {
  const prototype = Class?.prototype;
  if (typeof prototype?.[name] !== "function" || prototype[name].isWrapped) return;
  prototype[name] = Object.assign(wrapped(prototype[name]), { isWrapped: true });
}

// The module remembers in a set of names, the first it makes, what it has warned of.
function warningAnew(loadWarnings) {
  const Original = globalThis.Set;
  const made = [];
  globalThis.Set = class extends Original {
    constructor(...given) {
      super(...given);
      made.push(this);
    }
  };
  try {
    return loadWarnings();
  } finally {
    globalThis.Set = Original;
    if (made.length > 0) forgetWithRun(made[0]);
  }
}

function forgetWithRun(warned) {
  const isNewRun = runWatch();
  warned.has = (name) => {
    if (typeof name === "string" && isNewRun()) warned.clear();
    return Set.prototype.has.call(warned, name);
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
