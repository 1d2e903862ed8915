"use strict";
/**
 * Bundles one handler with esbuild: reads what to do from standard input, as JSON, and writes to
 * standard output what came of it.
 *
 * esbuild: "Build API", "Plugins".
 */
const path = require("node:path");
const { readFileSync } = require("node:fs");

const ENVIRONMENT = /^\$amplify\/env\/(.*)/;
const OF_AWS = /^@(aws-sdk|smithy)\//;
const ASKED = Symbol("asked");

async function main() {
  const asked = JSON.parse(readFileSync(0, "utf8"));
  let esbuild;
  try {
    esbuild = require(asked.esbuild);
  } catch (error) {
    return { unusable: error.message };
  }
  const result = await attempt(() => esbuild.build(options(asked)));
  if (result.errors.length > 0) return { errors: result.errors.slice(0, asked.mostErrors) };
  const files = result.outputFiles.map((file) => ({
    name: path.relative(asked.project, file.path),
    content: Buffer.from(file.contents).toString("base64"),
  }));
  const inputs = Object.keys(result.metafile.inputs);
  const environments = inputs.filter((name) => name.startsWith("environment:"));
  return {
    files,
    inputs,
    environments: environments.map((name) => name.replace("environment:", "")),
  };
}

/** What esbuild throws for mistakes in the source has `errors` as well. */
async function attempt(build) {
  try {
    return await build();
  } catch (error) {
    if (!Array.isArray(error.errors)) throw error;
    return error;
  }
}

function options(asked) {
  return {
    // so that a CommonJS module's handler is an export too, and a missing one is found out
    stdin: {
      contents: `export { handler } from ${JSON.stringify(`./${path.basename(asked.entry)}`)};`,
      resolveDir: path.dirname(asked.entry),
      sourcefile: asked.wrapper,
    },
    absWorkingDir: asked.project,
    // never written there: source maps name their sources relative to it
    outfile: path.join(asked.project, "index.mjs"),
    write: false,
    bundle: true,
    metafile: true,
    platform: "node",
    format: "esm",
    target: asked.target,
    minify: asked.minify,
    sourcemap: true,
    ...(asked.sourceRoot ? { sourceRoot: asked.sourceRoot } : {}),
    loader: { ".node": "file" },
    external: asked.external,
    banner: { js: asked.banner },
    logLevel: "silent",
    plugins: [environmentOf(asked.environments), platform],
  };
}

/** Amplify's typed environment: types are for the editor, what runs is the environment itself. */
function environmentOf(known) {
  return {
    name: "environment",
    setup(build) {
      build.onResolve({ filter: ENVIRONMENT }, ({ path: specifier }) => {
        const [, name] = ENVIRONMENT.exec(specifier);
        if (known.includes(name)) return { path: name, namespace: "environment" };
        const text = `Could not find a function named "${name}" for its environment`;
        return { errors: [{ text }] };
      });
      build.onLoad({ filter: /./, namespace: "environment" }, () => ({
        contents: "export const env = process.env;",
      }));
    },
  };
}

/** The AWS SDK as it is installed, so that its version is the project's, or else AWS's own. */
const platform = {
  name: "platform",
  setup(build) {
    build.onResolve({ filter: OF_AWS }, async ({ path: name, pluginData, ...place }) => {
      if (pluginData === ASKED) return undefined;
      const { kind, importer, resolveDir } = place;
      const asked = { kind, importer, resolveDir, pluginData: ASKED };
      const found = await build.resolve(name, asked);
      return found.errors.length > 0 ? { path: name, external: true } : found;
    });
  },
};

main().then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
