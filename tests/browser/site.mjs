// Serves the built site on loopback, and opens Chromium: what the judges share.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { appendFile, cp, readFile, readdir, mkdtemp } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, extname } from "node:path";
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The address of each page of a built site, sorted; those that lead on to another come apart. */
export async function pages(folder) {
  const names = await readdir(folder, { recursive: true });
  const found = { pages: [], redirects: [] };
  for (const name of names.filter((name) => name.endsWith(".html")).sort()) {
    const text = await readFile(join(folder, name), "utf8");
    const kind = text.includes("http-equiv=refresh") ? found.redirects : found.pages;
    kind.push("/" + name.replace(/(^|\/)index\.html$/, "$1"));
  }
  return found;
}

/** The headers that the site asks of its host for every file. */
async function headers(folder) {
  const text = await readFile(join(folder, "_headers"), "utf8");
  const [, ...lines] = text.split(/\n(?=\S)/)[0].split("\n");
  const pairs = lines.filter((line) => line.includes(":")).map((line) => {
    const [, name, value] = line.match(/^\s+([^:]+): (.*)$/);
    // The server here speaks HTTP alone.
    return [name, value.replace("; upgrade-insecure-requests", "")];
  });
  return Object.fromEntries(pairs);
}

/** Serves a folder on a free port of loopback, as a static host does. */
export async function serve(folder) {
  const common = await headers(folder);
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const file = join(folder, path.endsWith("/") ? path + "index.html" : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, { ...common, "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
      response.end(body);
    } catch {
      response.writeHead(404, { ...common, "content-type": TYPES[".html"] });
      response.end(await readFile(join(folder, "404.html")));
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

/** Copies what a site is made of into a folder of its own, with more settings; gives the folder. */
export async function copied(from, name, settings = "") {
  const site = await mkdtemp(join(tmpdir(), name));
  for (const part of ["galen.yaml", "content", "themes"]) await cp(join(from, part), join(site, part), { recursive: true });
  await appendFile(join(site, "galen.yaml"), settings);
  return site;
}

/** Shows a site by `galen serve`; gives its process and the address that it prints. */
export async function started(galen, site, port = "0") {
  const child = spawn(galen, ["serve", "--port", port, "--clock", "2026-11-23"], { cwd: site });
  for await (const line of createInterface({ input: child.stdout })) {
    const found = line.match(/Serving the site at (http:\S+)\//);
    if (found) return { child, origin: found[1] };
  }
  throw new Error("galen serve ended");
}

/** Ends a process, and waits for it. */
export function ended(child, signal = "SIGTERM") {
  const gone = new Promise((done) => child.once("exit", done));
  child.kill(signal);
  return gone;
}

/** Opens a Chromium without a window and without a profile of its own. */
export async function chromium() {
  const known = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = known.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium: set CHROMIUM to its path");
  return puppeteer.launch({
    executablePath,
    userDataDir: await mkdtemp(join(tmpdir(), "galen-chromium-")),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}
