"use strict";
/**
 * Finds the function that a handler's name stands for.
 *
 * AWS: "Define Lambda function handler in Node.js".
 */
const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const errors = require("./errors.cjs");

/**
 * Imports the handler's module and returns the handler.
 *
 * @param {string} root The function's folder.
 * @param {string} name `folder/file.export`, where the export may be nested: `file.a.b`.
 */
async function loadHandler(root, name) {
  const { folder, file, keys } = partsOf(name);
  const loaded = await importModule(root, folder, file);
  const handler = keys.reduce((value, key) => value?.[key], loaded);
  if (!handler) throw new errors.HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== "function") {
    throw new errors.HandlerNotFound(`${name} is not a function`);
  }
  return handler;
}

function partsOf(name) {
  if (name.includes("..")) {
    throw new errors.MalformedHandlerName(
      `'${name}' is not a valid handler name: it must not lead out of the function's folder`,
    );
  }
  const last = path.posix.basename(name);
  const dot = last.indexOf(".");
  if (dot < 0) throw new errors.MalformedHandlerName("Bad handler");
  const keys = last.slice(dot + 1).split(".");
  return { folder: name.slice(0, name.length - last.length), file: last.slice(0, dot), keys };
}

async function importModule(root, folder, file) {
  try {
    return await importFile(path.resolve(root, folder, file), file, [root, folder]);
  } catch (error) {
    if (error instanceof SyntaxError) throw wrapped(errors.UserCodeSyntaxError, error);
    if (error.code === "MODULE_NOT_FOUND") throw wrapped(errors.ImportModuleError, error);
    throw error;
  }
}

function wrapped(Type, error) {
  const result = new Type(String(error));
  result.stack = `${result.name}: ${error.stack}`;
  return result;
}

/** The order of extensions is AWS's. */
async function importFile(base, file, places) {
  const isFile = (name) => fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? false;
  if (isFile(base)) return require(base);
  if (isFile(`${base}.js`)) {
    return isModuleFolder(path.dirname(base)) ? importUrl(`${base}.js`) : require(`${base}.js`);
  }
  if (isFile(`${base}.mjs`)) return importUrl(`${base}.mjs`);
  if (isFile(`${base}.cjs`)) return require(`${base}.cjs`);
  // It may also be a package: in the function's own folder, in a layer or of the platform.
  return require(require.resolve(file, { paths: places }));
}

function importUrl(file) {
  return import(pathToFileURL(file).href);
}

/** Whether `.js` files of a folder are ES modules: the nearest package.json says so. */
function isModuleFolder(folder) {
  if (path.basename(folder) === "node_modules") return false;
  const description = path.join(folder, "package.json");
  if (fs.existsSync(description)) return isModulePackage(description);
  const parent = path.dirname(folder);
  return parent !== folder && isModuleFolder(parent);
}

function isModulePackage(description) {
  try {
    return JSON.parse(fs.readFileSync(description, "utf8")).type === "module";
  } catch (error) {
    console.warn(`${description} cannot be read, its files are taken for CommonJS`, error);
    return false;
  }
}

module.exports = { loadHandler };
