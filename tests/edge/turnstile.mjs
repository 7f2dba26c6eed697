// Turnstile's check as functions ask it: of a fake on loopback, which answers by what a visitor's answer begins with.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const ADDRESS = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
const SECRET = "a secret key of a widget";

const well = { success: true, hostname: "clinic.example", action: "everything" };
const json = (value) => (response) => response.end(JSON.stringify(value));
/** What the fake does, and why an enquiry is held then. */
const CASES = {
  passes: [json(well), null],
  bare: [json({ success: true }), null],
  actionless: [json({ ...well, action: "" }), null],
  fails: [json({ success: false, "error-codes": ["timeout-or-duplicate"] }), "turnstile: not passed"],
  almost: [json({ ...well, success: "true" }), "turnstile: not passed"],
  nothing: [json(null), "turnstile: not passed"],
  hostname: [json({ ...well, hostname: "other.example" }), "turnstile: another host"],
  action: [json({ ...well, action: "news" }), "turnstile: another action"],
  garbage: [(response) => response.end("<html>sorry</html>"), "turnstile: not understood"],
  long: [(response) => response.end(JSON.stringify({ ...well, more: "x".repeat(70_000) })), "turnstile: not understood"],
  status: [(response) => response.writeHead(500).end(JSON.stringify(well)), "turnstile: not reached"],
  redirect: [(response) => response.writeHead(302, { Location: "/elsewhere" }).end(JSON.stringify(well)), "turnstile: not reached"],
  broken: [(response) => response.destroy(), "turnstile: not reached"],
  // Nothing is ever said: the function gives up by itself.
  silent: [() => {}, "turnstile: not reached"],
};

/** Starts the fake: `{ ask(url, init), asked, stop() }`, where `ask` is `fetch` for Turnstile's address alone. */
async function siteverify() {
  const asked = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (it) => parts.push(it)).on("end", () => {
      const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
      asked.push({ method: request.method, path: request.url, fields });
      if (request.url !== "/siteverify") return json(well)(response);
      CASES[fields.response?.split(".")[0]][0](response);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const real = globalThis.fetch;
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    asked,
    is: (url) => String(url) === ADDRESS || new URL(url).pathname === "/elsewhere",
    ask: (url, init) => real(String(url) === ADDRESS ? `${origin}/siteverify` : `${origin}/elsewhere`, init),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Tries a host whose folder was exported for a site with Turnstile. `start` is given variables and what is asked in place of other
 * hosts, `{ is(url), ask(url, init) }`, and gives the host; `tools` is `{ post, check, same, opened }`. Gives the host, for more.
 */
export async function turnstile(name, start, { post, check, same, opened }) {
  const fake = await siteverify();
  const real = globalThis.fetch;
  globalThis.fetch = (url, init) => (fake.is(url) ? fake.ask(url, init) : real(url, init));
  const host = await start({ GALEN_TURNSTILE_SECRET: SECRET }, fake);
  const fine = { name: "Ada Example", email: "ada@example.com", clinic: "lane", consent: "yes" };
  const reasons = async () => new Map((await Promise.all((await host.rows()).map(opened))).map((it) => [it.answers.message, it.reason ?? null]));
  try {
    const send = async (message, response) => {
      const token = response === undefined ? {} : { "cf-turnstile-response": response };
      same((await post(host, { fields: { ...fine, message, _id: randomUUID(), ...token } })).status, 303, `${name}: ${message} is taken`);
    };
    const tokens = Object.fromEntries(Object.keys(CASES).map((it) => [it, `${it}.CANARY & ${randomUUID()}`]));
    await Promise.all([
      ...Object.entries(tokens).map(([message, token]) => send(message, token)),
      send("none"), send("empty", ""), send("too long", "passes.".padEnd(2049, "x")), send("bytes", "passes.".padEnd(1500, "é")),
    ]);
    const kept = await reasons();
    for (const [message, [, reason]] of Object.entries(CASES)) same(kept.get(message), reason, `${name}: ${message}`);
    for (const message of ["none", "empty", "too long", "bytes"]) same(kept.get(message), "turnstile: no answer", `${name}: ${message}`);
    same(kept.size, Object.keys(CASES).length + 4, `${name}: each is kept`);

    same(fake.asked.map((it) => it.fields.response).sort(), Object.values(tokens).sort(), `${name}: each answer is asked about once, none elsewhere`);
    check(fake.asked.every((it) => it.method === "POST" && it.path === "/siteverify" && it.fields.secret === SECRET), `${name}: how it is asked`);
    const keys = fake.asked.map((it) => it.fields.idempotency_key);
    check(keys.every((it) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(it)), `${name}: a name that is no UUID`);
    same(new Set(keys).size, keys.length, `${name}: enquiries ask under names of their own`);

    // What is sent again asks under the same name.
    const again = { ...fine, message: "again", _id: randomUUID(), "cf-turnstile-response": "passes.again" };
    for (let at = 0; at < 2; at += 1) same((await post(host, { fields: again })).status, 303, `${name}: again`);
    const both = fake.asked.filter((it) => it.fields.response === "passes.again");
    // A host with a store of its own knows it, and asks once.
    same(both.length, host.limits ? 1 : 2, `${name}: asked again`);
    same(new Set(both.map((it) => it.fields.idempotency_key)).size, 1, `${name}: under one name`);

    // What is mended, or no enquiry, is not asked about.
    const before = fake.asked.length;
    const back = await post(host, { fields: { ...fine, email: "no", "cf-turnstile-response": "passes.mend" } });
    const text = await back.text();
    same([back.status, fake.asked.length], [422, before], `${name}: mistakes`);
    check(text.includes("class=cf-turnstile") && text.includes("<noscript>"), `${name}: the page that comes back has no widget`);
    const policy = back.headers.get("Content-Security-Policy").split("; ");
    const own = ["default-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"];
    const cloudflare = "https://challenges.cloudflare.com";
    same(policy, [...own, `script-src 'self' ${cloudflare}`, `frame-src ${cloudflare}`], `${name}: policy`);
    const marks = new RegExp(`CANARY|${SECRET}`);
    check(!host.logs.some((it) => marks.test(it)) && !marks.test(host.bytes().toString("latin1")), `${name}: an answer or a secret is in a log, or kept`);
    check(!/turnstile: /.test(host.bytes().toString("latin1")), `${name}: a reason is kept in the clear`);

    const bare = await start({}, fake);
    const asked = fake.asked.length;
    // The log of Node's handlers is one for all of them, and workerd's comes two ways.
    const logged = () => bare.logs.filter((it) => it.includes("GALEN_TURNSTILE_SECRET is not set")).length;
    const earlier = bare.logs === host.logs ? logged() : 0;
    for (let at = 0; at < 4; at += 1) {
      same((await post(bare, { fields: { ...fine, message: "no secret", _id: randomUUID(), "cf-turnstile-response": "passes.x" } })).status, 303, `${name}: without a secret`);
    }
    same((await Promise.all((await bare.rows()).map(opened))).map((it) => it.reason), Array(4).fill("turnstile: no secret"), `${name}: without a secret`);
    for (let at = 0; at < 200 && logged() === earlier; at += 1) await new Promise((done) => setTimeout(done, 25));
    const lines = logged() - earlier;
    check(lines === 1 || lines === 2, `${name}: that there is no secret is logged ${lines} times`);
    same(fake.asked.length, asked, `${name}: asked without a secret`);
    await bare.stop();
  } finally {
    globalThis.fetch = real;
    fake.stop();
  }
  return host;
}
