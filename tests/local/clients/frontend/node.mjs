// The scenario in Node: node --import ./amplify_local.mjs node.mjs HELPER
import { readFileSync } from "node:fs";
import { scenario } from "./scenario.mjs";

const outputs = JSON.parse(readFileSync(new URL("amplify_outputs.json", import.meta.url)));
const told = await scenario(outputs, process.argv[2], "node");
// Amplify's client waits some minutes for a sign-up that it may complete.
process.stdout.write(JSON.stringify(told), () => process.exit());
