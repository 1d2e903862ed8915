"use strict";
/**
 * What a handler may import beside its own files, as on AWS.
 *
 * NODE_PATH names the layers' folders and the AWS SDK. Node looks there for `require` only, AWS
 * for `import` as well. A package of the handler's own always wins.
 *
 * AWS: "Building Lambda functions with Node.js", "Packaging your layer content".
 */
const { delimiter, join, basename } = require("node:path");
const { registerHooks } = require("node:module");
const { pathToFileURL } = require("node:url");
const { mendCallbacks } = require("./callback_urls.cjs");

const MISSING = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^./][^/:]*(?:\/|$)/;
const SDK_PACKAGE = /^@aws-sdk\/[^/]+/;

/**
 * Starts looking in the folders of NODE_PATH for imports as well.
 *
 * @param {string | undefined} sdkProblem Why the AWS SDK is not there, if it is not.
 */
function extendImports(sdkProblem, environment = process.env) {
  const folders = (environment.NODE_PATH ?? "")
    .split(delimiter)
    .filter((folder) => basename(folder) === "node_modules");
  const parents = folders.map((folder) => pathToFileURL(join(folder, "..", "import.mjs")).href);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === "https" || specifier === "node:https") mendCallbacks(environment);
      try {
        return resolve(specifier, context, nextResolve, parents);
      } catch (error) {
        throw MISSING.has(error.code) ? hinted(error, specifier, sdkProblem) : error;
      }
    },
  });
}

function resolve(specifier, context, nextResolve, parents) {
  try {
    return nextResolve(specifier, context);
  } catch (error) {
    const isPackage = MISSING.has(error.code) && PACKAGE_NAME.test(specifier);
    const found = isPackage ? elsewhere(specifier, context, nextResolve, parents) : null;
    if (found === null) throw error;
    return found;
  }
}

function elsewhere(specifier, context, nextResolve, parents) {
  if (!context.conditions.includes("import")) return null;
  for (const parentURL of parents) {
    try {
      return nextResolve(specifier, { ...context, parentURL });
    } catch (error) {
      if (!MISSING.has(error.code)) throw error;
    }
  }
  return null;
}

/** Says of a missing AWS client, which AWS would have, why it is not here. */
function hinted(error, specifier, sdkProblem) {
  const name = SDK_PACKAGE.exec(specifier)?.[0];
  if (name === undefined) return error;
  const reason = sdkProblem ?? `${name} is not among the clients that preamp keeps`;
  const old = error.message;
  error.message = `${old}\n(AWS has it, but ${reason}; a copy in the function's package is used)`;
  error.stack = error.stack?.replace(old, error.message);
  return error;
}

module.exports = { extendImports };
