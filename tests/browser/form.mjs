// Fills in the consultation form in Chromium: `node form.mjs <galen> <site> [<folder for pictures>]`.
//
// The site is copied, given an endpoint, and shown by `galen serve`. Scripts are off: the form must
// work without. It is sent with mistakes, by the keyboard alone, and the page that comes back must say
// what is wrong, keep what was written, lead from the summary to each question, and please axe-core;
// then it is mended and sent, and kept: `galen forms show` has the answers, the database has none. With
// scripts the theme's own one must send once, whatever is pressed, and lose no second enquiry. At last the
// form is made to ask for a photograph, which must arrive, be asked for again after a mistake, and be kept.
import { execFileSync } from "node:child_process";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { chromium, copied, ended, started } from "./site.mjs";

const [galen, from, pictures] = process.argv.slice(2).map((it) => resolve(it));
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const site = await copied(from, "galen-form-", "\nforms:\n  endpoint: /api/forms\n");

const GUIDE = "/guides/hair-loss-in-women/";
const CANARY = "Kanarienvogel & <b>Söhne</b>";
const problems = [];
let checks = 0;
function check(fine, words) {
  checks += 1;
  if (!fine) problems.push(words);
}

/** Presses a key on a control: pointing at it would miss it while the page is still being laid out. */
async function pressed(page, control, key) {
  await page.focus(control);
  await page.keyboard.press(key);
}

