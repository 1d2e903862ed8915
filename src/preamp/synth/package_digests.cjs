// Loaded into the CDK's Node process before anything else: remembers the hashes of libraries' files.
//
// jsii finds what it has unpacked of a library by the hash of the library's file, which it makes anew
// in each process: of 130 MB, with the CDK and Amplify's GraphQL construct. Here a hash is made once
// for as long as the system says that the file is the same one, unchanged.
"use strict";

const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { isMainThread } = require("node:worker_threads");

const MEMORY = process.env.PREAMP_KERNEL_DIGESTS;
const LIBRARY = ".tgz";

const { closeSync, fstatSync, openSync, readSync } = fs;
const { createHash } = crypto;

if (isMainThread && MEMORY && path.basename(process.argv[1] ?? "") === "program.js") {
  delete process.env.PREAMP_KERNEL_DIGESTS;
  rememberDigests(readMemory());
}

function readMemory() {
  try {
    return JSON.parse(fs.readFileSync(MEMORY, "utf8"));
  } catch {
    return {};
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
    write(file, { stamp, digests: { ...digests, [key]: made.toString("hex") } });
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

function write(file, entry) {
  const draft = `${MEMORY}.${process.pid}`;
  const others = Object.entries(readMemory()).filter(([other]) => fs.existsSync(other));
  try {
    fs.writeFileSync(draft, JSON.stringify({ ...Object.fromEntries(others), [file]: entry }));
    fs.renameSync(draft, MEMORY);
  } catch {
    // it is made anew the next time
  }
}
