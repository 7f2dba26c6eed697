// Holds the functions for hosts to the conformance cases: `node run.mjs <exported folders> [hosts]`, where the latter is
// the beginning of some hosts' names. The folders are what a clinic gets; `GALEN_FORMS_EXPORT=FOLDER cargo test --test it a_host_gets_a_folder` writes them.
import { createHmac, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { lambda, netlify, say, SECRET, workerd } from "./hosts.mjs";
import { write } from "./kept.mjs";
import { examples, open } from "./open.mjs";
import { turnstile } from "./turnstile.mjs";

const exported = resolve(process.argv[2] ?? "export");
const forms = new URL("../forms/", import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL("cases.json", forms)));
const { contract, digest } = JSON.parse(readFileSync(new URL("everything.contract.json", forms)));
const { context } = await import(pathToFileURL(join(exported, "cloudflare/galen/seal.mjs")));
const { prefix } = await import(pathToFileURL(join(exported, "cloudflare/galen/core.mjs")));

const ORIGIN = "https://clinic.example";
const FORM = `${ORIGIN}/api/forms/everything`;
const FINE = { name: "Ada Example", email: "ada@example.com", clinic: "lane", consent: "yes" };

const problems = [];
let checks = 0;
function check(fine, words) {
  checks += 1;
  if (!fine) problems.push(words);
}
const same = (found, wanted, words) => check(isDeepStrictEqual(found, wanted), `${words}: ${JSON.stringify(found)?.slice(0, 300)}, not ${JSON.stringify(wanted)?.slice(0, 300)}`);

function encoded(fields) {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const it of [value].flat()) out.append(name, it);
  return out.toString();
}

let network = 0;
/** Another network for each, so that none is over its limit. */
const address = () => `10.${(network += 1) >> 8}.${network & 255}.1`;

/** Sends fields or a body as a browser does. */
function post(host, { fields, body, type = "application/x-www-form-urlencoded", headers = {}, method = "POST", url = FORM }) {
  const all = { "Content-Type": type, "Sec-Fetch-Site": "same-origin", "CF-Connecting-IP": address(), ...headers };
  const kept = Object.entries(all).filter(([, it]) => it !== null).map(([name, it]) => [name, it.replace("{origin}", ORIGIN)]);
  return host.send(url, { method, headers: Object.fromEntries(kept), body: body ?? encoded(fields) });
}

function common(response, words) {
  for (const [name, value] of [["Cache-Control", "no-store"], ["Referrer-Policy", "same-origin"], ["X-Content-Type-Options", "nosniff"]]) same(response.headers.get(name), value, `${words}: ${name}`);
  check(response.headers.get("Content-Security-Policy")?.startsWith("default-src '"), `${words}: no policy`);
  for (const name of ["Set-Cookie", "Access-Control-Allow-Origin"]) check(!response.headers.has(name), `${words}: ${name}`);
}

const opened = async (row) => JSON.parse(new TextDecoder().decode(await open(context, row.envelope, row.form, row.id)));

