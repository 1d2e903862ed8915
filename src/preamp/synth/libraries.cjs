// Loaded into the CDK's Node process before anything else: spares it work with libraries that the
// last process did.
//
// - jsii finds what it has unpacked of a library by the hash of the library's file, which it makes
//   anew in each process: of 130 MB, with the CDK and Amplify's GraphQL construct. Here a hash is made
//   once for as long as the system says that the file is the same one, unchanged.
// - Libraries lie where they lay in the last process, so that Node finds what it compiled of them; and
//   which file each of their modules means by a name is remembered, too.
// - What assets take from libraries, such as the 15 MB of AWS's command line, is linked into the
//   assembly instead of copied; so are the templates that Amplify's construct writes for its resolvers,
//   beside the libraries. It would leave a folder of them behind for each synthesis.
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { isMainThread } = require("node:worker_threads");

const FOLDER = process.env.PREAMP_KERNEL_LIBRARIES;
const DIGESTS = "digests.json";
const MODULES = "modules.json";
const PLACES = "places";
const PLACES_MOST = 8;
const LIBRARY = ".tgz";
const KERNEL = "jsii-kernel-";
const TEMPLATES = "transformer-assets-";
const LINKED = [`${path.sep}node_modules${path.sep}`, `${path.sep}${TEMPLATES}`];

const { closeSync, copyFileSync, fstatSync, mkdtempSync, openSync, readSync } = fs;
const { createHash } = crypto;

if (isMainThread && FOLDER && path.basename(process.argv[1] ?? "") === "program.js") {
  delete process.env.PREAMP_KERNEL_LIBRARIES;
  rememberDigests(recall(DIGESTS));
  stayInPlace(path.join(FOLDER, PLACES));
  linkLibraries();
}

function recall(name) {
  try {
    return JSON.parse(fs.readFileSync(path.join(FOLDER, name), "utf8"));
  } catch {
    return {};
  }
}

// What is known of files and folders, by their paths; of what is gone nothing is kept.
function remember(name, known) {
  const file = path.join(FOLDER, name);
  const draft = `${file}.${process.pid}`;
  const all = Object.entries({ ...recall(name), ...known });
  const there = all.filter(([place]) => fs.existsSync(place));
  try {
    fs.writeFileSync(draft, JSON.stringify(Object.fromEntries(there)));
    fs.renameSync(draft, file);
  } catch {
    // it is found out anew the next time
  }
}

// jsii makes a hash, opens the file, and reads it into the hash.
function rememberDigests(known) {
  const finished = new Set(); // descriptors that read as if they were at the file's end
  const seen = new Set();
  let latest;

  crypto.createHash = function (...given) {
    latest = createHash.apply(this, given);
    return latest;
  };
  fs.openSync = function (file, ...rest) {
    const descriptor = openSync.call(this, file, ...rest);
    const hash = latest;
    latest = undefined;
    // whoever reads a file for the second time wants its content, to unpack it
    if (hash && typeof file === "string" && file.endsWith(LIBRARY) && !seen.has(file)) {
      seen.add(file);
      const stamp = stampOf(descriptor);
      const entry = known[file]?.stamp === stamp ? known[file] : undefined;
      if (entry) finished.add(descriptor);
      follow(hash, { file, stamp, digests: entry?.digests ?? {}, isRead: !entry });
    }
    return descriptor;
  };
  fs.readSync = function (descriptor, ...rest) {
    return finished.has(descriptor) ? 0 : readSync.call(this, descriptor, ...rest);
  };
  fs.closeSync = function (descriptor) {
    finished.delete(descriptor);
    return closeSync.call(this, descriptor);
  };
}

// What comes after the file's content is text; the digest is remembered for that text.
function follow(hash, { file, stamp, digests, isRead }) {
  const { update, digest } = hash;
  const texts = [];
  hash.update = function (data, ...rest) {
    if (typeof data === "string") texts.push(data);
    update.call(hash, data, ...rest);
    return hash;
  };
  hash.digest = function (...given) {
    const key = JSON.stringify(texts);
    if (digests[key] !== undefined) return Buffer.from(digests[key], "hex");
    const made = isRead ? digest.apply(hash, given) : digestOf(file, texts);
    remember(DIGESTS, { [file]: { stamp, digests: { ...digests, [key]: made.toString("hex") } } });
    return made;
  };
}

