// Where enquiries go from hosts without a database: to a webhook, or into a bucket of S3. What goes is sealed.

import { hex, hmac, sha256 } from "./seal.mjs";

/** How long the other side may take, in milliseconds. */
const PATIENCE = 8000;

/** A failure whose kind may be logged. */
class Failure extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/** The sink that variables name: the webhook where there is one, else the bucket. */
export function sink(env) {
  if (env.GALEN_WEBHOOK_URL) return { put: (record) => webhook(env, record) };
  if (env.GALEN_S3_BUCKET) return { put: (record) => s3(env, record) };
  return {
    put() {
      throw new Failure("neither GALEN_WEBHOOK_URL nor GALEN_S3_BUCKET is set");
    },
  };
}

async function send(url, init) {
  const loopback = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !loopback) throw new Failure("an address without https");
  try {
    return await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Failure("no answer");
  }
}

/** Posts a record, signed: `Galen-Signature: t=seconds,v1=hex(HMAC-SHA256(secret, "t.body"))`. */
async function webhook(env, record) {
  if (!env.GALEN_WEBHOOK_SECRET) throw new Failure("GALEN_WEBHOOK_SECRET is not set");
  const body = JSON.stringify(record);
  const time = Math.floor(Date.now() / 1000);
  const signature = hex(await hmac(env.GALEN_WEBHOOK_SECRET, `${time}.${body}`));
  const headers = { "Content-Type": "application/json", "Idempotency-Key": record.id, "Galen-Signature": `t=${time},v1=${signature}` };
  const response = await send(new URL(env.GALEN_WEBHOOK_URL), { method: "POST", headers, body });
  if (!response.ok) throw new Failure(`webhook ${response.status}`);
}

/** Puts a record into a bucket as `enquiries/FORM/ID.json`, once. */
async function s3(env, record) {
  const region = env.GALEN_S3_REGION || "eu-west-2";
  const base = env.GALEN_S3_ENDPOINT ? `${env.GALEN_S3_ENDPOINT.replace(/\/$/, "")}/${env.GALEN_S3_BUCKET}` : `https://${env.GALEN_S3_BUCKET}.s3.${region}.amazonaws.com`;
  const url = new URL(`${base}/enquiries/${record.form}/${record.id}.json`);
  const body = JSON.stringify(record);
  // The bucket itself keeps a second one of the same name out.
  const put = async () => send(url, { method: "PUT", body, headers: await sign(env, region, url, body, new Date()) });
  let response = await put();
  if (response.status === 409) response = await put();
  if (!response.ok && response.status !== 412) throw new Failure(`S3 ${response.status}`);
}

/** The headers of a PUT to S3 with its signature, version 4. */
export async function sign(env, region, url, body, date) {
  const { GALEN_S3_KEY: key, GALEN_S3_SECRET: secret, GALEN_S3_SESSION: session } = env;
  if (!key || !secret) throw new Failure("GALEN_S3_KEY or GALEN_S3_SECRET is not set");
  const stamp = date.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${stamp.slice(0, 8)}/${region}/s3/aws4_request`;
  const digest = async (text) => hex(await sha256(new TextEncoder().encode(text)));
  const headers = { "content-type": "application/json", host: url.host, "if-none-match": "*", "x-amz-content-sha256": await digest(body), "x-amz-date": stamp };
  if (session) headers["x-amz-security-token"] = session;
  const names = Object.keys(headers).sort();
  const list = names.join(";");
  const canonical = ["PUT", url.pathname, "", ...names.map((it) => `${it}:${headers[it]}`), "", list, headers["x-amz-content-sha256"]].join("\n");
  const words = ["AWS4-HMAC-SHA256", stamp, scope, await digest(canonical)].join("\n");
  let signing = `AWS4${secret}`;
  for (const part of scope.split("/")) signing = await hmac(signing, part);
  const signature = hex(await hmac(signing, words));
  // `fetch` sets the host itself.
  const { host: _, ...sent } = headers;
  return { ...sent, Authorization: `AWS4-HMAC-SHA256 Credential=${key}/${scope}, SignedHeaders=${list}, Signature=${signature}` };
}
