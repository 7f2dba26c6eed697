// Netlify: a function of the second version. Enquiries leave for a webhook or a bucket: the host has no store for them.

import { handle } from "./core.mjs";
import { sink } from "./sinks.mjs";

/** Makes the function; `env` is that of the process. */
export const netlify = (settings, env) => (request) => handle(request, env, settings, sink(env));
