import settings from "./galen/forms.mjs";
import { lambda } from "./galen/lambda.mjs";

export const handler = lambda(settings, process.env);
