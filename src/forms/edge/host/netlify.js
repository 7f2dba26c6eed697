import settings from "../../galen/forms.mjs";
import { netlify } from "../../galen/netlify.mjs";

export default netlify(settings, process.env);

// Netlify reads this without running it. The limit is Netlify's own: it counts every request.
export const config = {
  path: "/{folder}/*",
  rateLimit: { windowLimit: 20, windowSize: 60, aggregateBy: ["ip", "domain"] },
};
