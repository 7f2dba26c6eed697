// Judges random submissions, nasty ones, and writes the verdicts: `node fuzz.mjs <exported folders> <file> [count] [seed]`.
// `both_implementations_judge_alike` compares them with those of Rust.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [exported, file, count = "20000", seed = "1"] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(resolve(exported), "cloudflare/galen", name)));
const { json, judge, part, shown, urlencoded, Unreadable } = await load("judge.mjs");
const { fill } = await load("page.mjs");
const { seal } = await load("seal.mjs");
const { default: settings } = await load("forms.mjs");
const { contract, page } = JSON.parse(readFileSync(new URL("../forms/everything.contract.json", import.meta.url)));

// Mulberry32: the same submissions for the same seed.
let state = Number(seed);
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const any = (list) => list[below(list.length)];
const often = (share) => random() < share;
const many = (most, make) => Array.from({ length: below(most + 1) }, make);

const NASTY = ["\0", "\t", "\n", "\r", "\r\n", "\x0b", "\x0c", "\x1b", "\x1c", "\x7f", "\x80", "\x85", "\xa0", "\xad", "\u034f", "\u061c", "\u1680", "\u180e", "\u2000", "\u200a", "\u200b", "\u200d", "\u200e", "\u2010", "\u2015", "\u2016", "\u2028", "\u2029", "\u202a", "\u202e", "\u202f", "\u205f", "\u2060", "\u2066", "\u2069", "\u206a", "\u3000", "\ufeff", "\ufffd", "\uffff", "\u{10000}", "😀", "👩‍⚕️", "e\u0301", "é", "ß", "İ", "ſ", "K", "٣", "１", "。", "＠", "𝟘", "李", "\u{e0001}", "\u{10ffff}", "'", '"', "<", ">", "&", "&amp;", "\\", "/", "`", "=", "%", "+", "@", ".", "-", "--", "..", ";", "#"];
const PLAIN = ["a", "b", "Ada", "O'Brien", "0", "7", "example", "com", "yes", " ", "  "];
const text = () => many(often(0.1) ? 300 : 8, () => any(often(0.35) ? NASTY : PLAIN)).join("");
const VALUES = {
  name: () => "Ada Example", email: () => any(["ada@example.com", "a.b+c@d.example", "ünï@exämple.example", `${"a".repeat(60 + below(8))}@example.com`, `a@${"b".repeat(60 + below(6))}.example`, "@example.com", "a@b", "a@-b.c", "a@b-.c", "a@b.c."]),
  phone: () => any(["020 7946 0100", "+44 (0)20-7946.0100", "1234567", "123456", "123456789012345", "1234567890123456", "+", "++441234567", "020\u20117946\u20110100", "٠٢٠٧٩٤٦٠١٠٠"]),
  nickname: () => any(["Ad", "😀".repeat(9 + below(3)), "e\u0301".repeat(5), "x".repeat(10), "x".repeat(11)]),
  stage: () => any(["norwood-2", "norwood-3", "not-sure", "Not-sure", "constructor", "__proto__"]), clinic: () => any(["lane", "river", "", "Lane"]),
  days: () => any(["mon", "tue", "sat", "sun", ""]), message: () => `One\r\n${"y".repeat(below(20) * 30)}\rtwo`, before: () => any(["", "", " ", "IMG_1.jpg", "\0"]), callback: () => any(["yes", "on", ""]), consent: () => "yes", news: () => any(["yes", "no"]), company: () => (often(0.1) ? "x" : any(["", " ", "\u2003"])),
};
/** Answers that are mostly taken, as far out as they may be. */
const LETTERS = ["a", "Z", "é", "e\u0301", "李", "😀", "ß", "\u200d", "\u200b", "\ufffd", "\u{10ffff}", "'", "<", "&", "\"", "=", "\u180e", "\u2060", "\u00ad", " "];
const SPACES = ["\t", "\n", "\v", "\f", "\r", " ", "\u00a0", "\u1680", "\u2000", "\u2003", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"];
const letters = (most) => `x${many(most, () => any(LETTERS)).join("")}`;
const TAME = {
  name: () => letters(199), email: () => any([`${letters(20).replace(/[<"&= ]/g, "")}@example.com`, "a@b.c", `${"ü".repeat(64)}@${"李".repeat(63)}.example`]),
  phone: () => any(["020 7946 0100", "+44\u00a020\u20147946\u20150100", "123/45.67", "(1234567)"]), nickname: () => letters(9), stage: () => any(["norwood-2", "not-sure", ""]), clinic: () => any(["lane", "river"]),
  days: () => any(["mon", "tue", "sat", ""]), message: () => `${letters(200)}\r\n${letters(200)}\r\t${letters(90)}`, before: () => any(["", " "]), callback: () => any(["yes", ""]), consent: () => "yes", news: () => any(["yes", ""]), company: () => any(["", " "]),
};
const NAMES = Object.keys(VALUES);
const STRANGE = ["__proto__", "constructor", "toString", "hasOwnProperty", "", "0", "1", "admin", "Name", "name ", "naïve", "_page", "_id", "_token", "_wording", "_other", "cf-turnstile-response"];

/** A body as the Rust side takes it: pairs of names and values. */
function pairs(tame) {
  const out = [];
  const around = () => many(2, () => any(SPACES)).join("");
  for (const name of NAMES) {
    const needed = ["name", "email", "clinic", "consent"].includes(name);
    if (!often(needed ? 0.95 : 0.4)) continue;
    const wild = () => {
      const it = often(0.75) ? VALUES[name]() : text();
      return often(0.25) ? any(NASTY) + it + any(NASTY) : it;
    };
    const value = () => (tame && !often(0.01) ? around() + TAME[name]() + around() : wild());
    for (let at = name === "days" ? 1 + below(4) : !tame && often(0.01) ? 2 : 1; at > 0; at -= 1) out.push([name, value()]);
  }
  if (!tame && often(0.1)) out.push([any(STRANGE), text()]);
  if (often(0.2)) out.push([any(["_page", "_id", "_token", "_wording", "cf-turnstile-response"]), text()]);
  if (often(0.2)) out.push(["_wording", any([contract.wording_digest, contract.wording_digest.toUpperCase(), "", "0123456789abcdef"])]);
  if (often(0.01)) for (let at = 190 + below(20); at > 0; at -= 1) out.push(["days", "mon"]);
  if (often(0.2)) out.sort(() => random() - 0.5);
  return out;
}

const bytes = (text) => Buffer.from(text, "utf8");
/** Breaks bytes: as a program at work on them might. */
function broken(body) {
  for (let at = 1 + below(3); at > 0; at -= 1) {
    const where = below(body.length + 1);
    const new_ = any([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf], bytes("%"), bytes("%4"), bytes("%zz"), bytes("%ff"), bytes("%C3%A9"), bytes("%ed%b0%80"), bytes("&"), bytes("="), bytes("\\ud800"), bytes('"'), bytes("["), bytes("{"), bytes(","), bytes("1e999"), bytes("-0"), bytes("01"), bytes("\\u00e9"), bytes("null")]);
    body = Buffer.concat([body.subarray(0, where), Buffer.from(new_), body.subarray(where + below(2))]);
  }
  return body;
}

