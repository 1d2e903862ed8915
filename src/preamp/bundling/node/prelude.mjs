// Made by preamp. Runs before anything of the handler's: CommonJS packages find what they expect,
// and variables that stand for secrets and parameters get their values. It declares no name.
await (async () => {
  const { createRequire } = await import("node:module");
  const { fileURLToPath } = await import("node:url");
  globalThis.require ??= createRequire(import.meta.url);
  globalThis.__filename ??= fileURLToPath(import.meta.url);
  globalThis.__dirname ??= fileURLToPath(new URL(".", import.meta.url));

  const config = Object.entries(JSON.parse(process.env.AMPLIFY_SSM_ENV_CONFIG || "{}"));
  if (config.length === 0) return;
  const named = (path) => path.slice(path.lastIndexOf("/") + 1);
  const pathsOf = (each) => [each.path, each.sharedPath].filter(Boolean);
  const distinct = [...new Map(config.map(([, each]) => [each.path, each])).values()];
  const { GetParametersCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const client = new SSMClient({});
  const values = new Map();
  // Systems Manager takes ten names at a time: five secrets, each with its shared path.
  for (let start = 0; start < distinct.length; start += 5) {
    const some = distinct.slice(start, start + 5);
    const command = new GetParametersCommand({
      Names: some.flatMap(pathsOf),
      WithDecryption: true,
    });
    const answer = await client.send(command).catch((error) => {
      const names = some.map((each) => named(each.path)).join(", ");
      throw Object.assign(new Error(`cannot read the secrets ${names}: ${error.message}`), {
        name: "SecretsNotReadableError",
      });
    });
    for (const { Name, Value } of answer.Parameters ?? []) values.set(Name, Value);
  }
  const isMissing = (each) => pathsOf(each).every((path) => !values.has(path));
  const explain = ({ path, sharedPath }) => {
    const name = named(path);
    if (!sharedPath) return `the parameter ${path} does not exist`;
    return path.includes("-sandbox-")
      ? `the secret ${name} is not set; run: preamp sandbox secret set ${name}`
      : `the secret ${name} is not set: neither ${path} nor ${sharedPath} exists`;
  };
  const missing = distinct.filter(isMissing);
  if (missing.length > 0) {
    throw Object.assign(new Error(missing.map(explain).join("\n")), { name: "SecretNotSetError" });
  }
  for (const [variable, each] of config) {
    process.env[variable] = values.get(pathsOf(each).find((path) => values.has(path)));
  }
})();
