import settings from "./galen/forms.mjs";
import { worker } from "./galen/cloudflare.mjs";

export default worker(settings);
