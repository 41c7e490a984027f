// A site in headless Chromium, served from this machine and cut off from every other.
// - Every page, arriving in pieces: no console error, no layout shift, no horizontal scrolling at 390 and at 320 pixels.
// - A page of every kind: axe-core finds no violation, light and dark, at 390 and at 1280 pixels.
// Pages that show the same kinds of element, and words of the same length, as a page that was opened before are not opened.
// With SEEN, a file that holds what was seen of other sites, this goes for all sites that share it.
// usage: node pages.mjs FOLDER BASE_URL [SEEN]

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { files, isRefresh, pages, report } from "./tree.mjs";

const folder = resolve(process.argv[2]);
const prefix = new URL(process.argv[3]).pathname;
// A redirect is gone before it can be looked at.
const site = pages(folder).filter(({ elements }) => !elements.some(isRefresh));
const findings = [];

// ---- which pages stand for all

/** A page's path, with a number as N and a name as *, and whether there are pages below it. */
const shape = (file) => {
  const above = file.replace(/index\.html$/, "");
  const leads = site.some((other) => other.file !== file && other.file.startsWith(above));
  const fixed = /^(page|topics|providers|.+\.html)$/;
  const parts = file.split("/").map((part) => (fixed.test(part) ? part : /^\d+$/.test(part) ? "N" : "*"));
  return `${parts.join("/")} ${leads}`;
};
const look = ({ tag, attrs }) => [tag, attrs.rel, attrs.type, ...(attrs.class ?? "").split(/\s+/).sort()].join(" ");
const features = ({ file, elements }) =>
  new Set([shape(file), ...elements.map((element) => `${element.parent && look(element.parent)} > ${look(element)}`)]);

const seenFile = process.argv[4];
const seen = seenFile && existsSync(seenFile) ? JSON.parse(readFileSync(seenFile, "utf8")) : { features: [], pages: [] };

/** The fewest pages, chosen greedily, that have each shape of a path and each look of an element inside a parent's look. */
function samples(shown) {
  const missing = new Set([...shown.values()].flatMap((all) => [...all]));
  for (const feature of seen.features) missing.delete(feature);
  const kinds = missing.size;
  seen.features.push(...missing);
  const chosen = [];
  while (missing.size > 0) {
    const gains = [...shown].map(([file, all]) => ({ file, gain: [...all].filter((f) => missing.has(f)).length }));
    const best = gains.reduce((a, b) => (b.gain > a.gain ? b : a)).file;
    for (const feature of shown.get(best)) missing.delete(feature);
    chosen.push(best);
  }
  return { chosen: chosen.sort(), kinds };
}

/** How wide the longest word of a page is, in steps of eight letters: words that fit do not make it scroll. */
const longestWord = (file) => {
  const text = readFileSync(join(folder, file), "utf8").replace(/<(script|style)\b.*?<\/\1>|<[^>]*>/gs, " ");
  return Math.max(...text.split(/\s+/).map((word) => Math.ceil(word.length / 8)));
};

/** A page for each set of features and length of words that was not seen before. */
function distinct(shown) {
  const known = new Set(seen.pages);
  return [...shown].filter(([file, all]) => {
    const kind = createHash("sha256").update([longestWord(file), ...[...all].sort()].join("\n")).digest("base64url");
    return known.size < known.add(kind).size && seen.pages.push(kind);
  }).map(([file]) => file);
}

// ---- a static host

const path = (file) => prefix + file.replace(/(^|\/)index\.html$/, "$1");
const served = new Map(files(folder).map((file) => [path(file), file]));
const types = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
  ".webp": "image/webp", ".png": "image/png", ".jpg": "image/jpeg",
};
// As over a slow line, so that the browser paints pages of which only a part has come; no word is cut in two.
async function inPieces(response, bytes) {
  const piece = Math.ceil(bytes.length / 16);
  for (let at = 0, end; at < bytes.length; at = end) {
    end = bytes.indexOf("<", at + piece);
    if (end < 0) end = bytes.length;
    response.write(bytes.subarray(at, end));
    await new Promise((painted) => setTimeout(painted, 25));
  }
  response.end();
}
// An AMP page hides itself until AMP's script has come, which does not come here, and takes this style out.
const loaded = (bytes) =>
  bytes.includes("<style amp-boilerplate>") ? Buffer.from(`${bytes}`.replace(/<style amp-boilerplate>.*?<\/style>/, "")) : bytes;
