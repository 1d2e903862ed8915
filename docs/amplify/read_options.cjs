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
const DEFINITIONS = ["defineAuth", "referenceAuth", "defineFunction", "defineStorage", "secret"];
const DEEPEST = 6;

const entry = path.join(folder, "definitions.ts");
fs.writeFileSync(entry, `export { ${DEFINITIONS.join(", ")} } from "@aws-amplify/backend";\n`);
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
  return !["getInstance", "node", "toString", "resolve", "bind"].some((name) => names.includes(name));
}
