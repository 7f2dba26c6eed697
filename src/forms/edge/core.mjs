// The form endpoint for hosts of functions: a request in, a response out, on any runtime with WebCrypto.
//
// `settings` is made by Galen: `{ endpoint, publicKey, phone, limit, forms: [{ contract, digest, page }] }`. `env`
// has GALEN_SECRET (a random text of 32 characters or more) and may have GALEN_HOST (the site's host, where the request
// names another). `stores` is the host's: `put(record)` keeps an enquiry or throws; `has(form, id)` tells whether one
// is kept; `count(key, seconds)` counts and gives the number in this span of time; `address` is the visitor's. The
// last three may be absent.
//
// Nothing that was written by a visitor stands in a log, an address or a header.

import { Unreadable, json, judge, part, urlencoded } from "./judge.mjs";
import { fill, small } from "./page.mjs";
import { base64, hmac, join, seal, sha256, unbase64 } from "./seal.mjs";

/** The seconds in which no more than `limit` enquiries may come from a network. */
const SPAN = 600;

/** What is said of a request that is refused: by its reason. */
const WORDS = {
  "unknown-form": ["This form does not exist", "The address may be old, or the form may have been taken away."],
  "wrong-method": ["This address takes answers only", "Open the page with the form, and send it from there."],
  "cross-site": ["Your answers were not sent", "They seem to come from another website. Open the page with the form on our own website, and send it from there."],
  "wrong-type": ["Your answers could not be read", "They were sent in a way that this form does not take. Go back to the form and send it again."],
  "too-large": ["Your answers are too long", "Go back to the form, shorten what you wrote, and send it again."],
  "too-many": ["Too many enquiries at once", "Several enquiries came from your network within a few minutes. Your answers were not kept. Wait ten minutes, go back, and send them again."],
  "not-stored": ["Your answers could not be kept", "Something is wrong on our side, and nothing was kept. Go back and try again in a few minutes: your browser may still have what you wrote."],
};
const UNREADABLE = ["Your answers could not be read", "Something in them was damaged on the way, so nothing was kept. Go back to the form and send it again."];

const TOO_SOON = "The form was sent faster than a person can fill it in. Look over your answers, and send it again.";
const TOO_LATE = "The page was open for a long time. Look over your answers, and send it again.";

/** A request that is refused: its status, its reason as a word for programs. */
class Refused extends Error {
  constructor(status, reason, headers = {}) {
    super(reason);
    Object.assign(this, { status, reason, headers });
  }
}

/** Answers a request. */
export async function handle(request, env, settings, stores) {
  const found = find(new URL(request.url).pathname, settings);
  try {
    if (!found.form) throw new Refused(404, "unknown-form");
    if (typeof env.GALEN_SECRET !== "string" || env.GALEN_SECRET.length < 32) {
      console.error("galen: GALEN_SECRET is not set, or is shorter than 32 characters");
      throw new Refused(503, "not-stored");
    }
    const site = { request, env, settings, stores, ...found.form };
    return found.token ? await token(site) : await submit(site);
  } catch (error) {
    if (error instanceof Unreadable) return refusal(request, settings, found, new Refused(400, error.reason));
    if (error instanceof Refused) return refusal(request, settings, found, error);
    // The error itself may quote what was sent.
    console.error("galen: an enquiry could not be taken");
    return refusal(request, settings, found, new Refused(503, "not-stored"));
  }
}

/** Finds the form that a path names, and whether its token is asked for. */
function find(path, settings) {
  for (const end of ["", "/token"]) {
    const form = settings.forms.find((it) => path === settings.endpoint.replace("{form}", () => it.contract.form) + end);
    if (form) return { form, token: end !== "" };
  }
  return { form: null, token: false };
}

/** The steps of a submission. */
async function submit(site) {
  const { request, contract } = site;
  if (request.method !== "POST") throw new Refused(405, "wrong-method", { Allow: "POST" });
  const needsToken = !isOwnSite(site);
  const read = reader(request.headers);
  const { page, id, token, rest } = part(read(await body(request, contract.body_limit)));
  if (needsToken && token === null) throw new Refused(403, "cross-site");
  const age = token === null ? null : await tokenAge(site, token);
  const verdict = judge(contract, rest);
  if (verdict.refused) throw new Refused(400, verdict.refused);
  if (verdict.trapped) return success(site, base64(crypto.getRandomValues(new Uint8Array(16))));
  if (verdict.faulty) return faulty(site, rest, verdict.faulty);
  if (age !== null && age < contract.minimum_seconds) return faulty(site, rest, [["_token", TOO_SOON]]);
  if (age !== null && age > contract.maximum_hours * 3600) return faulty(site, rest, [["_token", TOO_LATE]]);
  const name = await submissionName(site, id, verdict.accepted);
  if (await site.stores.has?.(contract.form, name)) return success(site, name);
  await limited(site);
  await keep(site, name, verdict.accepted, page);
  return success(site, name);
}

