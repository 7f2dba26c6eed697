// Turnstile's widget on the sample site in Chromium: `node turnstile.mjs <galen> <site>`.
//
// The site is copied, given an endpoint and a key, and shown by `galen serve`. Cloudflare is played by this program: a script that
// draws a frame and gives an answer, as the real one does. The site's policy must let both be on the page, and on the page that
// comes back with mistakes, and nothing else of another host; and without scripts the page must say what happens then.
import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { chromium, copied, ended, started } from "./site.mjs";

const [galen, from] = process.argv.slice(2).map((it) => resolve(it));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const site = await copied(from, "galen-turnstile-", "\nforms:\n  endpoint: /api/forms\n  turnstile: 0x4AAAkey\n");

const HOST = "https://challenges.cloudflare.com";
const SCRIPT = `for (const at of document.querySelectorAll(".cf-turnstile")) {
  const frame = Object.assign(document.createElement("iframe"), { src: "${HOST}/frame", title: "Check", width: 300, height: 65 });
  const answer = Object.assign(document.createElement("input"), { type: "hidden", name: "cf-turnstile-response", value: "an answer" });
  at.append(frame, answer);
}`;

const problems = [];
let checks = 0;
function check(fine, words) {
  checks += 1;
  if (!fine) problems.push(words);
}

const { child: server, origin } = await started(galen, site);
const browser = await chromium();
try {
  const asked = [];
  const posts = [];
  const open = async () => {
    const page = await browser.newPage();
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      const url = request.url();
      if (request.method() === "POST") posts.push(new URLSearchParams(request.postData()));
      if (url.startsWith(origin) || url.startsWith("data:")) return request.continue();
      asked.push(url);
      if (url === `${HOST}/turnstile/v0/api.js`) return request.respond({ contentType: "text/javascript", body: SCRIPT });
      return request.respond({ contentType: "text/html", body: "<!doctype html><html lang=en><title>Check</title><p>Checked" });
    });
    await page.evaluateOnNewDocument(() => {
      globalThis.kept = [];
      addEventListener("securitypolicyviolation", (it) => globalThis.kept.push(`${it.effectiveDirective} ${it.blockedURI}`));
    });
    return page;
  };
  const drawn = async (page, where) => {
    await page.waitForSelector(".cf-turnstile iframe");
    check(page.frames().some((it) => it.url() === `${HOST}/frame`), `${where}: the frame is kept out`);
    const state = await page.evaluate(() => ({
      kept: globalThis.kept,
      data: { ...document.querySelector(".cf-turnstile").dataset },
      answers: [...document.querySelectorAll("form [name=cf-turnstile-response]")].map((it) => it.value),
      wide: document.documentElement.scrollWidth > innerWidth,
    }));
    check(state.kept.length === 0, `${where}: the policy keeps out ${state.kept}`);
    check(JSON.stringify(state.data) === '{"sitekey":"0x4AAAkey","action":"consultation","language":"en","size":"flexible"}', `${where}: ${JSON.stringify(state.data)}`);
    check(JSON.stringify(state.answers) === '["an answer"]', `${where}: answers within the form: ${state.answers}`);
    check(!state.wide, `${where}: the page scrolls sideways`);
  };
  for (const width of [390, 1280]) {
    const page = await open();
    await page.setViewport({ width, height: 900 });
    await page.goto(`${origin}/contact/`);
    await drawn(page, `${width}`);
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false }));
    checks += found.passes.length;
    for (const it of found.violations) problems.push(`${width}: ${it.id}: ${it.help}: ${it.nodes[0].html.slice(0, 160)}`);
    // What else is of another host stays out.
    await page.evaluate(() => document.body.append(Object.assign(document.createElement("script"), { src: "https://other.example/x.js" })));
    await page.waitForFunction(() => globalThis.kept.length > 0);
    // The page that comes back has the widget too, which gives an answer of its own.
    await page.$eval("form", (it) => it.setAttribute("novalidate", ""));
    await page.type("[name=email]", "ada");
    const [back] = await Promise.all([page.waitForNavigation(), page.$eval("form button", (it) => it.click())]);
    check(back.status() === 422, `${width}: ${back.status()} for a form with mistakes`);
    await drawn(page, `${width}, with mistakes`);
    check(posts.at(-1).get("cf-turnstile-response") === "an answer", `${width}: the answer is not sent`);
    await page.close();
  }
  check(asked.every((it) => it === `${HOST}/turnstile/v0/api.js` || it === `${HOST}/frame`), `asked: ${asked}`);

  // The same enquiry with another answer of the widget is the same enquiry.
  const page = await open();
  await page.goto(`${origin}/contact/`);
  await page.waitForSelector(".cf-turnstile iframe");
  const names = await page.evaluate(() => {
    const form = document.querySelector("form[method=post]");
    form.setAttribute("novalidate", "");
    const names = [];
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      names.push(form.querySelector("[name=_id]").value);
    });
    const send = () => {
      form.requestSubmit();
      dispatchEvent(new Event("pageshow"));
    };
    send();
    form.querySelector("[name=cf-turnstile-response]").value = "a newer answer";
    send();
    form.querySelector("[name=message]").value = "Something else";
    send();
    return names;
  });
  check(names.length === 3 && names[0] === names[1] && names[1] !== names[2], `names of enquiries: ${names}`);
  await page.close();

  const count = asked.length;
  const plain = await open();
  await plain.setJavaScriptEnabled(false);
  await plain.goto(`${origin}/contact/`);
  const text = await plain.$eval("form", (it) => it.innerText);
  check(text.includes("This form works without scripts too."), "without scripts nothing says what happens");
  check(asked.length === count, "without scripts Cloudflare is asked");
  // A page without a form asks nobody.
  const none = await open();
  await none.goto(`${origin}/privacy/`);
  check(asked.length === count, `a page without a form asks ${asked.slice(count)}`);
} finally {
  await browser.close();
  await ended(server);
  await rm(site, { recursive: true, force: true });
}
problems.forEach((it) => console.log(it));
console.log(`the widget: ${checks} checks, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
