// Cloudflare's Turnstile, where the site has it: asked as Galen's own endpoint asks (`src/forms/turnstile.rs`), with the same
// reasons. An enquiry is never lost by it: what it does not let through, or cannot be asked about, is held for a person to
// look at. `galen forms pull` reads the reason within the seal.

import { hex, join } from "./seal.mjs";

/** Where answers are checked. */
const ADDRESS = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
/** How long the check may take, in milliseconds. */
const PATIENCE = 5000;
/** No answer of a visitor has more bytes. */
const LONGEST = 2048;
/** Nor has what the check says. */
const MOST = 64 * 1024;

/** Whether it was logged here that there is no secret. */
let told = false;

/**
 * Asks about a visitor's answer (`response`, or null) on the page of a form of the site at `host`. Gives why the enquiry is to be
 * held, null where all is well; never throws. `once` is 32 bytes, the same for what is sent again, which may ask once more.
 */
export async function doubt(env, { host, form, response, once }) {
  const secret = env.GALEN_TURNSTILE_SECRET;
  if (typeof secret !== "string" || secret === "") {
    if (!told) console.error("galen: GALEN_TURNSTILE_SECRET is not set, so each enquiry is held to be looked at");
    told = true;
    return "turnstile: no secret";
  }
  if (!response || join(response).length > LONGEST) return "turnstile: no answer";
  const body = new URLSearchParams({ secret, response, idempotency_key: uuid(once) });
  let answer;
  try {
    answer = await fetch(ADDRESS, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return "turnstile: not reached";
  }
  if (answer.status !== 200) {
    answer.body?.cancel().catch(() => {});
    return "turnstile: not reached";
  }
  let value;
  try {
    value = JSON.parse(await read(answer));
  } catch {
    return "turnstile: not understood";
  }
  if (value?.success !== true) return "turnstile: not passed";
  if (typeof value.hostname === "string" && value.hostname !== host) return "turnstile: another host";
  // A theme need not name an action.
  if (typeof value.action === "string" && value.action !== "" && value.action !== form) return "turnstile: another action";
  return null;
}

/** The text of an answer; throws where it is too long, or breaks off. */
async function read(answer) {
  const parts = [];
  let length = 0;
  const stream = answer.body.getReader();
  for (;;) {
    const { done, value } = await stream.read();
    if (done) return new TextDecoder().decode(join(...parts));
    length += value.length;
    if (length > MOST) {
      stream.cancel().catch(() => {});
      throw new Error("too long");
    }
    parts.push(value);
  }
}

/** Bytes as a UUID (RFC 9562, version 4), which Cloudflare takes for a name. */
function uuid(bytes) {
  const digits = hex(bytes);
  const variant = ((Number.parseInt(digits[16], 16) & 3) | 8).toString(16);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}
