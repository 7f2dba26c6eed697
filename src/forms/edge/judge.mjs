// What was sent, and the verdict on it, by a form's contract. The same verdicts as Galen's own endpoint, which
// `tests/forms/` holds both to. Texts are compared and counted by characters, not by units of UTF-16.

/** How many fields a submission may have. */
const FIELDS = 200;
/** How deeply JSON may be nested. */
const DEPTH = 128;

/** Why a body cannot be read: its reason is a word for programs. */
export class Unreadable extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Reads bytes as UTF-8, strictly; a byte order mark is a character as any other. */
function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable("wrong-encoding");
  }
}

function digit(byte) {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x41 && byte <= 0x46) return byte - 0x37;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  throw new Unreadable("wrong-encoding");
}

function unescaped(bytes) {
  const out = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    let byte = bytes[at];
    if (byte === 0x2b) byte = 0x20;
    else if (byte === 0x25) {
      byte = (digit(bytes[at + 1]) << 4) | digit(bytes[at + 2]);
      at += 2;
    }
    out[length] = byte;
    length += 1;
  }
  return utf8(out.subarray(0, length));
}

/** Reads what browsers write: pairs of names and values in their order. Broken escapes are refused. */
export function urlencoded(bytes) {
  const sent = [];
  for (let start = 0; start <= bytes.length; ) {
    let end = bytes.indexOf(0x26, start);
    if (end < 0) end = bytes.length;
    const pair = bytes.subarray(start, end);
    if (pair.length > 0) {
      const at = pair.indexOf(0x3d);
      const [name, value] = at < 0 ? [pair, pair.subarray(pair.length)] : [pair.subarray(0, at), pair.subarray(at + 1)];
      sent.push([unescaped(name), unescaped(value)]);
    }
    start = end + 1;
  }
  return sent;
}

/** Reads an object of texts and of lists of texts. */
export function json(bytes) {
  const value = new Json(utf8(bytes)).whole();
  if (!(value instanceof Map)) throw new Unreadable("wrong-shape");
  const sent = [];
  for (const [name, it] of value) {
    const list = Array.isArray(it);
    for (const text of list ? it : [it]) {
      if (typeof text !== "string") throw new Unreadable("wrong-shape");
      sent.push([name, text]);
    }
  }
  return sent;
}

/**
 * JSON as RFC 8259 has it, read by hand because `JSON.parse` puts names that are numbers first, lets half a character
 * pass, and says nothing of depth. Objects are maps, lists are lists; anything but a text is null.
 */
class Json {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  whole() {
    const value = this.value(DEPTH);
    this.space();
    if (this.at < this.text.length) throw new Unreadable("wrong-syntax");
    return value;
  }

  /** Takes what a sticky expression finds here. */
  take(expression) {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text);
    if (!found) throw new Unreadable("wrong-syntax");
    this.at = expression.lastIndex;
    return found[0];
  }

  space() {
    this.take(/[ \t\n\r]*/y);
    return this.text[this.at];
  }

  value(depth) {
    const sign = this.space();
    if (sign === '"') return this.string();
    if (sign === "{" || sign === "[") {
      if (depth === 1) throw new Unreadable("wrong-shape");
      this.at += 1;
      return sign === "{" ? this.object(depth - 1) : this.list(depth - 1);
    }
    if (sign === "-" || (sign >= "0" && sign <= "9")) {
      const number = this.take(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y);
      if (!Number.isFinite(Number(number))) throw new Unreadable("wrong-syntax");
      return null;
    }
    this.take(/true|false|null/y);
    return null;
  }

  string() {
    const raw = this.take(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    const text = JSON.parse(raw);
    if (!text.isWellFormed()) throw new Unreadable("wrong-syntax");
    return text;
  }

  object(depth) {
    const object = new Map();
    if (this.space() === "}") {
      this.at += 1;
      return object;
    }
    for (;;) {
      this.space();
      const name = this.string();
      this.space();
      this.take(/:/y);
      object.set(name, this.value(depth));
      this.space();
      if (this.take(/[,}]/y) === "}") return object;
    }
  }

  list(depth) {
    const list = [];
    if (this.space() === "]") {
      this.at += 1;
      return list;
    }
    for (;;) {
      list.push(this.value(depth));
      this.space();
      if (this.take(/[,\]]/y) === "]") return list;
    }
  }
}

/** Parts what belongs to the protocol from the answers: `{ page, id, token, wording, turnstile, rest }`. */
export function part(sent) {
  const slots = new Map([["_page", "page"], ["_id", "id"], ["_token", "token"], ["_wording", "wording"], ["cf-turnstile-response", "turnstile"]]);
  const envelope = { page: null, id: null, token: null, wording: null, turnstile: null, rest: [] };
  for (const [name, value] of sent) {
    const slot = slots.get(name);
    if (slot) envelope[slot] = value === "" ? null : value;
    else envelope.rest.push([name, value]);
  }
  return envelope;
}