const server = createServer((request, response) => {
  const file = served.get(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
  const sent = file ?? "404.html";
  response.writeHead(file ? 200 : 404, { "content-type": types[extname(sent)] ?? "application/octet-stream" });
  const bytes = loaded(readFileSync(join(folder, sent)));
  if (sent.endsWith(".html")) inPieces(response, bytes);
  else response.end(bytes);
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const origin = `http://127.0.0.1:${server.address().port}`;
// The page for what is not there is looked at where it is met, at an address some folders deep.
const address = (file) => origin + encodeURI(file === "404.html" ? `${prefix}not/there/` : path(file));

// ---- the browser

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});

/** Opens each page of `list` in turn for `check(page, file)`; errors of scripts and the console go to `told(file, error)`. */
async function visit(list, colorScheme, width, check, told = () => {}) {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  await context.route((url) => url.origin !== origin, (route) => route.abort());
  await context.addInitScript(() => {
    // Words and table columns that are still arriving settle as they come; all else stays where it was.
    const counts = ({ node }) => node instanceof Element && !node.closest("table") && getComputedStyle(node).display !== "inline";
    window.shifts = [];
    new PerformanceObserver((entries) => entries.getEntries().forEach(({ value, sources }) => {
      const moved = sources.find(counts)?.node;
      if (moved) window.shifts.push(`${value.toFixed(4)} by ${moved.tagName.toLowerCase()}.${moved.className}`);
    })).observe({ type: "layout-shift", buffered: true });
  });
  const page = await context.newPage();
  let current = "";
  page.on("pageerror", (error) => told(current, `script error: ${error.message}`));
  page.on("console", (message) => {
    const { url } = message.location();
    // Blocked requests, and the status of the page for what is not there, are as they should be.
    const expected = !url.startsWith(origin) || url === address("404.html");
    if (message.type() === "error" && !(message.text().startsWith("Failed to load resource") && expected))
      told(current, `console: ${message.text()} (${url.replace(origin, "")})`);
  });
  for (current of list) {
    await page.goto(address(current));
    await check(page, current);
  }
  await context.close();
}

// ---- every page

const fits = (page) => page.evaluate(() => {
  const { scrollWidth } = document.scrollingElement;
  if (scrollWidth <= innerWidth) return null;
  const wide = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).pop();
  return `scrolls sideways: ${scrollWidth} pixels wide, ${wide?.tagName.toLowerCase()}.${wide?.className}`;
});

const everyPage = (list) => visit(list, "light", 390, async (page, file) => {
  // Pictures that load late are met by scrolling through the page.
  const shifts = await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
      scrollTo({ top: y, behavior: "instant" });
      await frame();
    }
    await frame();
    return window.shifts;
  });
  for (const shift of shifts) findings.push([file, `layout shift of ${shift}`]);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await fits(page);
    if (wide) findings.push([file, `at ${width} pixels ${wide}`]);
  }
  await page.setViewportSize({ width: 390, height: 900 });
}, (file, message) => findings.push([file, message]));

// ---- a page of every kind

// Every rule but those of level AAA, those on trial and those given up; the size of targets is off by default.
const off = ["wcag2aaa", "experimental", "deprecated"];
const rules = Object.fromEntries(
  axe.getRules().map(({ ruleId, tags }) => [ruleId, { enabled: !tags.some((tag) => off.includes(tag)) }]),
);
const options = { rules, resultTypes: ["violations", "incomplete"] };
const violations = new Map(); // where and what, as JSON, and the modes in which it was seen
const undecided = new Map();
const accessible = (list, scheme, width) => visit(list, scheme, width, async (page, file) => {
  await page.evaluate(axe.source);
  const result = await page.evaluate((options) => axe.run(document, options), options);
  for (const { id, impact, nodes } of result.violations)
    for (const { target, any, all, none } of nodes) {
      const what = `${impact} ${id}: ${target.join(" ")}: ${[...any, ...all, ...none].map((c) => c.message).join("; ")}`;
      const key = JSON.stringify([file, what]);
      violations.set(key, [...(violations.get(key) ?? []), `${scheme} ${width}`]);
    }
  for (const { id, nodes } of result.incomplete) undecided.set(id, (undecided.get(id) ?? 0) + nodes.length);
});

const shown = new Map(site.map((page) => [page.file, features(page)]));
const opened = distinct(shown);
const { chosen, kinds } = samples(shown);
if (seenFile) writeFileSync(seenFile, JSON.stringify(seen));
// Most of the time of a page is spent waiting for its pieces.
const atOnce = 4;
await Promise.all(Array.from({ length: atOnce }, (_, part) => everyPage(opened.filter((_, i) => i % atOnce === part))));
await Promise.all([390, 1280].flatMap((width) => ["light", "dark"].map((scheme) => accessible(chosen, scheme, width))));
await browser.close();
server.close();

for (const [key, modes] of violations) {
  const [file, what] = JSON.parse(key);
  findings.push([file, `${what} (${modes.sort().join(", ")})`]);
}
console.log(`  axe-core looked at: ${chosen.join(" ")}`);
const notes = [...undecided].map(([id, count]) => `${id} ${count}`).join(", ") || "nothing";
report("pages", folder, findings,
  `${opened.length} of ${site.length} pages opened; axe-core checked ${chosen.length} that show all ${kinds} new kinds of element (undecided: ${notes})`);