function digestOf(file, texts) {
  const hash = createHash("sha256").update(fs.readFileSync(file));
  for (const text of texts) hash.update(text);
  return hash.digest();
}

function stampOf(descriptor) {
  const { dev, ino, size, ctimeNs } = fstatSync(descriptor, { bigint: true });
  return [dev, ino, size, ctimeNs].join(" ");
}

// jsii makes a folder of its own for the libraries, and removes it when it ends.
function stayInPlace(places) {
  try {
    fs.mkdirSync(places, { recursive: true });
  } catch {
    return; // a cache that cannot be written to
  }
  let place;
  fs.mkdtempSync = function (prefix, ...rest) {
    if (prefix === path.join(os.tmpdir(), KERNEL)) {
      place = freePlace(places);
      if (place) rememberModules(path.join(place, "node_modules") + path.sep);
      return place ?? mkdtempSync.call(this, prefix, ...rest);
    }
    const isOurs = place && path.basename(prefix).startsWith(TEMPLATES);
    return mkdtempSync.call(this, isOurs ? path.join(place, TEMPLATES) : prefix, ...rest);
  };
  Module.enableCompileCache(path.join(places, "compiled"));
}

function freePlace(places) {
  for (let number = 0; number < PLACES_MOST; number += 1) {
    const place = path.join(places, `${KERNEL}${number}`);
    if (take(place) || (isLeft(place) && take(place))) return place;
  }
  return undefined;
}

function take(place) {
  try {
    fs.mkdirSync(place, { mode: 0o700 });
    fs.writeFileSync(path.join(place, "owner"), JSON.stringify([os.hostname(), process.pid]));
    return true;
  } catch {
    return false;
  }
}

// Whether a process left it behind that is gone; it is taken away then, by one of those who look.
function isLeft(place) {
  try {
    const [host, owner] = JSON.parse(fs.readFileSync(path.join(place, "owner"), "utf8"));
    if (host === os.hostname()) process.kill(owner, 0);
    return false;
  } catch (error) {
    if (error.code !== "ESRCH") return false;
  }
  const away = `${place}.${process.pid}`;
  try {
    fs.renameSync(place, away);
    fs.rmSync(away, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

// A library is a link to what jsii unpacked of it, a folder whose content never changes. So within
// one, a name always means the same file.
function rememberModules(libraries) {
  const known = recall(MODULES);
  const homes = new Map();
  let isGrown = false;

  const homeOf = (module) => {
    const [first, second] = module.slice(libraries.length).split(path.sep, 2);
    const name = first.startsWith("@") ? path.join(first, second ?? "") : first;
    if (!homes.has(name)) homes.set(name, linked(libraries + name));
    const target = homes.get(name);
    return target && { target, folder: libraries + name + path.sep };
  };
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (request, parent, isMain, options) {
    const from = parent?.filename;
    const home = !options && from?.startsWith(libraries) ? homeOf(from) : undefined;
    if (!home) return resolve.call(this, request, parent, isMain, options);
    const key = `${path.dirname(from).slice(home.folder.length)} ${request}`;
    const found = known[home.target]?.[key];
    if (found !== undefined) return home.folder + found;
    const made = resolve.call(this, request, parent, isMain, options);
    if (made.startsWith(home.folder)) {
      (known[home.target] ??= {})[key] = made.slice(home.folder.length);
      isGrown = true;
    }
    return made;
  };
  process.on("exit", () => {
    if (isGrown) remember(MODULES, known);
  });
}

function linked(folder) {
  try {
    return fs.readlinkSync(folder);
  } catch {
    return undefined; // a folder, whose content nobody vouches for
  }
}

function linkLibraries() {
  fs.copyFileSync = function (file, target, ...rest) {
    const isIn = (folder) => typeof file === "string" && file.includes(folder);
    if (isIn(KERNEL) && LINKED.some(isIn)) {
      try {
        fs.linkSync(file, target);
        return;
      } catch {
        // another file system, or one that has no links
      }
    }
    copyFileSync.call(this, file, target, ...rest);
  };
}
