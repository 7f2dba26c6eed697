// What a host kept, written as the host's own command prints it, for `galen forms pull`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes the records of a host into a folder of its name. */
export function write(folder, name, rows) {
  const put = (path, text) => {
    const file = join(folder, name.replace(", ", "-"), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  if (name.endsWith("D1")) {
    // `wrangler d1 execute --json`
    const results = rows.map((it) => ({ ...it, envelope: JSON.stringify(it.envelope) }));
    put("d1.json", JSON.stringify([{ results, success: true, meta: { duration: 0.2 } }], null, 2));
  } else if (name.endsWith("KV")) {
    // `wrangler kv bulk get`
    const values = rows.map((it) => [`enquiry/${it.form}/${it.id}`, { value: JSON.stringify(it) }]);
    put("kv.json", `${JSON.stringify(Object.fromEntries(values), null, 2)}\n\nSuccess!\n`);
  } else if (name.endsWith("S3")) {
    // `aws s3 sync`
    for (const it of rows) put(`${it.form}-${it.id}.json`, JSON.stringify(it));
  } else {
    put("hooks.jsonl", rows.map((it) => `${JSON.stringify(it)}\n`).join(""));
  }
}
