// Loaded into the CDK's Node process before anything else, which serves one run after the other.
//
// - It notes which files of the project the CDK reads, so that only a change of what was read leads
//   to another synthesis; and whether it runs programs, whose reads it cannot see. Notes are lines of
//   JSON in a file whose first line tells the runs apart.
// - It has the CDK warn of what is deprecated once in each run, not once in each process.
"use strict";

const programs = require("node:child_process");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { isMainThread } = require("node:worker_threads");

const NOTES = Number(process.env.PREAMP_KERNEL_NOTES);
const PROJECT = process.env.PREAMP_KERNEL_PROJECT;
const WARNINGS = /(^|[\\/])\.warnings\.jsii(\.js)?$/;
const HEADER = 16;

const { readSync, writeSync } = fs;

// Node loads this into its helpers too; only jsii's own program is meant.
if (isMainThread && PROJECT && path.basename(process.argv[1] ?? "") === "program.js") {
  delete process.env.PREAMP_KERNEL_NOTES;
  delete process.env.PREAMP_KERNEL_PROJECT;
  noteReads();
  notePrograms();
  warnAnewInEachRun();
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

function warnAnewInEachRun() {
  const load = Module._load;
  Module._load = function (request, ...rest) {
    const loading = () => load.call(this, request, ...rest);
    return WARNINGS.test(request) ? warningAnew(loading) : loading();
  };
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
