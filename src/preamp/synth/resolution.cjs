// Resolves the CDK's templates as the CDK does, with less work.
"use strict";

const { cdk, isKnown, keep, recognize, wrapOnce } = require("./known_cdk.cjs");

const TOKEN = "Token[";
const LIST_TOKEN = "#{Token[";
const NUMBER_TOKEN = "e+289"; // how the CDK writes a number that stands for another
const LARGEST = 1e287; // beyond it are such numbers
const REMEMBERED = 20_000;
const DEEPEST = 100; // what is deeper may be without an end
const SECTIONS = ["Parameters", "Conditions", "Resources", "Outputs"];

module.exports = { readReferences, resolveOnce };

// --- Which stacks refer to each other

function readReferences(loaded) {
  if (!loaded.findTokens || loaded.findTokens.isWrapped) return;
  const { findTokens, resolve, RememberingTokenResolver } = loaded;
  recognize({ findTokens });
  keep({ resolve, RememberingTokenResolver });
  const read = (scope, make) => (isReadable(scope) ? tokensOf(scope) : findTokens(scope, make));
  loaded.findTokens = Object.assign(read, { isWrapped: true });
}

function isReadable(element) {
  const { CfnResource } = cdk;
  if (!isResolved() || !isKnown("findTokens", "resource")) return false;
  return element._toCloudFormation === CfnResource.prototype._toCloudFormation;
}

// Whether the CDK resolves as is known here.
function isResolved() {
  const { CfnReference, Intrinsic, resolve, resolver } = cdk;
  const needed = [CfnReference, Intrinsic, resolve, resolver];
  return needed.every(Boolean) && isKnown("resolveString", "resolveToken");
}

function tokensOf(resource) {
  if (!resource.shouldSynthesize()) return [];
  const { version, description, metadata } = resource.cfnOptions;
  const tokens = new Tokens(resource);
  const where = ["Resources", resource.logicalId];
  resolving(() => {
    resolving(() => tokens.visit(resource.cfnProperties, [...where, "Properties"]));
    tokens.visit(version, [...where, "Version"]);
    tokens.visit(description, [...where, "Description"]);
    resolving(() => tokens.visit(metadata, [...where, "Metadata"]));
    tokens.visit(resource.rawOverrides, where);
  });
  return [...tokens.found];
}

// The tokens in a value that refer to something, and those in what they stand for.
class Tokens {
  found = new Set();

  constructor(scope) {
    this.scope = scope;
  }

  visit(value, where) {
    if (typeof value === "string") this.#text(value, where);
    else if (isPlain(value, where)) this.#items(value, where);
    else if (typeof value?.resolve === "function") this.#token(value, where);
    else if (!isFinal(value)) this.#resolve(value, where);
  }

  #text(text, where) {
    if (isListToken(text)) this.#resolve(text, where);
    else if (mayHoldTokens(text)) for (const token of read(text).tokens) this.#token(token, where);
  }

  #items(items, where) {
    for (const key of Object.keys(items)) {
      where.push(key);
      this.visit(items[key], where);
      where.pop();
    }
  }

  #token(token, where) {
    if (isReference(token) && token.replacementTokens.size === 0) this.found.add(token);
    else if (isIntrinsic(token)) this.visit(token.value, where);
    else this.#resolve(token, where);
  }

  #resolve(value, where) {
    const { resolve, RememberingTokenResolver, StringConcat } = cdk;
    const { scope } = this;
    const resolver = new RememberingTokenResolver(new StringConcat());
    resolve(value, { scope, resolver, preparing: true, prefix: [...where] });
    for (const token of resolver.tokens) this.found.add(token);
  }
}

// --- Templates

// The template that is being made; one stack's may need another's.
let template;

function resolveOnce(Stack) {
  recognize({ stack: Stack?.prototype._toCloudFormation });
  wrapOnce(Stack, "_toCloudFormation", (make) => function (...given) {
    const outer = template;
    template = isKnown("stack") && isResolved() ? new Template(this) : undefined;
    try {
      return make.apply(this, given);
    } finally {
      template = outer;
    }
  });
  wrapOnce(Stack, "resolve", (resolve) => function (value) {
    const made = template?.stack === this ? template.resolved(value) : undefined;
    return made ?? resolve.call(this, value);
  });
}

class Template {
  #texts = new Map();
  #tokens = new Map();
  #done = new WeakSet();

  constructor(stack) {
    this.stack = stack;
  }

  // Undefined if it is not what `Stack` resolves for its template.
  resolved(value) {
    if (typeof value !== "object" || value === null) return undefined;
    if (Object.hasOwn(value, "AWSTemplateFormatVersion")) return this.#whole(value);
    const sections = Object.keys(value);
    return sections.length === 1 && SECTIONS.includes(sections[0])
      ? { [sections[0]]: this.#section(value[sections[0]], sections) }
      : undefined;
  }

  #whole(whole) {
    const sections = SECTIONS.filter((name) => whole[name]);
    const hollow = Object.fromEntries(sections.map((name) => [name, {}]));
    const made = this.#resolve({ ...whole, ...hollow }, []);
    for (const name of sections) {
      for (const [id, item] of Object.entries(whole[name])) {
        const kept = this.#done.has(item) ? item : this.#resolve(item, [name, id]);
        if (kept !== undefined) made[name][id] = kept;
      }
    }
    return made;
  }

