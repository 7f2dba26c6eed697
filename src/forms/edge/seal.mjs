// Sealing to the clinic's public key, by WebCrypto alone: HPKE (RFC 9180) in base mode with DHKEM(P-256, HKDF-SHA256),
// HKDF-SHA256 and AES-256-GCM. Only the reading key, which never comes here, opens what is sealed.

const crypto = globalThis.crypto;
const bytes = (text) => new TextEncoder().encode(text);

/** Joins bytes; a text is its UTF-8. */
export function join(...parts) {
  const all = parts.map((it) => (typeof it === "string" ? bytes(it) : it));
  const out = new Uint8Array(all.reduce((sum, it) => sum + it.length, 0));
  let at = 0;
  for (const it of all) {
    out.set(it, at);
    at += it.length;
  }
  return out;
}

/** base64url without `=`. */
export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Bytes of base64url; throws where it is none. */
export function unbase64(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("no base64url");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (it) => it.charCodeAt(0));
}

/** Lower-case hexadecimal digits. */
export const hex = (bytes) => Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");

/** SHA-256. */
export const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));

/** HMAC-SHA256; a key or a message that is a text is its UTF-8. */
export async function hmac(key, message) {
  const raw = typeof key === "string" ? bytes(key) : key;
  const imported = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, join(message)));
}

const KEM = join("KEM", Uint8Array.of(0x00, 0x10));
const SUITE = join("HPKE", Uint8Array.of(0x00, 0x10, 0x00, 0x01, 0x00, 0x02));
const NONE = new Uint8Array(0);

// RFC 9180 §4. HKDF-Extract without a salt is with one of zeros (RFC 5869 §2.2), and no output here is longer than a hash.
const extract = (suite, salt, label, input) =>
  hmac(salt.length > 0 ? salt : new Uint8Array(32), join("HPKE-v1", suite, label, input));
const expand = async (suite, key, label, info, length) =>
  (await hmac(key, join(Uint8Array.of(0, length), "HPKE-v1", suite, label, info, Uint8Array.of(1)))).subarray(0, length);

/** The key and nonce of an HPKE context's first message: from the secret of Diffie-Hellman, and both public points. */
export async function context(secret, enc, recipient, info) {
  const mixed = await extract(KEM, NONE, "eae_prk", secret);
  const shared = await expand(KEM, mixed, "shared_secret", join(enc, recipient), 32);
  const pskId = await extract(SUITE, NONE, "psk_id_hash", NONE);
  const infoHash = await extract(SUITE, NONE, "info_hash", bytes(info));
  const schedule = join(Uint8Array.of(0), pskId, infoHash);
  const root = await extract(SUITE, shared, "secret", NONE);
  return { key: await expand(SUITE, root, "key", schedule, 32), nonce: await expand(SUITE, root, "base_nonce", schedule, 12) };
}

async function encrypt(key, iv, additionalData, data) {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, imported, data));
}

/** The 65 bytes of a public key, `galen-key:…`. */
export function publicKey(text) {
  const [name, rest] = text.trim().split(":");
  const point = name === "galen-key" && rest ? unbase64(rest) : NONE;
  if (point.length !== 65) throw new Error("no public key");
  return point;
}

async function wrap(recipient, id, dataKey) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const own = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const theirs = await crypto.subtle.importKey("raw", recipient, curve, false, []);
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  // workerd follows the standard in the name `public`.
  const secret = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256));
  const { key, nonce } = await context(secret, enc, recipient, "galen form v1");
  return join(enc, await encrypt(key, nonce, bytes(id), dataKey));
}

/** Seals a text for a form and an enquiry's id, with a data key of its own: an envelope. */
export async function seal(publicText, form, id, plaintext) {
  const random = (length) => crypto.getRandomValues(new Uint8Array(length));
  const recipient = publicKey(publicText);
  const dataKey = random(32);
  const name = base64(random(16));
  const nonce = random(12);
  const boxed = await encrypt(dataKey, nonce, join(form, Uint8Array.of(0), id), bytes(plaintext));
  const key = { id: name, public: hex(await sha256(recipient)).slice(0, 12), sealed: base64(await wrap(recipient, name, dataKey)) };
  dataKey.fill(0);
  return { v: 1, key, box: base64(join(nonce, boxed)) };
}
