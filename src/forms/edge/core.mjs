// The form endpoint for hosts of functions: a request in, a response out, on any runtime with WebCrypto.
//
// `settings` is made by Galen: `{ origin, endpoint, publicKey, phone, limit, words, forms: [{ contract, digest, page }] }`,
// where words are a title and a sentence by reason, and `turnstile`, whether the site has it. `env` has GALEN_SECRET, a random
// text of 32 characters or more, and GALEN_TURNSTILE_SECRET where `turnstile` is true.
// `stores` is the host's: `put(record)` keeps an enquiry or throws; `has(form, id)` tells whether one is kept;
// `count(key, seconds)` counts and gives the number in this span of time; `address` is the visitor's. The last three may
// be absent.
//
// Nothing that was written by a visitor stands in a log, an address or a header.

import { Unreadable, isReworded, json, judge, part, shown, urlencoded } from "./judge.mjs";
import { fill, small } from "./page.mjs";
import { base64, hmac, join, seal, sha256, unbase64 } from "./seal.mjs";
import { doubt } from "./turnstile.mjs";

/** The seconds in which no more than `limit` enquiries may come from a network. */
const SPAN = 600;

/** The bytes by which a form's limit grows for each photograph. */
const PHOTO = 8 * 1024 * 1024;

/** What is logged of an enquiry that agrees to other words than those in force. */
const REWORDED =
  "an enquiry came from a page with other consent wording than that in force here, and has to be sent again; where this goes on, publish the site and export its functions from the same content";

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
      throw new Refused(503, "not-kept");
    }
    const site = { request, env, settings, stores, ...found.form };
    return found.token ? await token(site) : await submit(site);
  } catch (error) {
    if (error instanceof Unreadable) return refusal(request, settings, found, new Refused(400, error.reason));
    if (error instanceof Refused) return refusal(request, settings, found, error);
    failed(error);
    return refusal(request, settings, found, new Refused(503, "not-kept"));
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
  if (request.method !== "POST") return noPost(site);
  const from = whence(site);
  if (from === "elsewhere") throw new Refused(403, "cross-site");
  const read = reader(request.headers);
  // Photographs are not taken here, and what is longer without them is too long.
  const limit = contract.body_limit - (contract.files ?? 0) * PHOTO;
  const envelope = part(read(await body(request, limit)));
  const { id, token } = envelope;
  const again = shown(contract, envelope);
  if (token === null && from === "unsaid") throw new Refused(403, "cross-site");
  const wrong = token === null ? null : await untimely(site, token);
  if (wrong) return comesBack(site, 422, again, general(site, wrong));
  const verdict = judge(contract, envelope);
  if (verdict.refused) throw new Refused(400, verdict.refused);
  if (verdict.trapped) return success(site, spelt(crypto.getRandomValues(new Uint8Array(12))));
  if (verdict.faulty) {
    if (isReworded(contract, envelope)) console.warn(`galen: ${contract.form}: ${REWORDED}`);
    return comesBack(site, 422, again, verdict.faulty);
  }
  const name = await submissionName(site, id, verdict.accepted);
  try {
    if (await site.stores.has?.(contract.form, name)) return success(site, name);
    await limited(site);
    await keep(site, name, verdict.accepted, envelope);
  } catch (error) {
    if (!(error instanceof Refused)) failed(error);
    const { status, reason, headers } = error instanceof Refused ? error : new Refused(503, "not-kept", { "Retry-After": "30" });
    if (wantsJson(request)) return answer(status, { ok: false, reason }, headers);
    // What was written comes back: it would be lost otherwise.
    return comesBack(site, status, again, general(site, reason), headers);
  }
  return success(site, name);
}

/** Who reloads the page with errors, or opens its address again, is led back to the form. */
function noPost({ request, contract }) {
  if (!["GET", "HEAD"].includes(request.method) || !contract.page) throw new Refused(405, "wrong-method", { Allow: "POST" });
  return seeOther(contract.page);
}

/** Only names of kinds are logged: a message may quote what was sent. */
function failed(error) {
  console.error(`galen: an enquiry could not be kept (${error?.kind ?? "failure"})`);
}

/**
 * Where a post comes from: `own`, `elsewhere` or `unsaid`. Pages cannot set `Sec-Fetch-Site`; where it is absent, `Origin`
 * must name the site or the host that is asked.
 */
