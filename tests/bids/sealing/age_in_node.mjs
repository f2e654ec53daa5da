// age-encryption (npm), as the browser uses it: reads {ask, data, key} as JSON, writes the answer in base64.
import { readFileSync } from "node:fs";
import { Decrypter, Encrypter } from "age-encryption";

const { ask, data, key } = JSON.parse(readFileSync(0, "utf8"));
const bytes = Buffer.from(data, "base64");

async function encrypted() {
  const age = new Encrypter();
  age.addRecipient(key);
  return age.encrypt(bytes);
}

async function decrypted() {
  const age = new Decrypter();
  age.addIdentity(key);
  return age.decrypt(bytes);
}

process.stdout.write(Buffer.from(await (ask === "encrypt" ? encrypted() : decrypted())).toString("base64"));
