#!/usr/bin/env node
// From a saved file to the new text in a loaded page, by `newsgen serve --watch` and by `hugo server --renderToMemory`.
//
//     bash .ci/run tools      # as root, on Debian
//     node benches/serve.mjs [--articles 10000] [--saves 30] [--hugo PROGRAM] [--folder /dev/shm/newsgen-serve]
//
// Chromium is started as /usr/bin/chromium. Without --hugo only newsgen is measured. Programs take turns: first one starts,
// is measured and ended, then the other. Each time is from before the file is written until the browser has loaded a page
// with the new text.

import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, cpSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(join(here, "../.ci/package.json"))("playwright-core");
const { values: options } = parseArgs({
  options: {
    articles: { type: "string", default: "10000" },
    saves: { type: "string", default: "30" },
    hugo: { type: "string" },
    folder: { type: "string", default: "/dev/shm/newsgen-serve" },
  },
});
const folder = resolve(options.folder);
const saves = Number(options.saves);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const programs = {
  newsgen: {
    command: [join(here, "../target/release/newsgen"), "serve", "--watch", "--port", "1711"],
    address: "http://127.0.0.1:1711",
    site: "site",
  },
};
if (options.hugo) {
  programs.hugo = {
    command: [resolve(options.hugo), "server", "--renderToMemory", "--port", "1712"],
    address: "http://127.0.0.1:1712",
    site: "hugo",
  };
}

/** Makes the site that `name` serves, and gives the paths of the articles that have a page. */
function make(name) {
  const root = join(folder, name);
  execFileSync("python3", [join(here, "corpus.py"), root, "--articles", options.articles, "--for", name]);
  cpSync(join(here, programs[name].site), root, { recursive: true });
  const content = join(root, "content");
  const files = readdirSync(content, { recursive: true }).filter((file) => file.endsWith(".md")).sort();
  const isShown = (file) => !/\n(published: false|draft: true)\n/.test(readFileSync(join(content, file), "utf8"));
  const step = Math.max(1, Math.floor(files.length / (saves + 5)));
  return files.filter((file, index) => index % step === 0 && isShown(file)).map((file) => join(content, file));
}

/** Starts a server, and gives it with the milliseconds until it shows the front page. */
async function start(name) {
  const { command: [executable, ...rest], address } = programs[name];
  const start = performance.now();
  const server = spawn(executable, rest, { cwd: join(folder, name), stdio: "ignore" });
  for (;;) {
    const answer = await fetch(`${address}/`).catch(() => null);
    if (answer?.ok && (await answer.text()).includes("</html>")) return { server, first: performance.now() - start };
    await pause(2);
  }
}

async function stop(server) {
  const ended = new Promise((ended) => server.once("exit", ended));
  server.kill("SIGINT");
  await ended;
}

const peak = ({ pid }) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmHWM:\s*(\d+)/)[1]) / 1024;

/** The address of the page of an article. Both sites have them at news/YYYY/MM/NAME/. */
function path(file) {
  const month = dirname(file);
  return `/news/${basename(dirname(month))}/${basename(month)}/${basename(file, ".md")}/`;
}

async function save(browser, name, file, number) {
  const { address } = programs[name];
  const page = await browser.newPage();
  await page.goto(address + path(file));
  // By then its script listens.
  await pause(500);
  const text = `Saved as number ${number}.`;
  const start = performance.now();
  appendFileSync(file, `\n${text}\n`);
  for (;;) {
    await page.waitForEvent("load", { timeout: 60_000 });
    if (await page.evaluate((text) => document.body.textContent.includes(text), text)) break;
  }
  const time = performance.now() - start;
  await page.close();
  return time;
}

rmSync(folder, { recursive: true, force: true });
const results = {};
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const name of Object.keys(programs)) {
  const files = make(name);
  // The first start leaves what a later one begins with.
  const cold = await start(name);
  await stop(cold.server);
  await pause(2500);
  const { server, first } = await start(name);
  // A server that has just begun may still be busy.
  await pause(2500);
  const times = [];
  for (let number = 0; number < saves; number += 1) times.push(await save(browser, name, files[number + 1], number));
  results[name] = { cold: cold.first, first, median: median(times), worst: Math.max(...times), memory: peak(server) };
  await stop(server);
  const { median: middle, worst, memory } = results[name];
  console.log(
    `${name}, ${options.articles} articles: first page ${Math.round(cold.first)} ms, in a second start ${Math.round(first)} ms; ` +
      `${saves} saves: median ${Math.round(middle)} ms, worst ${Math.round(worst)} ms; peak memory ${Math.round(memory)} MB`,
  );
}
await browser.close();
if (results.hugo) {
  const { newsgen, hugo } = results;
  console.log(`Hugo's median / newsgen's ${(hugo.median / newsgen.median).toFixed(1)}`);
  console.log(`Hugo's first page / newsgen's in a second start ${(hugo.first / newsgen.first).toFixed(1)}`);
}
rmSync(folder, { recursive: true, force: true });