/** Whether a post comes from the site's own pages; false where it does not say, and a token must. */
function isOwnSite({ request, env }) {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site !== null) {
    if (site === "same-origin" || site === "none") return true;
    throw new Refused(403, "cross-site");
  }
  const origin = request.headers.get("Origin");
  if (origin === null) return false;
  const host = URL.canParse(origin) ? new URL(origin).host : "";
  if (host !== "" && (host === new URL(request.url).host || host === env.GALEN_HOST)) return true;
  throw new Refused(403, "cross-site");
}

/** What reads a body of the type that the headers say. */
function reader(headers) {
  const [type, ...parameters] = (headers.get("Content-Type") ?? "").toLowerCase().split(";").map((it) => it.trim());
  const charset = parameters.map((it) => it.match(/^charset\s*=\s*"?([^"]*)"?$/)?.[1]).filter((it) => it !== undefined);
  const coding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  const read = { "application/x-www-form-urlencoded": urlencoded, "application/json": json };
  if (!Object.hasOwn(read, type) || charset.some((it) => it !== "utf-8") || coding !== "identity") {
    throw new Refused(415, "wrong-type");
  }
  return read[type];
}

/** Reads a body no further than it may be long. */
async function body(request, limit) {
  if (Number(request.headers.get("Content-Length") ?? 0) > limit) throw new Refused(413, "too-large");
  const parts = [];
  let length = 0;
  const stream = request.body?.getReader();
  for (;;) {
    const { done, value } = (await stream?.read()) ?? { done: true };
    if (done) return join(...parts);
    length += value.length;
    if (length > limit) {
      // What is still on its way is not waited for.
      stream.cancel().catch(() => {});
      throw new Refused(413, "too-large");
    }
    parts.push(value);
  }
}

const now = (site) => site.stores.now?.() ?? Date.now();

const signed = (site, seconds) => hmac(site.env.GALEN_SECRET, `token\0${site.contract.form}\0${seconds}`);

/** Answers with the moment, signed. */
async function token(site) {
  if (site.request.method !== "GET") throw new Refused(405, "wrong-method", { Allow: "GET" });
  const seconds = Math.floor(now(site) / 1000);
  return answer(200, { token: `${seconds}.${base64(await signed(site, seconds))}` });
}

/** How many seconds ago a token was given. */
async function tokenAge(site, token) {
  const [, seconds, signature] = token.match(/^([0-9]{1,12})\.([A-Za-z0-9_-]{43})$/) ?? [];
  if (seconds === undefined || !(await isEqual(unbase64(signature), await signed(site, seconds)))) {
    throw new Refused(400, "wrong-token");
  }
  return now(site) / 1000 - Number(seconds);
}

/** Compares two secrets in a time that tells nothing of them: by their digests. */
async function isEqual(one, other) {
  const [a, b] = [await sha256(one), await sha256(other)];
  return a.reduce((differ, byte, at) => differ | (byte ^ b[at]), 0) === 0;
}

/**
 * The name of an enquiry: the same for what is sent again. It is made of the submission's random name where it has one,
 * otherwise of the answers and the hour, under the secret, so that nobody else can tell what it was made of.
 */
async function submissionName(site, id, accepted) {
  const { env, contract } = site;
  const random = id !== null && /^[A-Za-z0-9-]{16,64}$/.test(id);
  const of = random ? ["id", id] : ["answers", Math.floor(now(site) / 3_600_000), accepted];
  return base64((await hmac(env.GALEN_SECRET, `once\0${contract.form}\0${JSON.stringify(of)}`)).subarray(0, 16));
}

