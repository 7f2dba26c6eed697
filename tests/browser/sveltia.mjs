// Lets Sveltia's published schema judge the exported configuration:
// `galen export-config --for sveltia | node sveltia.mjs`.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import Ajv from "ajv";
import yaml from "js-yaml";

const file = new URL("node_modules/@sveltia/cms/schema/sveltia-cms.json", import.meta.url);
const schema = JSON.parse(await readFile(file, "utf8"));
const config = yaml.load(await text(process.stdin), { schema: yaml.CORE_SCHEMA });
const judge = new Ajv({ strict: false, allErrors: true, logger: false }).compile(schema);
const accepted = judge(config);
console.log(`sveltia: ${config.collections.length} collections, ${accepted ? "accepted" : "refused"}`);
if (!accepted) {
  const deepest = judge.errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  for (const it of deepest.slice(0, 20)) console.error(`${it.instancePath || "/"}: ${it.message}`);
}
process.exit(accepted ? 0 : 1);