async function conforms(host, asJson) {
  for (const it of cases) {
    const words = `${host.name}${asJson ? ", JSON" : ""}: ${it.name}`;
    const before = new Set((await host.rows()).map((it) => it.id));
    // Cases with the same answers are submissions of their own.
    const own = it.stored && !it.body ? { fields: { ...it.fields, _id: randomUUID(), _page: "/ask/" } } : {};
    const response = await post(host, { ...it, ...own, headers: { ...(asJson ? { Accept: "application/json" } : {}), ...it.headers } });
    const status = asJson && it.status === 303 ? 200 : it.status;
    same(response.status, status, `${words}: status`);
    common(response, words);
    const text = await response.text();
    if (asJson) {
      const answer = JSON.parse(text);
      same(answer.ok, status === 200, `${words}: ok`);
      if (it.errors) same(Object.entries(answer.errors), Object.entries(it.errors).map(([name, it]) => [name, [it]]), `${words}: errors`);
      if (it.reason) same(answer.reason, it.reason, `${words}: reason`);
      if (status === 200) check(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(answer.id), `${words}: id ${answer.id}`);
    } else if (status === 303) {
      same(response.headers.get("Location"), "/thank-you/", `${words}: location`);
      same(text, "", `${words}: body`);
    } else if (status === 422) {
      check(/<title>Error: Ask us/.test(text) && text.includes('class="error-summary"'), `${words}: no summary`);
      for (const message of Object.values(it.errors)) check(text.split(message).length >= 3, `${words}: the page says only once: ${message}`);
    } else {
      check(/^<!doctype html><html lang=en>.*<title>[^<]+<\/title>.*<h1>.*<p>.*href=\/ask\//.test(text), `${words}: no page`);
      check(!text.includes(it.reason), `${words}: a word for programs on a page`);
    }
    const rows = (await host.rows()).filter((it) => !before.has(it.id));
    // Without a name, the same answers in the same hour are the same submission.
    if (it.body && it.stored && asJson) continue;
    same(rows.length, it.stored ? 1 : 0, `${words}: rows`);
    if (rows.length !== 1 || !it.stored) continue;
    same(Object.keys(rows[0]).sort(), ["contract", "envelope", "form", "id", "received"], `${words}: columns`);
    const kept = await opened(rows[0]);
    same(new Map(Object.entries(kept.answers)), new Map(Object.entries(it.stored)), `${words}: answers`);
    const consents = contract.questions.filter((q) => q.kind === "consent" && it.stored[q.name]).map(({ name, wording }) => ({ name, wording }));
    same(kept.consents, consents, `${words}: consents`);
    same([kept.page, kept.language, kept.contract, kept.received], ["/ask/", "en-GB", digest, rows[0].received], `${words}: beside`);
    check(Math.abs(Date.now() - rows[0].received) < 60_000, `${words}: moment`);
  }
}

async function retries(host) {
  const count = async () => (await host.rows()).length;
  const before = await count();
  const headers = { Accept: "application/json" };
  const fields = { ...FINE, message: "twice", _id: randomUUID() };
  const ids = [];
  for (let at = 0; at < 2; at += 1) ids.push((await (await post(host, { fields, headers })).json()).id);
  const together = { ...FINE, message: "together", _id: randomUUID() };
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(host, { fields: together, headers }).then((it) => it.json())));
  same(new Set([...ids, ...answers.map((it) => it.id)]).size, 2, `${host.name}: retries have one id each`);
  for (let at = 0; at < 2; at += 1) same((await post(host, { fields: { ...FINE, message: "no name" } })).status, 303, `${host.name}: retry without a name`);
  same((await count()) - before, 3, `${host.name}: one row for each that was sent again`);
}

async function faults(host) {
  if (!host.fail) return;
  const fields = { ...FINE, _id: randomUUID(), message: "CANARY-failing" };
  await host.fail(true);
  const response = await post(host, { fields });
  const text = await response.text();
  same(response.status, 503, `${host.name}: failing`);
  check(text.includes("020 7946 0100") && text.includes("CANARY-failing"), `${host.name}: the page of a failure`);
  same(await (await post(host, { fields, headers: { Accept: "application/json" } })).json(), { ok: false, reason: "not-kept" }, `${host.name}: failing, JSON`);
  check(host.logs.some((it) => it.includes("could not be kept")), `${host.name}: a failure is not in the log`);
  await host.fail(false);
  same((await post(host, { fields })).status, 303, `${host.name}: after a failure`);
}

async function canaries(host) {
  const canary = () => `CANARY${randomUUID().replaceAll("-", "")}`;
  const fields = { name: canary(), email: `${canary()}@example.com`, phone: "+44 7700 900 1234", nickname: "CANARYnick", message: canary(), clinic: "river", consent: "yes" };
  const said = [];
  for (const sent of [fields, { ...fields, email: canary() }, { ...fields, company: canary() }, { ...fields, [canary()]: canary() }]) {
    const response = await post(host, { fields: sent });
    said.push(...[...response.headers].flat());
    const text = await response.text();
    if (response.status !== 422) said.push(text);
  }
  const marks = /CANARY|7700 900 1234|7700\+900/;
  check(!said.some((it) => marks.test(it)), `${host.name}: a canary in a header or on a page of ours`);
  check(!host.logs.some((it) => marks.test(it)), `${host.name}: a canary in a log`);
  const bytes = host.bytes();
  check(bytes.length > 0 && !marks.test(bytes.toString("latin1")), `${host.name}: a canary where enquiries are kept`);
  const last = (await Promise.all((await host.rows()).map(opened))).filter((it) => it.answers.message === fields.message);
  same(last.length, 1, `${host.name}: the canary within its envelope`);
}

