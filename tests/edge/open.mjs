// The reading side: opens envelopes with a key that is for tests alone.
import { readFileSync } from "node:fs";

const { subtle } = globalThis.crypto;
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const READING = { kty: "EC", crv: "P-256", x: "1W5ghKkPFYIfDs0gy9uJSHnWdgdAHVnKMaQZrF8WV_U", y: "B4NNqx3CqxJugovsw5eeDj0GQLV2cBXpNdpga86y7Eg", d: "tlOVgOGy3XxyswfscnCiBsqZRZGxR0L8FLW5OvdSxH0" };

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const utf8 = (text) => new TextEncoder().encode(text);

async function decrypt(key, iv, additionalData, data) {
  const imported = await subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  return new Uint8Array(await subtle.decrypt({ name: "AES-GCM", iv, additionalData }, imported, data));
}

/** Opens an envelope; `context` is HPKE's, from the program that is tried. Gives bytes. */
export async function open(context, envelope, form, id) {
  const recipient = new Uint8Array(Buffer.concat([Buffer.of(4), bytes(READING.x), bytes(READING.y)]));
  const name = Buffer.from(await subtle.digest("SHA-256", recipient)).toString("hex").slice(0, 12);
  if (envelope.v !== 1 || envelope.key.public !== name) throw new Error("another key");
  const own = await subtle.importKey("jwk", READING, CURVE, false, ["deriveBits"]);
  const sealed = bytes(envelope.key.sealed);
  const enc = sealed.slice(0, 65);
  const theirs = await subtle.importKey("raw", enc, CURVE, false, []);
  const secret = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: theirs }, own, 256));
  const { key, nonce } = await context(secret, enc, recipient, "galen form v1");
  const dataKey = await decrypt(key, nonce, utf8(envelope.key.id), sealed.slice(65));
  const box = bytes(envelope.box);
  return decrypt(dataKey, box.slice(0, 12), utf8(`${form}\0${id}`), box.slice(12));
}

/** Tries the examples that the Rust implementation made; gives how many there were. */
export async function examples(context, file) {
  const { examples } = JSON.parse(readFileSync(file));
  for (const it of examples) {
    const opened = await open(context, it.envelope, it.form, it.id).then((it) => Buffer.from(it).toString("base64url"), () => undefined);
    if (opened !== it.plaintext) throw new Error(`${it.name}: opened as ${opened}`);
  }
  return examples.length;
}