const { child: server, origin } = await started(galen, site);
const browser = await chromium();
try {
  for (const width of [390, 1280]) {
    const page = await browser.newPage();
    await page.setViewport({ width, height: 900 });
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(origin + GUIDE);
    // Browsers check first; what they do not know must be told by the page that comes back.
    await page.evaluate(() => document.querySelector("form").setAttribute("novalidate", ""));
    await page.setJavaScriptEnabled(false);
    await page.focus("[name=email]");
    await page.keyboard.type("ada");
    await page.focus("[name=message]");
    await page.keyboard.type(CANARY);
    await pressed(page, "[name=hair_loss_stage][value=ludwig-i-2]", "Space");
    const [answer] = await Promise.all([page.waitForNavigation(), pressed(page, "form button", "Enter")]);
    check(answer.status() === 422, `${width}: ${answer.status()} for a form with mistakes`);
    await page.setJavaScriptEnabled(true);
    check((await page.title()).startsWith("Error: "), `${width}: the title does not say that there is an error`);
    const state = await page.evaluate(() => ({
      focus: document.activeElement?.className,
      links: [...document.querySelectorAll(".error-summary a")].map((it) => [it.textContent, Boolean(document.querySelector(it.getAttribute("href")))]),
      email: document.querySelector("[name=email]").value,
      message: document.querySelector("[name=message]").value,
      stage: document.querySelector("[name=hair_loss_stage]:checked")?.value,
      described: [...document.querySelectorAll("[aria-invalid=true]")].map((it) => it.getAttribute("aria-describedby").split(" ").every((id) => document.getElementById(id))),
      wide: document.documentElement.scrollWidth > innerWidth,
      colour: getComputedStyle(document.querySelector(".error-message")).borderLeftWidth,
    }));
    check(state.focus === "error-summary", `${width}: the summary has no focus: ${state.focus}`);
    check(state.links.length === 3 && state.links.every(([, leads]) => leads), `${width}: the summary leads nowhere: ${JSON.stringify(state.links)}`);
    check(state.email === "ada" && state.message === CANARY && state.stage === "ludwig-i-2", `${width}: what was written is lost: ${JSON.stringify(state)}`);
    check(state.described.length === 3 && state.described.every(Boolean), `${width}: messages do not belong to controls`);
    check(!state.wide, `${width}: the page scrolls sideways`);
    check(parseFloat(state.colour) >= 3, `${width}: messages are told by colour alone: the theme's styles are missing`);
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    checks += found.passes.length;
    for (const it of found.violations) problems.push(`${width}: ${it.id}: ${it.help}: ${it.nodes[0].html.slice(0, 160)}`);
    if (pictures) await page.screenshot({ path: join(pictures, `form-${width}.png`) });
    if (pictures) await (await page.$("form")).screenshot({ path: join(pictures, `form-all-${width}.png`) });
    await page.setJavaScriptEnabled(false);
    await page.focus("[name=name]");
    await page.keyboard.type(`Ada ${width}`);
    await page.focus("[name=email]");
    await page.keyboard.press("End");
    await page.keyboard.type("@example.com");
    await pressed(page, "[name=consent]", "Space");
    const [done] = await Promise.all([page.waitForNavigation(), pressed(page, "form button", "Enter")]);
    check([200, 304].includes(done.status()) && new URL(page.url()).pathname === "/thank-you/", `${width}: ${done.status()} ${page.url()} after a form without mistakes`);
    check(asked.every((it) => it.startsWith(origin) || it.startsWith("data:")), `${width}: another host was asked`);
    check(asked.every((it) => !/ada|Kanarien/i.test(it.slice(origin.length))), `${width}: an answer is in an address`);
    check((await page.cookies()).length === 0, `${width}: there are cookies`);
    await page.close();
  }
  const page = await browser.newPage();
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(new URLSearchParams(request.postData())));
  const send = async (message, presses) => {
    await page.type("[name=message]", message);
    // A token must be older than a program needs.
    await page.waitForSelector("[name=_token]");
    await new Promise((done) => setTimeout(done, 3100));
    const there = page.waitForNavigation();
    await page.$eval("form button", (it, presses) => { for (; presses > 0; presses -= 1) it.click(); }, presses);
    await there;
  };
  await page.goto(origin + "/contact/");
  await page.type("[name=name]", "Bea");
  await page.type("[name=email]", "bea@example.com");
  await pressed(page, "[name=consent]", "Space");
  await send("First", 3);
  check(new URL(page.url()).pathname === "/thank-you/", `with the script the form ends at ${page.url()}`);
  check(posts.length === 1, `three presses of the button send ${posts.length} times`);
  check(posts.every((it) => it.get("_page") === "/contact/" && it.get("_id").length === 32), `what the page sends about itself: ${posts}`);
  await page.goBack();
  await send(", and another", 1);
  check(posts.length === 2 && posts[0].get("_id") !== posts[1].get("_id"), "another enquiry has the name of the first");
  await page.goto(origin + "/contact/");
  await page.$eval("form", (it) => it.setAttribute("novalidate", ""));
  await send("No name", 1);
  check(await page.evaluate(() => document.activeElement.className === "error-summary"), "the summary has no focus");
  check((await page.$("[name=_token]")) === null, "who mends mistakes has to wait");
  await page.close();
  const forms = (...rest) => execFileSync(galen, ["forms", ...rest], { cwd: site, encoding: "utf8" });
  const ids = forms("list", "--format", "csv").trim().split("\n").slice(1).map((it) => it.split(",")[0]);
  check(ids.length === 4, `${ids.length} enquiries are kept instead of 4`);
  const shown = forms("show", ...ids);
  for (const part of ["Ada 390", "Ada 1280", "ada@example.com", CANARY, "Ludwig I-2"]) check(shown.includes(part), `${part} is not shown`);
  for (const end of ["", "-wal"]) {
    const file = join(site, ".galen/forms/enquiries.sqlite" + end);
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    for (const part of ["Kanarien", "ada@example", "Ada 390"]) check(!bytes.includes(part), `${part} stands in ${file} in the clear`);
  }
  await photographs(ids);
} finally {
  await browser.close();
  // It may still be writing.
  await ended(server);
  await rm(site, { recursive: true, force: true });
}
/** Has the form ask for a photograph, and sends one; `before` are the enquiries that are there. */
async function photographs(before) {
  const definition = join(site, "content/forms/consultation.yml");
  const text = await readFile(definition, "utf8");
  await writeFile(definition, text.replace("  - name: consent\n", "  - {name: crown, label: A photograph of the crown, type: photo}\n  - name: consent\n"));
  for (let tries = 100; !(await (await fetch(origin + GUIDE)).text()).includes("type=file"); tries -= 1) {
    if (tries === 0) return problems.push("the form does not ask for a photograph");
    await new Promise((done) => setTimeout(done, 100));
  }
  const page = await browser.newPage();
  await page.setViewport({ width: 390, height: 900 });
  await page.goto(origin + GUIDE);
  const [photo, heavy] = [join(site, "crown.png"), join(site, "heavy.jpg")];
  await page.screenshot({ path: photo });
  await writeFile(heavy, Buffer.alloc(9 << 20));
  const choose = async (file) => (await page.$("[name=crown]")).uploadFile(file);
  const told = () => page.$eval("[name=crown]", (it) => it.validationMessage);
  await choose(heavy);
  check((await told()).includes("larger than 8 MB"), `nothing is said of a large file: ${await told()}`);
  await choose(photo);
  check((await told()) === "", `something is said of a good file: ${await told()}`);
  await page.setJavaScriptEnabled(false);
  await page.goto(origin + GUIDE);
  await page.$eval("form", (it) => it.setAttribute("novalidate", ""));
  await page.type("[name=email]", "cleo@example.com");
  await choose(photo);
  const send = async () => (await Promise.all([page.waitForNavigation(), pressed(page, "form button", "Enter")]))[0].status();
  check((await send()) === 422, "a form with mistakes and a photograph");
  const state = await page.evaluate(() => ({
    summary: document.querySelector(".error-summary").textContent,
    described: document.querySelector("[name=crown]").getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)?.textContent ?? ""),
    email: document.querySelector("[name=email]").value,
  }));
  for (const words of [state.summary, state.described[0]]) check(words.includes("Choose the photograph for"), `it is not asked for again: ${words}`);
  check(state.described.at(-1).includes("at most 8 MB"), `its hint is lost: ${state.described}`);
  check(state.email === "cleo@example.com", `what was written is lost: ${state.email}`);
  await page.setJavaScriptEnabled(true);
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  checks += found.passes.length;
  for (const it of found.violations) problems.push(`with a photograph: ${it.id}: ${it.help}: ${it.nodes[0].html.slice(0, 160)}`);
  if (pictures) await (await page.$("form")).screenshot({ path: join(pictures, "form-photograph.png") });
  await page.setJavaScriptEnabled(false);
  await page.type("[name=name]", "Cleo");
  await pressed(page, "[name=consent]", "Space");
  await choose(photo);
  await send();
  check(new URL(page.url()).pathname === "/thank-you/", `a form with a photograph ends at ${page.url()}`);
  await page.close();
  const forms = (...rest) => execFileSync(galen, ["forms", ...rest], { cwd: site, encoding: "utf8" });
  const ids = forms("list", "--format", "csv").trim().split("\n").slice(1).map((it) => it.split(",")[0]);
  const [id, ...more] = ids.filter((it) => !before.includes(it));
  check(id !== undefined && more.length === 0, `${more.length + 1} enquiries with a photograph are kept instead of 1`);
  const folder = join(site, "photographs");
  const shown = forms("show", id, "--photos", folder);
  check(shown.includes("crown-1.jpg"), `the photograph is not shown: ${shown}`);
  const files = await readdir(folder);
  const bytes = await readFile(join(folder, files[0]));
  check(files.length === 1 && bytes[0] === 0xff && bytes[1] === 0xd8, `the photograph is not written: ${files}`);
}

problems.forEach((it) => console.log(it));
console.log(`the form: ${checks} checks, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