/** Whether what was sent agrees to other words than those in force. */
export const isReworded = (contract, envelope) => envelope.wording !== null && envelope.wording !== (contract.wording_digest ?? null);

/** The answers with which the page comes back: nothing is ticked for anyone that agrees to other words. */
export function shown(contract, envelope) {
  if (!isReworded(contract, envelope)) return envelope.rest;
  return envelope.rest.filter(([name]) => contract.questions.find((it) => it.name === name)?.kind !== "consent");
}

/**
 * Judges what was sent, as it was parted: `{ refused }` with a reason, `{ faulty }` with pairs, `{ trapped }`, or
 * `{ accepted }` with pairs.
 */
export function judge(contract, envelope) {
  const sent = envelope.rest;
  const reason = refused(contract, sent);
  if (reason) return { refused: reason };
  const faulty = [];
  const accepted = [];
  let trapped = false;
  const reworded = isReworded(contract, envelope);
  for (const question of contract.questions) {
    const values = sent.filter(([name]) => name === question.name).map(([, value]) => clean(value));
    if (question.kind === "trap") {
      trapped ||= values.some((it) => it !== "");
      continue;
    }
    const given = values.filter((it) => it !== "");
    const { message, answer } = question.kind === "photo" ? photographed(question, given) : answered(question, given);
    if (message !== undefined) faulty.push([question.name, message]);
    else if (answer !== undefined && reworded && question.kind === "consent") faulty.push([question.name, contract.words.reworded]);
    else if (answer !== undefined) accepted.push([question.name, answer]);
  }
  if (trapped) return { trapped };
  return faulty.length > 0 ? { faulty } : { accepted };
}

function refused(contract, sent) {
  if (sent.length > FIELDS) return "too-many-fields";
  const seen = new Set();
  for (const [name] of sent) {
    const question = contract.questions.find((it) => it.name === name);
    if (!question) return "unknown-field";
    if (seen.has(name) && !["many", "photo"].includes(question.kind)) return "repeated-field";
    seen.add(name);
  }
  return null;
}

/** No photograph arrives here. A text in its place is the name of a file that was left behind. */
function photographed({ required, messages }, given) {
  if (given.length > 0) return { message: messages.photos?.lost ?? messages.invalid };
  return required ? { message: messages.required } : {};
}

function answered(question, given) {
  const { kind, messages } = question;
  if (given.length === 0) return question.required ? { message: messages.required } : {};
  for (const value of given) {
    if ((kind === "lines" ? CONTROL_IN_LINES : CONTROL).test(value)) return { message: messages.character };
    if (length(value) > question.max) return { message: messages.long };
    if (!isFine(question, value)) return { message: messages.invalid };
  }
  if (kind !== "many") return { answer: given[0] };
  return { answer: (question.options ?? []).map((it) => it.value).filter((it) => given.includes(it)) };
}

function isFine(question, value) {
  switch (question.kind) {
    case "email":
      return isEmail(value);
    case "tel":
      return isTelephone(value);
    case "one":
    case "many":
      return (question.options ?? []).some((it) => it.value === value);
    case "tick":
    case "consent":
      return value === "yes";
    default:
      return true;
  }
}

const length = (text) => Array.from(text).length;

/** One kind of line end, no space around. */
const clean = (text) => text.replace(/\r\n?/g, "\n").trim();

// Controls, and what tells the order of letters in secret; in several lines, new lines and tabs are text.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const CONTROL_IN_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

const SPACE = "\\t-\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
const WIDE = `(?![${SPACE}])[\\u{80}-\\u{10ffff}]`;
const LOCAL = new RegExp(`^(?:[A-Za-z0-9.!#$%&'*+/=?^_\`{|}~-]|${WIDE}){1,64}$`, "u");
const LABEL = new RegExp(`^(?:[A-Za-z0-9-]|${WIDE}){1,63}$`, "u");
const TELEPHONE = new RegExp(`^\\+?[0-9${SPACE}\\-().\\/\\u2010-\\u2015]*$`, "u");

function isEmail(text) {
  const at = text.indexOf("@");
  if (at < 0 || !LOCAL.test(text.slice(0, at))) return false;
  const labels = text.slice(at + 1).split(".");
  return labels.length > 1 && labels.every((it) => LABEL.test(it) && !it.startsWith("-") && !it.endsWith("-"));
}

function isTelephone(text) {
  const digits = text.replace(/[^0-9]/g, "").length;
  return TELEPHONE.test(text) && digits >= 7 && digits <= 15;
}
