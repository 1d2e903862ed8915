// Reads a code as the function of a custom sender does: node decrypt.mjs KEY CODE
import { buildClient, CommitmentPolicy, KmsKeyringNode } from "@aws-crypto/client-node";

const [key, code] = process.argv.slice(2);
const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT);
const { plaintext, messageHeader } = await decrypt(
  new KmsKeyringNode({ keyIds: [key] }),
  Buffer.from(code, "base64"),
);
console.log(JSON.stringify([String(plaintext), messageHeader.encryptionContext]));
