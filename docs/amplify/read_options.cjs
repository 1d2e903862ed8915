"use strict";
/**
 * Reads the options of Amplify's definitions off the type declarations of its package.
 *
 * Started as `node read_options.cjs FOLDER`, where the folder's `node_modules` has the package and
 * TypeScript 5. Writes JSON: for each definition its options, as paths such as `logging.level`, and
 * the texts that each takes, if it takes texts of a known list.
 */
const path = require("node:path");
const fs = require("node:fs");

const folder = path.resolve(process.argv[2]);
const ts = require(path.join(folder, "node_modules", "typescript"));
const DEFINITIONS = ["defineAuth", "referenceAuth", "defineFunction", "defineStorage", "defineData", "secret"];
const VOCABULARY = "a";
const DEEPEST = 6;

const entry = path.join(folder, "definitions.ts");
const NAMES = [...DEFINITIONS, VOCABULARY].join(", ");
fs.writeFileSync(
  entry,
  `export { ${NAMES} } from "@aws-amplify/backend";\n` +
    'import { configure as any } from "@aws-amplify/data-schema/internals";\n' +
    'export const configure = any<"postgresql">;\n',
);
const program = ts.createProgram([entry], {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
});
const checker = program.getTypeChecker();
const module_ = checker.getSymbolAtLocation(program.getSourceFile(entry));

const found = {};
for (const symbol of checker.getExportsOfModule(module_)) {
  const declared = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const type = checker.getTypeOfSymbol(declared);
  const options = (found[symbol.name] = {});
  if (symbol.name === VOCABULARY) visitWords(options, "", type);
  for (const { parameters } of type.getCallSignatures()) {
    for (const parameter of parameters) {
      const given = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
      if (symbol.name === "secret") add(options, "name", given, 0);
      else if (given.getCallSignatures().length > 0) options.provider ??= [];
      else visit(options, "", given, 0);
    }
  }
}
process.stdout.write(JSON.stringify(found, null, 1) + "\n");

function visit(options, prefix, type, depth) {
  for (const part of type.isUnion() ? type.types : [type]) {
    if (!isOptions(part) || depth > DEEPEST) continue;
    for (const property of checker.getPropertiesOfType(part)) {
      const own = checker.getNonNullableType(checker.getTypeOfSymbol(property));
      add(options, prefix ? `${prefix}.${property.name}` : property.name, own, depth);
    }
    const others = checker.getIndexInfosOfType(part);
    for (const info of others) add(options, `${prefix}.*`, info.type, depth);
  }
}

function add(options, name, type, depth) {
  const values = new Set([...(options[name] ?? []), ...literals(type)]);
  options[name] = [...values];
  const [signature] = type.getCallSignatures();
  if (signature) visitCallback(options, name, signature, depth);
  else visit(options, name, elementOf(type), depth + 1);
}

/** What a callback is given to say rules with: `access.resource.to`, with the actions. */
function visitCallback(options, name, signature, depth) {
  const [parameter] = signature.parameters;
  if (!parameter || depth > DEEPEST) return;
  const given = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
  for (const rule of checker.getPropertiesOfType(given)) {
    if (!isOptions(given)) return;
    const own = checker.getTypeOfSymbol(rule);
    const [call] = own.getCallSignatures();
    options[`${name}.${rule.name}`] = [];
    const builder = call ? call.getReturnType() : own;
    for (const method of checker.getPropertiesOfType(builder)) {
      const [to] = checker.getTypeOfSymbol(method).getCallSignatures();
      const taken = to?.parameters[0] && checker.getTypeOfSymbol(to.parameters[0]);
      if (taken) options[`${name}.${rule.name}.${method.name}`] = literals(taken);
    }
  }
}

/** The words of the vocabulary, such as `model`, and what can be said more of each: `model.identifier`. */
function visitWords(options, prefix, type) {
  for (const [name, call] of wordsOf(type)) {
    if (!call) {
      const property = checker.getPropertyOfType(type, name);
      visitWords(options, `${prefix}${name}.`, checker.getTypeOfSymbol(property));
      continue;
    }
    options[prefix + name] = call.parameters.flatMap((each) => literals(checker.getTypeOfSymbol(each)));
    const made = wordsOf(call.getReturnType());
    // fields of all types can be said the same of
    const isField = ["required", "array", "default"].every((word) => made.some(([own]) => own === word));
    for (const [more, said] of made) {
      if (said) visitMore(options, `${isField ? "field" : prefix + name}.${more}`, said);
    }
  }
}

/** Something that is said more, with what its callback is given; rules are the same everywhere. */
function visitMore(options, name, call) {
  options[name] ??= [];
  for (const parameter of call.parameters) {
    const given = checker.getTypeOfSymbol(parameter);
    options[name].push(...literals(given));
    const [callback] = given.getCallSignatures();
    const first = callback?.parameters[0] && checker.getTypeOfSymbol(callback.parameters[0]);
    if (!first) continue;
    const [made] = first.getCallSignatures();
    for (const [word] of made ? wordsOf(made.getReturnType()) : []) options[`${name}.${word}`] = [];
    const start = name.endsWith(".authorization") ? "allow" : name;
    for (const [word, rule] of made ? [] : wordsOf(first)) {
      if (!rule) continue;
      options[`${start}.${word}`] ??= [];
      for (const [more, to] of wordsOf(rule.getReturnType())) {
        if (start !== "allow" || !to) continue;
        const taken = to.parameters.flatMap((each) => literals(checker.getTypeOfSymbol(each)));
        options[`allow.${word}.${more}`] ??= taken;
      }
    }
  }
}

/** Names that can be called, or that hold such, each with its call. */
function wordsOf(type) {
  return checker
    .getPropertiesOfType(type)
    .filter((property) => !property.name.startsWith("_"))
    .map((property) => [property.name, checker.getTypeOfSymbol(property)])
    .map(([name, own]) => [name, own.getCallSignatures()[0], own])
    .filter(([, call, own]) => call || own.getProperties().some(isWord));
}

function isWord(property) {
  return checker.getTypeOfSymbol(property).getCallSignatures().length > 0;
}

function literals(type) {
  if (type.isStringLiteral() || type.isNumberLiteral()) return [type.value];
  if (type.isUnion()) return [...new Set(type.types.flatMap(literals))];
  const element = elementOf(type);
  return element === type ? [] : literals(element);
}

function elementOf(type) {
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    return checker.getTypeArguments(type)[0] ?? type;
  }
  if (!type.isUnion()) return type;
  const element = type.types.find((part) => checker.isArrayType(part));
  return element ? checker.getTypeArguments(element)[0] : type;
}

/** Whether a type is a dictionary of options, and no class or resource. */
function isOptions(type) {
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return false;
  if (type.getCallSignatures().length > 0 || checker.isArrayType(type)) return false;
  const names = checker.getPropertiesOfType(type).map((property) => property.name);
  return !["getInstance", "node", "toString", "resolve", "bind", "transform", "schemas"].some((name) => names.includes(name));
}
