// What of the CDK is needed and done otherwise, and whether it is the code that we know.
"use strict";

const crypto = require("node:crypto");

// The hashes of code that is done otherwise, by the names of methods where only one is meant. Other
// code is left alone: it may mean something else.
const CODE = {
  _prepareTemplateAsset: "845b466c5d19",
  addAsset: "a660f50e0190",
  addObjectExtension: "1b8fb0b7d75e",
  allocateLogicalId: "fb7bf056c4b2",
  findTokens: "e66c0144110d",
  provide: "1eb7ff7ed6e1",
  resource: "5e2a53fab091",
  resolveString: "6ac5d5408044",
  resolveToken: "a49c74240aeb",
  stack: "d6dd541012e4",
};

// Classes and functions by their names.
const cdk = {};

const known = new Set();
const unknown = new Set(); // of another copy of the CDK, for one
const looked = new WeakSet();

function keep(found) {
  for (const [name, value] of Object.entries(found)) if (value) cdk[name] = value;
}

function recognize(code) {
  for (const [name, written] of Object.entries(code)) {
    if (!written || written.isWrapped || looked.has(written)) continue;
    looked.add(written);
    const hash = crypto.createHash("sha256").update(`${written}`).digest("hex");
    if (hash.startsWith(CODE[name])) known.add(name);
    else unknown.add(name);
  }
}

function isKnown(...names) {
  return names.every((name) => known.has(name) && !unknown.has(name));
}

function wrapOnce(Class, name, wrapped) {
  const prototype = Class?.prototype;
  if (typeof prototype?.[name] !== "function" || prototype[name].isWrapped) return;
  prototype[name] = Object.assign(wrapped(prototype[name]), { isWrapped: true });
}

function wrapKnown(Class, name, wrapped) {
  recognize({ [name]: Class?.prototype[name] });
  if (isKnown(name)) wrapOnce(Class, name, wrapped);
}

module.exports = { CODE, cdk, isKnown, keep, recognize, wrapKnown, wrapOnce };
