// Asked on standard input for files of several stacks, versions and formats; writes each as the
// official tool does, or its refusal into a file of that name with the suffix .refused.
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { generateClientConfigToFile } from "@aws-amplify/client-config";

for (const { stackName, version, format, directory } of JSON.parse(await text(process.stdin))) {
  try {
    await generateClientConfigToFile({ stackName }, version, directory, format);
  } catch (error) {
    writeFileSync(`${directory}/refused`, `${error.name}: ${error.message}`);
  }
}