async function keptValues(host) {
  const fields = { ...FINE, name: '"><script>alert(1)</script>', email: "no", stage: "norwood-3", days: ["mon", "sat"], clinic: "river", message: "</textarea>\none", nickname: "Ad'" };
  const response = await post(host, { fields });
  const text = await response.text();
  same(response.headers.get("Content-Security-Policy").split(";")[0], "default-src 'self'", `${host.name}: policy of the page`);
  for (const part of ['value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"', "value=no", " checked type=radio name=stage value=norwood-3", " checked type=checkbox name=days value=sat", " selected value=river", "<textarea id=ask-message name=message>\n&lt;/textarea&gt;\none</textarea>", 'value="Ad\'"', ' aria-invalid="true"', "There is a problem", 'href="#'.slice(0, 5)]) {
    check(text.includes(part), `${host.name}: the page has no ${part}`);
  }
  check(!text.includes("<script>") && !/checked[^>]*not-sure/.test(text), `${host.name}: the page keeps what was not sent`);
  const bare = await post(host, { fields, url: `${ORIGIN}/api/forms/bare` });
  same(bare.status, 422, `${host.name}: a form without its page`);
  check((await bare.text()).includes("Enter an e-mail address such as"), `${host.name}: a form without its page says what is wrong`);
}

/** A page of other words than those in force comes back with these, and nothing is ticked for anyone. */
async function wording(host) {
  const fields = { ...FINE, _id: randomUUID(), message: "Kept message", callback: "yes", news: "yes", _wording: "0f1e2d3c4b5a6978" };
  const before = (await host.rows()).length;
  const now = `name=_wording value=${contract.wording_digest}>`;
  for (const url of [FORM, `${ORIGIN}/api/forms/bare`]) {
    const text = await (await post(host, { fields, url })).text();
    for (const part of [contract.words.reworded, now, "Kept message", " checked type=checkbox"]) check(text.includes(part), `${host.name}: a page of other words has no ${part}`);
    for (const name of ["consent", "news"]) check(!new RegExp(`<input[^>]* checked[^>]* name=${name}`).test(text), `${host.name}: ${name} is ticked for other words`);
  }
  check(host.logs.some((it) => it.includes("other consent wording")), `${host.name}: other words are not in the log`);
  const young = Math.floor(Date.now() / 1000);
  const token = `${young}.${createHmac("sha256", SECRET).update(`token\0everything\0${young}`).digest("base64url")}`;
  const fast = await (await post(host, { fields: { ...fields, _token: token } })).text();
  check(fast.includes("sent very quickly") && !/checked[^>]* name=consent/.test(fast), `${host.name}: too fast, and of other words`);
  same((await host.rows()).length, before, `${host.name}: other words are kept`);
  same((await post(host, { fields: { ...fields, _wording: contract.wording_digest } })).status, 303, `${host.name}: the words in force`);
}