  #section(section, where) {
    const made = {};
    for (const id of Object.keys(section)) {
      const item = this.#value(section[id], [...where, id]);
      if (item === undefined) continue;
      made[this.#text(id, where)] = item;
      if (typeof item === "object" && isDone(item)) this.#done.add(item);
    }
    return made;
  }

  #value(value, where) {
    if (typeof value === "string") return this.#text(value, where);
    if (isPlain(value, where)) return this.#items(value, where);
    if (typeof value?.resolve === "function") return this.#token(value, where);
    return isFinal(value) ? value : this.#resolve(value, where);
  }

  #text(text, where) {
    if (isListToken(text)) return this.#resolve(text, where);
    if (!mayHoldTokens(text)) return text;
    const { fragments, isPure } = read(text);
    const join = () => {
      const context = { resolve: (token) => this.#token(token, where) };
      return cdk.resolver.resolveString(fragments, context);
    };
    return isPure ? kept(this.#texts, text, join) : join();
  }

  #token(token, where) {
    const resolve = () => resolving(() => this.#stoodFor(token, where));
    return isPure(token) ? kept(this.#tokens, token, resolve) : resolve();
  }

  #stoodFor(token, where) {
    let processor;
    const context = {
      scope: this.stack,
      preparing: false,
      documentPath: [...where],
      registerPostProcessor: (registered) => (processor = registered),
      resolve: (value, options) => this.#resolve(value, where, options),
    };
    const made = this.#value(token.resolve(context), where);
    return processor ? processor.postProcess(made, context) : made;
  }

  #items(items, where) {
    const isList = Array.isArray(items);
    const made = isList ? [] : {};
    for (const key of Object.keys(items)) {
      where.push(key);
      const item = this.#value(items[key], where);
      where.pop();
      if (item === undefined) continue;
      if (isList) made.push(item);
      else made[key] = item;
    }
    return made;
  }

  #resolve(value, where, options) {
    const { resolve, resolver } = cdk;
    const scope = this.stack;
    return resolve(value, { scope, resolver, preparing: false, ...options, prefix: [...where] });
  }
}

// What was made for a key before, or is made now; nobody may change what others have.
function kept(known, key, make) {
  if (!known.has(key)) known.set(key, make());
  return copied(known.get(key));
}

function copied(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copied);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)]));
}

// Has what fails say what it says in the CDK.
function resolving(resolve) {
  try {
    return resolve();
  } catch (error) {
    error.message = `Resolution error: ${error.message}.`;
    throw error;
  }
}

// --- Values

const texts = new Map();

// The tokens in a text, and whether it is always the same in one stack.
function read(text) {
  if (!texts.has(text)) {
    if (texts.size >= REMEMBERED) texts.clear();
    const fragments = globalThis.__cdkTokenMap.splitString(text);
    const { tokens } = fragments;
    texts.set(text, { fragments, tokens, isPure: tokens.every(isPure) });
  }
  return texts.get(text);
}

function isReference(token) {
  return token.resolve === cdk.CfnReference?.prototype.resolve;
}

function isIntrinsic(token) {
  return token.resolve === cdk.Intrinsic?.prototype.resolve;
}

function isPure(value) {
  if (typeof value === "string") {
    return !isListToken(value) && (!mayHoldTokens(value) || read(value).isPure);
  }
  if (isPlain(value)) return Object.values(value).every(isPure);
  if (typeof value?.resolve !== "function") return isFinal(value);
  return isReference(value) || (isIntrinsic(value) && isPure(value.value));
}

// Whether something is an object or array whose items can be looked at one by one.
function isPlain(value, where = []) {
  if (typeof value !== "object" || value === null || where.length > DEEPEST) return false;
  if (typeof value.resolve === "function") return false;
  if (Array.isArray(value)) return !value.some(isListToken);
  const isBare = Object.getPrototypeOf(value) === Object.prototype;
  return isBare && !Object.keys(value).some(mayHoldTokens);
}

// Whether something that is neither a text nor has parts stands for itself.
function isFinal(value) {
  if (typeof value === "number") return !(Math.abs(value) >= LARGEST);
  return typeof value === "boolean" || value === undefined || value === null;
}

// Whether to resolve something again would give the same.
function isDone(value) {
  if (typeof value === "string") return !mayHoldTokens(value);
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isDone(item));
  return isPlain(value) ? Object.values(value).every(isDone) : isFinal(value);
}

function isListToken(item) {
  return typeof item === "string" && item.includes(LIST_TOKEN);
}

function mayHoldTokens(text) {
  return text.includes(TOKEN) || text.includes(NUMBER_TOKEN);
}