function whence({ request, settings }) {
  const site = request.headers.get("Sec-Fetch-Site");
  const origin = request.headers.get("Origin")?.toLowerCase() ?? null;
  const isSite = origin !== null && origin === settings.origin.toLowerCase();
  const isHost = origin !== null && origin.replace(/^https?:\/\//, "") === new URL(request.url).host && /^https?:/.test(origin);
  if (origin !== null && !isSite && !isHost) return "elsewhere";
  if (site === "same-origin" || site === "none") return "own";
  if (site !== null && !isSite) return "elsewhere";
  return origin === null ? "unsaid" : "own";
}

/** What is wrong as a whole, in words for a visitor: one error that is of no question. */
function general({ settings }, reason) {
  const [title, words] = settings.words[reason];
  const call = settings.phone && reason === "not-kept" ? ` Our telephone: ${settings.phone}.` : "";
  return [["", `${title}. ${words}${call}`]];
}

/** What reads a body of the type that the headers say. */
function reader(headers) {
  const [type, ...parameters] = (headers.get("Content-Type") ?? "").toLowerCase().split(";").map((it) => it.trim());
  const charset = parameters.map((it) => it.match(/^charset\s*=\s*"?([^"]*)"?$/)?.[1]).filter((it) => it !== undefined);
  const coding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "identity";
  const read = { "application/x-www-form-urlencoded": urlencoded, "application/json": json };
  if (!Object.hasOwn(read, type) || charset.some((it) => it !== "utf-8" && it !== "utf8") || coding !== "identity") {
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

/** Why a token is not of its time; null where it is. */
async function untimely(site, token) {
  const { contract } = site;
  const [, seconds, signature] = token.match(/^([0-9]{1,12})\.([A-Za-z0-9_-]{43})$/) ?? [];
  if (seconds === undefined || !(await isEqual(unbase64(signature), await signed(site, seconds)))) {
    throw new Refused(400, "wrong-token");
  }
  const age = Math.floor(now(site) / 1000) - Number(seconds);
  if (age > contract.maximum_hours * 3600) return "too-old";
  // A clock that was set back makes pages of the future; they are as good as new ones.
  return age >= 0 && age < contract.minimum_seconds ? "too-fast" : null;
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
  return spelt((await hmac(env.GALEN_SECRET, `once\0${contract.form}\0${JSON.stringify(of)}`)).subarray(0, 12));
}

/** Twelve bytes as a name of 60 bits, in letters and digits that are not mistaken for others. */
function spelt(bytes) {
  const letters = Array.from(bytes, (it) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[it % 32]).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
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
async function keep(site, id, accepted, { page, turnstile }) {
  const { settings, contract, digest, stores } = site;
  const received = now(site);
  const consents = contract.questions
    .filter((it) => it.kind === "consent" && accepted.some(([name]) => name === it.name))
    .map((it) => ({ name: it.name, wording: it.wording ?? "" }));
  const path = page !== null && /^\/(?![/\\])[^\s\\?#]{0,199}$/.test(page) ? page : (contract.page ?? null);
  const answers = Object.fromEntries(accepted);
  const plain = { answers, consents, page: path, language: contract.language, received, contract: digest };
  const reason = settings.turnstile ? await held(site, id, turnstile) : null;
  // Why someone is to look at it first is nobody's but the clinic's.
  if (reason !== null) plain.reason = reason;
  const envelope = await seal(settings.publicKey, contract.form, id, JSON.stringify(plain));
  await stores.put({ id, form: contract.form, received, contract: digest, envelope }, contract);
}

/** Why an enquiry is to be held, by Turnstile; null where it is not. */
async function held({ env, settings, contract }, id, response) {
  const once = await hmac(env.GALEN_SECRET, `turnstile\0${contract.form}\0${id}`);
  return doubt(env, { host: new URL(settings.origin).hostname, form: contract.form, response, once });
}

function wantsJson(request) {
  const accept = request.headers.get("Accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

const COMMON = { "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff" };
const NONE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const OWN = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const CHECKED = `${OWN}; script-src 'self' https://challenges.cloudflare.com; frame-src https://challenges.cloudflare.com`;

/** A response: JSON of an object, HTML of a text. */
function answer(status, content, headers = {}) {
  const page = typeof content === "string";
  const type = page ? "text/html; charset=utf-8" : "application/json";
  const policy = { "Content-Type": type, "Content-Security-Policy": NONE, Vary: "Accept" };
  return new Response(page ? content : JSON.stringify(content), { status, headers: { ...COMMON, ...policy, ...headers } });
}

const success = ({ request, contract }, id) => (wantsJson(request) ? answer(200, { ok: true, id }) : seeOther(contract.thanks));

/** Sends a browser on with a GET. */
function seeOther(to) {
  return new Response(null, { status: 303, headers: { ...COMMON, "Content-Security-Policy": NONE, Vary: "Accept", Location: own(to) } });
}

/** An address if it is of the own site, else its first page. */
function own(address) {
  const base = "https://own.invalid";
  const url = URL.canParse(address, base) ? new URL(address, base) : null;
  return url?.origin === base ? url.pathname + url.search + url.hash : "/";
}

/** The page with what was sent and what is wrong with it. */
function comesBack({ request, contract, page, settings }, status, sent, errors, headers = {}) {
  if (wantsJson(request)) {
    return answer(status, { ok: false, errors: Object.fromEntries(errors.map(([name, message]) => [name, [message]])) }, headers);
  }
  return answer(status, fill(page, contract, sent, errors), { "Content-Security-Policy": settings.turnstile ? CHECKED : OWN, ...headers });
}

function refusal(request, settings, found, { status, reason, headers }) {
  if (wantsJson(request)) return answer(status, { ok: false, reason }, headers);
  const [title, what] = settings.words[reason] ?? settings.words.other;
  const call = settings.phone ? [`Our telephone: ${settings.phone}.`] : [];
  const back = own(found.form?.contract.page ?? "/");
  return answer(status, small(title, [what, ...call], back), headers);
}
