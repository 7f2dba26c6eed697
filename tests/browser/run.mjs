// Looks at every page of the built site in Chromium: `node run.mjs <folder>`.
//
// axe-core judges accessibility at the width of a telephone and of a desk; nothing may scroll
// sideways, ask another host, run a script or fail to load; fragments must open their answers, and
// the keyboard must reach what can be pressed.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { chromium, pages, serve } from "./site.mjs";

const folder = resolve(process.argv[2] ?? "../../public");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { server, origin } = await serve(folder);
const browser = await chromium();
const problems = [];
let checks = 0;

function check(fine, words) {
  checks += 1;
  if (!fine) problems.push(words);
}

async function look(page, path, width) {
  await page.setViewport({ width, height: 900 });
  await page.goto(origin + path, { waitUntil: "load" });
  const found = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - window.innerWidth,
    scripts: document.querySelectorAll("script:not([type='application/ld+json'])").length,
    styled: document.querySelectorAll("[style], style").length,
    headings: document.querySelectorAll("h1").length,
    broken: [...document.images].filter((image) => image.complete && !image.naturalWidth).map((image) => image.src),
    small: [...document.querySelectorAll("button, .button, .site-nav a, summary")]
      .filter((it) => it.getClientRects().length && it.getBoundingClientRect().height < 44)
      .map((it) => it.textContent.trim()),
  }));
  const at = `${path} at ${width} px`;
  check(found.wide <= 0, `${at}: ${found.wide} px wider than the window`);
  check(found.scripts === 0, `${at}: has a script`);
  check(found.styled === 0, `${at}: has an inline style, which the content security policy refuses`);
  check(found.headings === 1, `${at}: has ${found.headings} headings of the first level`);
  check(found.broken.length === 0, `${at}: pictures do not load: ${found.broken}`);
  check(found.small.length === 0, `${at}: too small to press: ${found.small}`);
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  for (const violation of result.violations) {
    const where = violation.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ");
    problems.push(`${at}: axe ${violation.id}: ${violation.help} (${where})`);
  }
  checks += result.passes.length;
}

async function fragments(page) {
  const path = "/guides/hair-transplant-and-scalp-micropigmentation/";
  await page.goto(origin + path, { waitUntil: "load" });
  const ids = await page.$$eval("details.faq .answer", (all) => all.map((it) => it.id));
  check(ids.length >= 4, `${path}: has ${ids.length} questions`);
  for (const id of ids) {
    await page.goto("about:blank");
    await page.goto(`${origin}${path}#${id}`, { waitUntil: "load" });
    const open = await page.$eval(`#${CSS_escape(id)}`, (it) => it.closest("details").open);
    check(open, `${path}#${id} does not open its answer`);
  }
}

const all_paths = new Set();

async function redirect(page, path) {
  const arrived = page.waitForFunction("!document.querySelector('meta[http-equiv=refresh]') && document.readyState === 'complete'");
  await page.goto(origin + path, { waitUntil: "load" });
  await arrived;
  const there = new URL(page.url()).pathname;
  check(there !== path && all_paths.has(there), `${path} leads to ${there}`);
}

const CSS_escape = (id) => id.replace(/[^a-zA-Z0-9_-]/g, (char) => "\\" + char);

async function keyboard(page) {
  await page.goto(origin + "/guides/hair-transplant-and-scalp-micropigmentation/", { waitUntil: "load" });
  const seen = [];
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const it = document.activeElement;
      if (it === document.body) return null;
      const style = getComputedStyle(it);
      return { what: `${it.tagName} ${it.textContent.trim().slice(0, 40)}`, shown: style.outlineStyle !== "none" || it.matches("input") };
    });
    if (!at) break;
    check(at.shown, `the focus is not seen on ${at.what}`);
    seen.push(at.what);
    if (seen.length === 1) check(at.what.startsWith("A Skip"), `the first stop is ${at.what}`);
  }
  check(seen.some((it) => it.startsWith("SUMMARY")), "no question is reached by keyboard");
  check(seen.some((it) => it.includes("Call 020 7946")), "the telephone is not reached by keyboard");
  const stop = seen.findIndex((it) => it.startsWith("SUMMARY"));
  await page.goto("about:blank");
  await page.goto(origin + "/guides/hair-transplant-and-scalp-micropigmentation/", { waitUntil: "load" });
  for (let press = 0; press <= stop; press += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  check(await page.$eval("details.faq", (it) => it.open), "the space bar does not open a question");
}

try {
  const page = await browser.newPage();
  page.on("request", (request) => {
    const local = request.url().startsWith(origin) || request.url().startsWith("data:") || request.url() === "about:blank";
    check(local, `a request leaves the site: ${request.url()}`);
  });
  page.on("response", (response) => {
    check(response.status() === 200, `${response.url()} answers ${response.status()}`);
  });
  page.on("console", (message) => {
    check(!/Content Security Policy|Refused to/.test(message.text()), `${page.url()}: ${message.text()}`);
  });
  const { pages: all, redirects } = await pages(folder);
  all.forEach((path) => all_paths.add(path));
  for (const path of redirects) await redirect(page, path);
  for (const path of all) for (const width of [390, 1280]) await look(page, path, width);
  await fragments(page);
  await keyboard(page);
  console.log(`browser: ${all.length} pages at 2 widths, ${redirects.length} redirects, ${checks} checks, ${problems.length} problems`);
} finally {
  await browser.close();
  server.close();
}
if (problems.length) {
  console.error([...new Set(problems)].join("\n"));
  process.exit(1);
}
