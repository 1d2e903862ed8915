// Has Amplify's generator write code for the clients of a GraphQL API: a request comes on stdin, the
// files go to stdout, by their names.
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const from = createRequire(join(process.argv[2], "package.json"));
const generator = from("@aws-amplify/graphql-generator");
const { parse, Source } = from("graphql");

// a document without statements is no GraphQL to the parser
const isEmpty = (text) => text.replace(/#.*$/gm, "").trim() === "";

const statements = (request, options) =>
  Object.entries(generator.generateStatements({ schema: request.schema, ...options })).filter(
    ([, text]) => !isEmpty(text),
  );

const formats = {
  modelgen: (request) => generator.generateModels({ schema: request.schema, ...request.options }),
  introspection: (request) =>
    generator.generateModels({ schema: request.schema, target: "introspection" }),
  "graphql-codegen": async (request) => {
    const { types, ...options } = request.options;
    const written = Object.fromEntries(statements(request, options));
    if (!types) return written;
    const { maxDepth, typenameIntrospection } = options;
    const plain = statements(request, { maxDepth, typenameIntrospection, target: "graphql" });
    const queries = plain.map(([name, text]) => new Source(text, name));
    return { ...written, ...(await generator.generateTypes({ schema: request.schema, queries, ...types })) };
  },
};

const main = async () => {
  // what the generator says is no part of the answer
  console.log = console.info = console.warn = console.error;
  const request = JSON.parse(readFileSync(0, "utf8"));
  try {
    parse(request.schema);
    process.stdout.write(JSON.stringify({ files: await formats[request.format](request) }));
  } catch (error) {
    process.stdout.write(JSON.stringify({ refusal: String(error.message ?? error) }));
  }
};

main();
