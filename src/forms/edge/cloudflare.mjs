// Cloudflare: a Worker, and a function of Pages. Enquiries are kept in D1 (the binding GALEN_DB) or KV (GALEN_KV).

import { handle } from "./core.mjs";

const DAY = 86_400_000;

/** Statements for the tables that `schema.sql` makes. */
const KEEP = "INSERT INTO galen_enquiries (id, form, received, contract, envelope) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
const EXPIRE = "DELETE FROM galen_enquiries WHERE form = ?1 AND received < ?2";
const HAS = "SELECT 1 FROM galen_enquiries WHERE id = ?1 AND form = ?2";
const COUNT = "INSERT INTO galen_limits (key, until, n) VALUES (?1, ?2, 1) ON CONFLICT (key) DO UPDATE SET n = n + 1 RETURNING n";
const FORGET = "DELETE FROM galen_limits WHERE until < ?1";

function d1(db) {
  return {
    has: async (form, id) => (await db.prepare(HAS).bind(id, form).first()) !== null,
    put: ({ id, form, received, contract, envelope }, { retention_days: days }) =>
      db.batch([
        db.prepare(KEEP).bind(id, form, received, contract, JSON.stringify(envelope)),
        db.prepare(EXPIRE).bind(form, received - days * DAY),
      ]),
    async count(key, seconds) {
      const now = Math.floor(Date.now() / 1000);
      const [, counted] = await db.batch([db.prepare(FORGET).bind(now), db.prepare(COUNT).bind(key, now + seconds)]);
      return counted.results[0].n;
    },
  };
}

function kv(kv) {
  const has = async (form, id) => (await kv.get(`enquiry/${form}/${id}`)) !== null;
  return {
    has,
    put: (record, contract) =>
      kv.put(`enquiry/${record.form}/${record.id}`, JSON.stringify(record), { expirationTtl: contract.retention_days * 86_400 }),
    // Counts that come at the same moment may be lost: KV has no other way.
    async count(key, seconds) {
      const n = Number((await kv.get(`limit/${key}`)) ?? 0) + 1;
      await kv.put(`limit/${key}`, String(n), { expirationTtl: seconds });
      return n;
    },
  };
}

function stores(request, env) {
  const store = env.GALEN_DB ? d1(env.GALEN_DB) : env.GALEN_KV ? kv(env.GALEN_KV) : null;
  const none = {
    put() {
      throw Object.assign(new Error(), { kind: "neither GALEN_DB nor GALEN_KV is bound" });
    },
  };
  return { ...(store ?? none), address: request.headers.get("CF-Connecting-IP") ?? undefined };
}

/** A Worker. Each day it deletes what is older than it may be kept. */
export const worker = (settings) => ({
  fetch: (request, env) => handle(request, env, settings, stores(request, env)),
  async scheduled(_event, env) {
    if (!env.GALEN_DB) return;
    const old = ({ contract }) => env.GALEN_DB.prepare(EXPIRE).bind(contract.form, Date.now() - contract.retention_days * DAY);
    await env.GALEN_DB.batch([...settings.forms.map(old), env.GALEN_DB.prepare(FORGET).bind(Math.floor(Date.now() / 1000))]);
  },
});

/** A function of Pages. */
export const pages = (settings) => ({ request, env }) => handle(request, env, settings, stores(request, env));
