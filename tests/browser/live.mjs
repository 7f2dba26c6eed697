// Looks at a site in Chromium while it is written: `node live.mjs <galen> <site>`.
//
// The site is copied, `galen serve` shows the copy, and files of it are changed as an editor would:
// pages must reload and stay where they were, stylesheets must be swapped without a reload, errors
// must lie over the page and go, the server may be started again. All under the site's own strict
// content security policy, whose every refusal is a problem.
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { chromium, copied, ended, started } from "./site.mjs";

const [galen, from, pictures] = process.argv.slice(2).map((it) => resolve(it));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const site = await copied(from, "galen-live-");

const GUIDE = "content/guides/norwood-scale-explained.md";
const ADDRESS = "/guides/norwood-scale-explained/";
const STYLES = "themes/clinic/assets/css/main.css";
const problems = [];
let checks = 0;

function check(fine, words) {
  checks += 1;
  if (!fine) problems.push(words);
}

const serve = (port) => started(galen, site, port);
const stop = ({ child }) => ended(child, "SIGINT");

/** Saves as editors do: a new file in the place of the old one. */
async function save(path, change) {
  const place = join(site, path);
  const text = await readFile(place, "utf8");
  await writeFile(place + ".tmp", change(text));
  await rename(place + ".tmp", place);
  return () => save(path, () => text);
}

const shown = (page, words) => page.waitForFunction((words) => document.body?.innerText.includes(words), { timeout: 20000 }, words);
/** The whole page, without some words. */
const gone = (page, words) => page.waitForFunction((words) => document.readyState === "complete" && document.querySelector("h1") && !document.body.innerText.includes(words), { timeout: 20000 }, words);
const marked = (page) => page.evaluate(() => window.marked === true);
const mark = (page) => page.evaluate(() => void (window.marked = true));

async function reloads(page) {
  const back = await save(GUIDE, (text) => text + "\nWords that were just written.\n");
  await shown(page, "Words that were just written.");
  check(!(await marked(page)), "a page does not reload when its text changes");
  await back();
  await gone(page, "just written");
}

async function keeps_its_place(page) {
  await page.evaluate(() => window.scrollTo({ top: 700, behavior: "instant" }));
  const before = await page.evaluate(() => scrollY);
  check(before === 700, `the page scrolls to ${before}`);
  const back = await save(GUIDE, (text) => text + "\nMore words.\n");
  await shown(page, "More words.");
  const after = await page.evaluate(() => new Promise((done) => {
    const look = () => done(Math.round(scrollY));
    if (document.readyState === "complete") look();
    else addEventListener("load", look);
  }));
  check(after === 700, `a reload moves the page from 700 to ${after}`);
  await back();
  await gone(page, "More words.");
}

async function swaps_styles(page) {
  await mark(page);
  await page.evaluate(() => window.scrollTo({ top: 500, behavior: "instant" }));
  const colour = () => page.evaluate(() => getComputedStyle(document.querySelector("h1")).color);
  const becomes = (colour) => page.waitForFunction((colour) => getComputedStyle(document.querySelector("h1")).color === colour, { timeout: 20000 }, colour);
  const before = await colour();
  const back = await save(STYLES, (text) => text + "\nh1 { color: rgb(1, 2, 3); }\n");
  await becomes("rgb(1, 2, 3)");
  check(await marked(page), "a change of a stylesheet reloads the page");
  check((await page.evaluate(() => scrollY)) === 500, "a change of a stylesheet scrolls the page");
  await back();
  await becomes(before);
  check(await marked(page), "the second change of a stylesheet reloads the page");
  await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 1, { timeout: 20000 });
}

async function accessible(page, at) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    // It would copy the styles of shadow trees into inline ones, which the policy refuses.
    preload: false,
  }));
  for (const violation of result.violations) {
    problems.push(`${at}: axe ${violation.id}: ${violation.help} (${violation.nodes[0].target.join(" ")})`);
  }
  checks += result.passes.length;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  check(wide <= 0, `${at}: ${wide} px wider than the window`);
}

async function looks(page, name, again) {
  for (const scheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport({ width, height: 900 });
      await again();
      await accessible(page, `${name} at ${width} px, ${scheme}`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}-${width}-${scheme}.png`) });
    }
  }
  await page.emulateMediaFeatures([]);
}

const overlay = (page) => page.waitForFunction(() => {
  const dialog = document.querySelector("galen-problems")?.shadowRoot?.querySelector("dialog");
  return dialog?.matches(":modal") && getComputedStyle(dialog).position === "fixed" && dialog.innerText;
}, { timeout: 20000 }).then((it) => it.jsonValue());

async function lays_errors_over(page, statuses) {
  const back = await save(GUIDE, (text) => text.replace("title:", "titel:") + "\n[A link](../none.md) and <b>bold</b>.\n");
  const text = await overlay(page);
  for (const words of ["front-matter/unknown-key", "link/broken", "norwood-scale-explained.md:2:1", "did you mean `title`?"]) {
    check(text.includes(words.replaceAll("`", "")), `the overlay does not say ${words}: ${text}`);
  }
  check(statuses.at(-1) === 500, `a page with errors answers ${statuses.at(-1)}`);
  check(await page.evaluate(() => document.querySelector("h1") !== null), "the last good page is not behind the overlay");
  check(/^This site has \d errors – ./.test(await page.title()), `the title is ${await page.title()}`);
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("Escape");
  await overlay(page);
  await looks(page, "overlay", async () => {
    await page.reload({ waitUntil: "load" });
    await overlay(page);
  });
  await back();
  await page.waitForFunction(() => document.readyState === "complete" && document.querySelector("h1") && !document.querySelector("galen-problems"), { timeout: 20000 });
  check(statuses.at(-1) === 200, `a page without errors answers ${statuses.at(-1)}`);
}

async function names_what_was_meant(page, origin) {
  const go = () => page.goto(origin + "/guides/norwod-scale-explained/", { waitUntil: "load" });
  const note = () => page.waitForFunction(() => {
    const note = document.querySelector("galen-note")?.shadowRoot?.querySelector("aside");
    return note && getComputedStyle(note).position === "fixed" && note.innerText;
  }, { timeout: 20000 });
  await go();
  const text = await (await note()).jsonValue();
  check(text.includes(`Did you mean ${ADDRESS}?`), `a page that is not there says: ${text}`);
  await looks(page, "missing", async () => {
    await go();
    await note();
  });
}

const browser = await chromium();
let server = await serve("0");
try {
  const page = await browser.newPage();
  const statuses = [];
  page.on("response", (response) => {
    if (response.request().isNavigationRequest()) statuses.push(response.status());
  });
  page.on("console", (message) => {
    check(!/Content Security Policy|Refused to/.test(message.text()), `${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error}`));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(server.origin + ADDRESS, { waitUntil: "load" });
  await mark(page);
  await reloads(page);
  await keeps_its_place(page);
  await swaps_styles(page);
  await lays_errors_over(page, statuses);
  await names_what_was_meant(page, server.origin);

  // The page finds the server again, and what changed while there was none.
  await page.goto(server.origin + ADDRESS, { waitUntil: "load" });
  check((await stop(server)) === 0, "galen serve does not end well");
  await save(GUIDE, (text) => text + "\nWritten while nobody served.\n");
  server = await serve(new URL(server.origin).port);
  await shown(page, "Written while nobody served.");
  console.log(`live: ${checks} checks, ${problems.length} problems`);
} finally {
  await browser.close();
  await stop(server);
  await rm(site, { recursive: true });
}
if (problems.length) {
  console.error([...new Set(problems)].join("\n"));
  process.exit(1);
}
