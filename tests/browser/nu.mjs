// Lets the Nu HTML checker judge every page of the built site: `node nu.mjs <folder>`.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { pages } from "./site.mjs";

const folder = resolve(process.argv[2] ?? "../../public");
const jar = createRequire(import.meta.url)("vnu-jar");
const run = promisify(execFile);
const args = ["-Xss4m", "-jar", jar, "--skip-non-html", "--stdout", "--format", "json", folder];
const { stdout } = await run("java", args, { maxBuffer: 1 << 28 }).catch((failed) => {
  if (failed.stdout) return failed;
  throw failed;
});
// A trailing slash on a void element and unquoted attributes are matters of taste.
const taste = /Trailing slash on void elements/;
const messages = JSON.parse(stdout).messages.filter((it) => !taste.test(it.message));
const all = await pages(folder);
const count = all.pages.length + all.redirects.length;
console.log(`nu: ${count} pages, ${messages.length} problems`);
for (const it of messages) {
  const file = it.url.replace(/^.*\/public\//, "");
  console.error(`${file}:${it.lastLine}: ${it.type} ${it.subType ?? ""}: ${it.message} ${it.extract ?? ""}`);
}
process.exit(messages.length ? 1 : 0);