/** Counts by form and network where the host has a store for it. */
async function limited(site) {
  const { env, settings, contract, stores } = site;
  const network = prefix(stores.address ?? "");
  if (!stores.count || network === null) return;
  const seconds = now(site) / 1000;
  const span = Math.floor(seconds / SPAN);
  const key = base64((await hmac(env.GALEN_SECRET, `limit\0${contract.form}\0${network}\0${span}`)).subarray(0, 16));
  if ((await stores.count(key, SPAN)) <= settings.limit) return;
  throw new Refused(429, "too-many", { "Retry-After": String(Math.ceil((span + 1) * SPAN - seconds)) });
}

/** The network of an address: the first 24 bits of IPv4, the first 64 of IPv6; null where it is none. */
export function prefix(address) {
  const four = address.match(/^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i);
  if (four) return four[1];
  const plain = address.replace(/%.*$/, "");
  const text = plain.includes(":") && URL.canParse(`http://[${plain}]`) ? new URL(`http://[${plain}]`).hostname.slice(1, -1) : null;
  if (text === null) return null;
  const [before, after] = text.split("::").map((it) => (it === "" ? [] : it.split(":")));
  const groups = after === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill("0"), ...after];
  return groups.slice(0, 4).join(":");
}

/** Seals answers and keeps them; what stands beside them is what work needs. */
async function keep(site, id, accepted, page) {
  const { settings, contract, digest, stores } = site;
  const received = now(site);
  const consents = contract.questions
    .filter((it) => it.kind === "consent" && accepted.some(([name]) => name === it.name))
    .map((it) => ({ name: it.name, wording: it.wording ?? "" }));
  const path = page !== null && /^\/(?![/\\])[^\s\\?#]{0,199}$/.test(page) ? page : (contract.page ?? null);
  const answers = Object.fromEntries(accepted);
  const plain = { answers, consents, page: path, language: contract.language, received, contract: digest };
  try {
    const envelope = await seal(settings.publicKey, contract.form, id, JSON.stringify(plain));
    await stores.put({ id, form: contract.form, received, contract: digest, envelope }, contract);
  } catch (error) {
    // Only names of kinds: a message may quote what was sent.
    console.error(`galen: an enquiry could not be kept (${error?.kind ?? "failure"})`);
    throw new Refused(503, "not-stored", { "Retry-After": "120" });
  }
}

const wantsJson = (request) => /(^|[,\s])application\/json\b/i.test(request.headers.get("Accept") ?? "");

const COMMON = { "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff" };
const NONE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const OWN = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** A response: JSON of an object, HTML of a text. */
function answer(status, content, headers = {}) {
  const page = typeof content === "string";
  const type = page ? "text/html; charset=utf-8" : "application/json";
  const policy = { "Content-Type": type, "Content-Security-Policy": NONE, Vary: "Accept" };
  return new Response(page ? content : JSON.stringify(content), { status, headers: { ...COMMON, ...policy, ...headers } });
}

function success({ request, contract }, id) {
  if (wantsJson(request)) return answer(200, { ok: true, id });
  const headers = { ...COMMON, "Content-Security-Policy": NONE, Vary: "Accept", Location: own(contract.thanks) };
  return new Response(null, { status: 303, headers });
}

/** An address if it is of the own site, else its first page. */
function own(address) {
  const base = "https://own.invalid";
  const url = URL.canParse(address, base) ? new URL(address, base) : null;
  return url?.origin === base ? url.pathname + url.search + url.hash : "/";
}

function faulty({ request, contract, page }, sent, errors) {
  if (wantsJson(request)) {
    return answer(422, { ok: false, errors: Object.fromEntries(errors.map(([name, message]) => [name, [message]])) });
  }
  if (page) return answer(422, fill(page, contract, sent, errors), { "Content-Security-Policy": OWN });
  const paragraphs = ["Go back in your browser: what you wrote is still there. Then correct this, and send it again:"];
  const title = `${contract.words.error} ${contract.words.problem}`;
  return answer(422, small({ title, paragraphs, faults: errors.map(([, it]) => it), back: own(contract.page ?? "/") }));
}

function refusal(request, settings, found, { status, reason, headers }) {
  if (wantsJson(request)) return answer(status, { ok: false, reason }, headers);
  const [title, what] = WORDS[reason] ?? UNREADABLE;
  const call = settings.phone ? [`You can also ring the clinic: ${settings.phone}.`] : [];
  const back = own(found.form?.contract.page ?? "/");
  return answer(status, small({ title, paragraphs: [what, ...call], back }), headers);
}
