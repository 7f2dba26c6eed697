import settings from "{up}galen/forms.mjs";
import { pages } from "{up}galen/cloudflare.mjs";

export const onRequest = pages(settings);
