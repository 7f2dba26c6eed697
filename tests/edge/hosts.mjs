// The hosts: the exported folders under workerd with D1 and KV, and as Netlify's and Lambda's handlers in Node. Each is
// `{ name, send(url, init), rows(), logs, bytes(), fail(failing), stop() }`.
import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { Miniflare, Response as FlareResponse } from "miniflare";

export const SECRET = "a secret for tests alone, long enough";
const WEBHOOK_SECRET = "another secret for tests";

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
}

/**
 * Under workerd: `store` is D1 or KV, `folder` the export of a Worker or of Pages. `others` answers in place of other hosts,
 * `{ is(url), ask(url, init) }`.
 */
export async function workerd(folder, store, name, variables = {}, others = null) {
  const persist = mkdtempSync(join(tmpdir(), "galen-edge-"));
  const logs = [];
  const scripts = files(folder).filter((it) => /\.m?js$/.test(it));
  const modules = scripts.map((path) => ({ type: "ESModule", path, contents: readFileSync(path, "utf8") }));
  if (!scripts.some((it) => it.endsWith("worker.mjs"))) {
    const path = scripts.find((it) => it.includes("functions"));
    const contents = `import { onRequest } from "./${relative(folder, path)}"; export default { fetch: (request, env) => onRequest({ request, env }) };`;
    modules.push({ type: "ESModule", path: join(folder, "worker.mjs"), contents });
  }
  modules.sort((a, b) => b.path.endsWith("worker.mjs") - a.path.endsWith("worker.mjs"));
  const options = {
    modules, modulesRoot: folder, compatibilityDate: "2026-07-01", bindings: { GALEN_SECRET: SECRET, ...variables },
    ...(others ? { outboundService: outbound(others) } : {}),
    ...(store === "D1" ? { d1Databases: ["GALEN_DB"], d1Persist: persist } : { kvNamespaces: ["GALEN_KV"], kvPersist: persist }),
    handleRuntimeStdio: (...streams) => streams.forEach((it) => it.on("data", (data) => logs.push(String(data)))),
    handleStructuredLogs: ({ message }) => void logs.push(message),
  };
  const flare = new Miniflare(options);
  const db = store === "D1" ? await flare.getD1Database("GALEN_DB") : null;
  const kv = db ? null : await flare.getKVNamespace("GALEN_KV");
  const tables = readFileSync(join(folder, "schema.sql"), "utf8").replace(/--.*/g, "").split(";").map((it) => it.trim()).filter(Boolean);
  const make = async () => db && (await db.batch(tables.map((it) => db.prepare(it))));
  await make();
  return {
    name, logs, limits: true,
    send: (url, init) => flare.dispatchFetch(url, { redirect: "manual", ...init }),
    async rows() {
      if (db) return (await db.prepare("SELECT * FROM galen_enquiries").all()).results.map((it) => ({ ...it, envelope: JSON.parse(it.envelope) }));
      const { keys } = await kv.list({ prefix: "enquiry/" });
      return Promise.all(keys.map(async (it) => JSON.parse(await kv.get(it.name))));
    },
    bytes: () => Buffer.concat(files(persist).map((it) => readFileSync(it))),
    // A table that is not there is a database that fails.
    fail: db ? (failing) => (failing ? db.prepare("ALTER TABLE galen_enquiries RENAME TO gone").run() : db.prepare("ALTER TABLE gone RENAME TO galen_enquiries").run()) : null,
    db,
    scheduled: async () => (await flare.getWorker()).scheduled({ cron: "17 3 * * *" }),
    async stop() {
      await flare.dispose();
      rmSync(persist, { recursive: true });
    },
  };
}

/** What workerd asks in place of other hosts. */
const outbound = (others) => async (request) => {
  if (!others.is(request.url)) return new FlareResponse(null, { status: 501 });
  const body = request.method === "POST" ? await request.text() : undefined;
  const answer = await others.ask(request.url, { method: request.method, body, headers: { "Content-Type": request.headers.get("Content-Type") ?? "" }, redirect: "manual" });
  return new FlareResponse(await answer.arrayBuffer(), { status: answer.status, headers: { Location: answer.headers.get("Location") ?? "" } });
};