function form(pairs) {
  const one = (byte) => {
    const sign = String.fromCharCode(byte);
    if (byte === 0x20 && often(0.5)) return "+";
    if (/[A-Za-z0-9*._-]/.test(sign) && !often(0.02)) return sign;
    // What is beyond ASCII may stand without an escape.
    if (byte >= 0x80 && often(0.3)) return Buffer.of(byte);
    const digits = byte.toString(16).padStart(2, "0");
    return `%${often(0.5) ? digits.toUpperCase() : digits}`;
  };
  const whole = (text) => Buffer.concat(Array.from(bytes(text), (byte) => Buffer.from(one(byte))));
  const parts = pairs.flatMap(([name, value]) => [whole(name), ...(value === "" && often(0.3) ? [] : [bytes("="), whole(value)]), bytes(often(0.03) ? "&&" : "&")]);
  return Buffer.concat(parts);
}

function object(pairs) {
  const value = (it) => (often(0.1) ? Array.from({ length: it.length }, (_, at) => `\\u${it.charCodeAt(at).toString(16).padStart(4, "0")}`).join("").replace(/^|$/g, '"') : JSON.stringify(it));
  const lists = new Map();
  for (const [name, it] of pairs) lists.set(name, [...(lists.get(name) ?? []), it]);
  const space = () => many(2, () => any([" ", "\n", "\t", "\r"])).join("");
  const one = (list) => (list.length === 1 && often(0.9) ? value(list[0]) : `[${list.map(value).join(`,${space()}`)}]`);
  const odd = () => any(["1", "-1.5e3", "1e400", "-1E-400", "01", "1.", "+1", "null", "true", "nul", "{}", '{"a":[]}', "[1]", "[[]]", "[".repeat(127) + "]".repeat(127), "[".repeat(126) + "]".repeat(126), "[".repeat(125) + "1" + "]".repeat(126), "[".repeat(300), '{"a":'.repeat(126) + "1" + "}".repeat(126), '{"a":'.repeat(127) + "1", '"\\ud800"', '"\\udc00x"', '"\\ud83d\\ude00"', '"\\ud83d\\ud83d\\ude00"', '"\\x"', '"\n"', '"\u007f"', "NaN", "'a'", "0e999999999999", "1e99999999999", "9".repeat(400), "-"]);
  const members = [...lists].map(([name, list]) => `${space()}${value(name)}${space()}:${space()}${often(0.01) ? odd() : one(list)}${space()}`);
  if (often(0.03)) members.push(`"${any(["name", "days", "email", "x"])}":${often(0.5) ? odd() : '"again"'}`);
  const text = `${often(0.01) ? "\ufeff" : space()}{${members.join(",")}}${often(0.01) ? "x" : space()}`;
  return bytes(often(0.01) ? odd() : text);
}

