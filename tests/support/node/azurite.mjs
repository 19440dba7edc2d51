// Runs azurite's blob service over TLS: azurite.mjs ACCOUNT:KEY PEM. Prints its port, and ends with
// its standard input.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [accounts, pem] = process.argv.slice(2);
const service = spawn(
  process.execPath,
  [
    "node_modules/azurite/dist/src/blob/main.js",
    ...["--blobPort", "0", "--inMemoryPersistence", "--silent", "--disableTelemetry"],
    ...["--skipApiVersionCheck", "--cert", pem, "--key", pem],
  ],
  { cwd: import.meta.dirname, env: { ...process.env, AZURITE_ACCOUNTS: accounts } },
);
createInterface({ input: service.stdout }).on("line", (line) => {
  const found = /successfully listens on https:\/\/[^:]+:(\d+)/.exec(line);
  if (found) console.log(found[1]);
});
service.on("exit", () => process.exit(1));
process.stdin.on("end", () => service.kill()).resume();