/** A fake of S3 and of a receiver of webhooks: checks what it is sent, keeps what it takes. */
async function receiver() {
  const kept = new Map();
  const seen = [];
  const state = { failing: false, problems: [] };
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (it) => parts.push(it)).on("end", () => {
      const body = Buffer.concat(parts);
      seen.push(request.method, request.url, JSON.stringify(request.headers), body);
      const end = (status) => response.writeHead(status).end();
      if (state.failing) return end(500);
      const problem = request.method === "PUT" ? signature4(request, body) : signature(request, body);
      if (problem) state.problems.push(problem);
      const record = JSON.parse(body);
      const name = request.method === "PUT" ? request.url : record.id;
      if (kept.has(name)) return end(request.method === "PUT" ? 412 : 200);
      kept.set(name, record);
      end(200);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { kept, seen, state, server, origin: `http://127.0.0.1:${server.address().port}` };
}

function signature(request, body) {
  const [, time, given] = request.headers["galen-signature"]?.match(/^t=(\d+),v1=([0-9a-f]{64})$/) ?? [];
  const own = createHmac("sha256", WEBHOOK_SECRET).update(`${time}.`).update(body).digest("hex");
  return given === own && Math.abs(Date.now() / 1000 - time) < 300 ? null : "a webhook's signature is wrong";
}

/** AWS's signature, version 4, worked out from what arrived. */
function signature4(request, body) {
  const match = request.headers.authorization?.match(/^AWS4-HMAC-SHA256 Credential=KEY\/(\d{8})\/eu-west-2\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/);
  if (!match) return `no signature for S3: ${request.headers.authorization}`;
  const [, day, list, given] = match;
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const names = list.split(";");
  if (!["host", "if-none-match", "x-amz-date", "x-amz-content-sha256"].every((it) => names.includes(it))) return "headers are not signed";
  const canonical = [request.method, request.url, "", ...names.map((it) => `${it}:${request.headers[it]}`), "", list, hash(body)].join("\n");
  const words = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], `${day}/eu-west-2/s3/aws4_request`, hash(canonical)].join("\n");
  const key = [day, "eu-west-2", "s3", "aws4_request"].reduce((key, part) => createHmac("sha256", key).update(part).digest(), "AWS4SECRET");
  return createHmac("sha256", key).update(words).digest("hex") === given ? null : "S3's signature is wrong";
}

const logs = [];
for (const kind of ["log", "info", "warn", "error", "debug"]) {
  const old = console[kind];
  console[kind] = (...words) => (words[0] === "\0" ? old(...words.slice(1)) : logs.push(words.join(" ")));
}
/** Says something to the person who runs this: other words are the handlers' logs. */
export const say = (...words) => console.log("\0", ...words);

const WEBHOOK = (origin) => ({ GALEN_WEBHOOK_URL: `${origin}/hook`, GALEN_WEBHOOK_SECRET: WEBHOOK_SECRET });
const S3 = (origin) => ({ GALEN_S3_BUCKET: "bucket", GALEN_S3_ENDPOINT: origin, GALEN_S3_REGION: "eu-west-2", GALEN_S3_KEY: "KEY", GALEN_S3_SECRET: "SECRET" });

async function inNode(name, sink, variables, make) {
  const fake = await receiver();
  const env = { GALEN_SECRET: SECRET, ...variables, ...(sink === "S3" ? S3 : WEBHOOK)(fake.origin) };
  return {
    name, logs,
    send: await make(env),
    rows: async () => [...fake.kept.values()],
    bytes: () => Buffer.concat(fake.seen.map((it) => Buffer.from(it))),
    fail: async (failing) => void (fake.state.failing = failing),
    problems: fake.state.problems,
    stop: async () => fake.server.close(),
  };
}

const load = (path) => import(pathToFileURL(path));

export const netlify = (folder, sink, variables = {}) =>
  inNode(`Netlify, ${sink}`, sink, variables, async (env) => {
    // The function reads the environment of its process when it is loaded.
    Object.assign(process.env, env);
    const { default: handler } = await load(join(folder, "netlify/functions/forms.mjs"));
    const { netlify } = await load(join(folder, "galen/netlify.mjs"));
    const { default: settings } = await load(join(folder, "galen/forms.mjs"));
    if (typeof handler !== "function") throw new Error("Netlify's function is none");
    for (const key of Object.keys(env)) delete process.env[key];
    const own = netlify(settings, env);
    return (url, init) => own(new Request(url, init), {});
  });

export const lambda = (folder, sink, { base64 = true, variables = {} } = {}) =>
  inNode(`Lambda, ${sink}`, sink, variables, async (env) => {
    const { lambda } = await load(join(folder, "galen/lambda.mjs"));
    const { default: settings } = await load(join(folder, "galen/forms.mjs"));
    const { handler: exported } = await load(join(folder, "index.mjs"));
    if (typeof exported !== "function") throw new Error("Lambda's function is none");
    const handler = lambda(settings, env);
    return async (url, { method = "GET", headers = {}, body } = {}) => {
      const { host, pathname, search } = new URL(url);
      const lower = Object.fromEntries(Object.entries({ ...headers, Host: host }).map(([name, it]) => [name.toLowerCase(), it]));
      const event = {
        version: "2.0", rawPath: pathname, rawQueryString: search.slice(1), headers: lower,
        requestContext: { http: { method, path: pathname }, domainName: host },
        body: body === undefined ? undefined : Buffer.from(body).toString(base64 ? "base64" : "utf8"), isBase64Encoded: base64 && body !== undefined,
      };
      const { statusCode, headers: given, body: text } = await handler(event);
      return new Response(statusCode === 303 ? null : text, { status: statusCode, headers: given });
    };
  });
