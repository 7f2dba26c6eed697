// AWS Lambda behind a function URL, whose events have format 2.0. Enquiries leave for a bucket or a webhook.

import { handle } from "./core.mjs";
import { sink } from "./sinks.mjs";

/** Makes the handler; `env` is that of the process, whose role may write into the bucket. */
export const lambda = (settings, env) => async (event) => {
  const own = {
    ...env,
    GALEN_S3_REGION: env.GALEN_S3_REGION || env.AWS_REGION,
    GALEN_S3_KEY: env.GALEN_S3_KEY || env.AWS_ACCESS_KEY_ID,
    GALEN_S3_SECRET: env.GALEN_S3_SECRET || env.AWS_SECRET_ACCESS_KEY,
    GALEN_S3_SESSION: env.GALEN_S3_KEY ? env.GALEN_S3_SESSION : env.AWS_SESSION_TOKEN,
  };
  return described(await handle(request(event), own, settings, sink(own)));
};

function request(event) {
  const { method } = event.requestContext.http;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers ?? {})) headers.set(name, value);
  const host = headers.get("Host") ?? event.requestContext.domainName;
  const url = new URL(event.rawPath, `https://${host}`);
  const bare = event.body === undefined || event.body === null || method === "GET" || method === "HEAD";
  const bytes = () => (event.isBase64Encoded ? Uint8Array.from(atob(event.body), (it) => it.charCodeAt(0)) : event.body);
  return new Request(url, { method, headers, body: bare ? undefined : bytes() });
}

async function described(response) {
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text(), isBase64Encoded: false };
}