const lines = [];
/** How many of what is taken are sealed too, for the Rust side to open. */
let sealed = 0;
for (let at = 0; at < Number(count); at += 1) {
  const asJson = often(0.4);
  const sent = pairs(often(0.5));
  let body = asJson ? object(sent) : form(sent);
  if (often(0.08)) body = broken(body);
  const line = { type: asJson ? "application/json" : "application/x-www-form-urlencoded", body: body.toString("hex") };
  let rest = [];
  try {
    const envelope = part((asJson ? json : urlencoded)(new Uint8Array(body)));
    rest = shown(contract, envelope);
    const { refused, trapped, faulty, accepted } = judge(contract, envelope);
    if (refused) line.verdict = { reason: refused };
    else if (trapped) line.verdict = { trapped };
    else if (accepted && sealed < 100) {
      sealed += 1;
      const text = JSON.stringify({ answers: Object.fromEntries(accepted) });
      Object.assign(line, { plaintext: text, envelope: await seal(settings.publicKey, contract.form, `id-${sealed}`, text), id: `id-${sealed}` });
      line.verdict = { stored: Object.fromEntries(accepted) };
    } else line.verdict = faulty ? { errors: Object.fromEntries(faulty) } : { stored: Object.fromEntries(accepted) };
    if (faulty || often(0.1)) line.page = fill(page, contract, rest, faulty ?? []);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    line.verdict = { reason: error.reason };
  }
  lines.push(JSON.stringify(line));
}
writeFileSync(file, `${lines.join("\n")}\n`);
console.log(`${lines.length} submissions judged`);