async function guards(host) {
  const headers = { Accept: "application/json" };
  const told = async (what, more) => {
    const response = await post(host, { fields: FINE, headers, ...more });
    return [response.status, (await response.json()).reason ?? null];
  };
  for (const path of ["nothing", "everything/", "everything/more", "__proto__", "constructor", "%65verything", ""]) same(await told("", { url: `${ORIGIN}/api/forms/${path}` }), [404, "unknown-form"], `${host.name}: ${path}`);
  for (const method of ["DELETE", "OPTIONS", "PATCH"]) {
    const response = await post(host, { fields: FINE, method });
    same([response.status, response.headers.get("Allow")], [405, "POST"], `${host.name}: ${method}`);
  }
  const got = await host.send(FORM, { headers: {} });
  same([got.status, got.headers.get("Location")], [303, "/ask/"], `${host.name}: GET`);
  const origins = [["https://clinic.example", "same-origin", 200], ["https://evil.example", "same-origin", 403], ["null", "none", 403], ["https://clinic.example", "cross-site", 200], ["https://clinic.example.evil.example", null, 403], ["HTTPS://CLINIC.EXAMPLE", null, 200], ["clinic.example", null, 403]];
  for (const [origin, site, status] of origins) same((await told("", { headers: { ...headers, Origin: origin, "Sec-Fetch-Site": site } }))[0], status, `${host.name}: from ${origin}, ${site}`);
  same((await host.send(`${FORM}/token`, { method: "POST", headers: {} })).headers.get("Allow"), "GET", `${host.name}: a token by POST`);
  same(await told("", { headers: { ...headers, "Content-Encoding": "gzip" } }), [415, "wrong-type"], `${host.name}: packed`);
  const response = await host.send(`${FORM}/token`, { headers: {} });
  common(response, `${host.name}: token`);
  const { token } = await response.json();
  const signed = (seconds, form = "everything") => `${seconds}.${createHmac("sha256", SECRET).update(`token\0${form}\0${seconds}`).digest("base64url")}`;
  const now = Math.floor(Date.now() / 1000);
  same(token, signed(Number(token.split(".")[0])), `${host.name}: the token`);
  const whence = { headers: { ...headers, "Sec-Fetch-Site": null } };
  const withToken = (token, more = {}) => told("", { fields: { ...FINE, _id: randomUUID(), _token: token }, ...more });
  same(await withToken(signed(now)), [422, null], `${host.name}: too soon`);
  same(await withToken(signed(now - 25 * 3600)), [422, null], `${host.name}: too late`);
  same(await withToken(signed(now - 60)), [200, null], `${host.name}: in time`);
  same(await withToken(signed(now - 60), whence), [200, null], `${host.name}: by its token alone`);
  same(await withToken(signed(now - 60, "bare"), whence), [400, "wrong-token"], `${host.name}: another form's token`);
  for (const wrong of [`${now - 60}.${"A".repeat(43)}`, "x", "1.2.3", `${now - 61}.${signed(now - 60).split(".")[1]}`]) same(await withToken(wrong), [400, "wrong-token"], `${host.name}: ${wrong}`);
  const page = await (await post(host, { fields: { ...FINE, name: "Kept Name", _token: signed(now) } })).text();
  check(page.includes("The form was sent very quickly") && page.includes('value="Kept Name"') && page.includes("<title>Error:"), `${host.name}: the page of one who was too fast`);
  const long = "x".repeat(70_000);
  same(await told("", { fields: { ...FINE, message: long } }), [413, "too-large"], `${host.name}: too large`);
  const pulled = { count: 0 };
  if (!host.name.startsWith("Lambda")) {
    const stream = new ReadableStream({ pull: (to) => ((pulled.count += 1) > 1000 ? to.close() : to.enqueue(new Uint8Array(4096).fill(97))) });
    const streamed = await host.send(FORM, { method: "POST", body: stream, duplex: "half", headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" } }).then((it) => it.status, () => 413);
    same(streamed, 413, `${host.name}: an endless body`);
  }
}

async function limits(host) {
  if (!host.limits) return;
  const from = (address) => post(host, { fields: { ...FINE, _id: randomUUID() }, headers: { "CF-Connecting-IP": address } });
  // At the end of a span of time the count begins anew.
  if (600 - ((Date.now() / 1000) % 600) < 5) await new Promise((done) => setTimeout(done, 6000));
  for (const [all, elsewhere] of [[["192.0.2.1", "192.0.2.77"], "192.0.3.1"], [["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"], "2001:db8:1:3::1"]]) {
    for (let at = 0; at < 5; at += 1) same((await from(all[at % 2])).status, 303, `${host.name}: within the limit`);
    const over = await from(all[1]);
    same(over.status, 429, `${host.name}: over the limit`);
    const wait = Number(over.headers.get("Retry-After"));
    check(wait > 0 && wait <= 600 && (await over.text()).includes("Many enquiries came"), `${host.name}: when to come again`);
    same((await from(elsewhere)).status, 303, `${host.name}: another network`);
  }
  check(!/192\.0\.2|2001:db8/.test(host.bytes().toString("latin1")), `${host.name}: a visitor's address is kept`);
}

async function expires(host) {
  if (!host.db || !host.name.includes("Worker")) return;
  await host.db.prepare("UPDATE galen_enquiries SET received = ?1 WHERE id = (SELECT id FROM galen_enquiries LIMIT 1)").bind(Date.now() - 91 * 86_400_000).run();
  const before = (await host.rows()).length;
  await host.scheduled();
  same((await host.rows()).length, before - 1, `${host.name}: what is old is deleted`);
}

same(["203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1", "2001:db8:0:0:1::", "::1", "", "x"].map(prefix), ["203.0.113", "203.0.113", "2001:db8:0:0", "2001:db8:0:0", "0:0:0:0", null, null], "networks");
const vectors = new URL("seal.json", forms);
if (existsSync(vectors)) say(`${await examples(context, vectors)} examples of the Rust implementation open, or do not, as they should`);

const hosts = [
  ["Worker, D1", (name) => workerd(join(exported, "cloudflare"), "D1", name)],
  ["Worker, KV", (name) => workerd(join(exported, "cloudflare"), "KV", name)],
  ["Pages, D1", (name) => workerd(join(exported, "pages"), "D1", name)],
  ["Netlify, webhook", () => netlify(join(exported, "netlify"), "webhook")],
  ["Netlify, S3", () => netlify(join(exported, "netlify"), "S3")],
  ["Lambda, S3", () => lambda(join(exported, "lambda"), "S3")],
  ["Lambda, webhook", () => lambda(join(exported, "lambda"), "webhook", { base64: false })],
].filter(([name]) => name.startsWith(process.argv[3] ?? ""));
for (const [name, start] of hosts) {
  const host = await start(name);
  const before = checks;
  for (const step of [(it) => conforms(it, false), (it) => conforms(it, true), retries, keptValues, wording, guards, canaries, faults, limits, expires]) {
    try {
      await step(host);
    } catch (error) {
      problems.push(`${host.name}: ${error.stack}`);
    }
  }
  problems.push(...(host.problems ?? []));
  say(`${host.name}: ${cases.length} cases, both ways; ${checks - before} checks; ${(await host.rows()).length} enquiries kept`);
  // `galen forms pull` is tried with what was kept.
  if (process.env.GALEN_FORMS_KEPT) write(process.env.GALEN_FORMS_KEPT, name, await host.rows());
  await host.stop();
}

// The same for a site that has Turnstile; the export has folders of its own for it.
const checked = [
  ["Turnstile Worker, D1", (name, env, others) => workerd(join(exported, "cloudflare-turnstile"), "D1", name, env, others)],
  ["Turnstile Worker, KV", (name, env, others) => workerd(join(exported, "cloudflare-turnstile"), "KV", name, env, others)],
  ["Turnstile Pages, D1", (name, env, others) => workerd(join(exported, "pages-turnstile"), "D1", name, env, others)],
  ["Turnstile Netlify, webhook", (_, env) => netlify(join(exported, "netlify-turnstile"), "webhook", env)],
  ["Turnstile Lambda, S3", (_, env) => lambda(join(exported, "lambda-turnstile"), "S3", { variables: env })],
].filter(([name]) => name.startsWith(process.argv[3] ?? ""));
for (const [name, start] of checked) {
  const before = checks;
  try {
    const host = await turnstile(name, (env, others) => start(name, env, others), { post, check, same, opened });
    problems.push(...(host.problems ?? []));
    if (process.env.GALEN_FORMS_KEPT) write(process.env.GALEN_FORMS_KEPT, name, await host.rows());
    await host.stop();
  } catch (error) {
    problems.push(`${name}: ${error.stack}`);
  }
  say(`${name}: ${checks - before} checks`);
}
for (const it of problems.slice(0, 40)) say(it);
say(`${checks} checks, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
