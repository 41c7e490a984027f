// `newsgen serve --watch` beside headless Chromium: what is saved is seen, and no more than that.
// usage: node live.mjs NEWSGEN

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { chromium } from "playwright-core";

const newsgen = resolve(process.argv[2]);
const root = mkdtempSync(join(tmpdir(), "newsgen-live-"));
const findings = [];
let checks = 0;
let isEnding = false;

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const article = (title, body) => `---
title: "${title}"
excerpt: "About ${title}."
publishedDateTime: 2026-01-01T10:00:00Z
originalUrl: https://www.provider.example/${title.toLowerCase()}
articlePages: self
provider:
  name: Provider
  domain: provider.example
---

${body}

${"A line that makes the page long.\n\n".repeat(80)}`;

// ---- the site and its server

const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src 'self' https:">`;
write("site.toml", 'title = "Live"\nbase_url = "https://live.example/"\n');
write("content/one.md", article("One", "as it was"));
write("content/two.md", article("Two", "as it was"));
write("static/extra.css", "h1 { color: rgb(1, 2, 3) }\n");
write("templates/article.html", `{% extends "base.html" %}
{% block head %}${policy}<link rel="stylesheet" href="{{ site.root }}extra.css">{% endblock %}
{% block main %}<h1>{{ page.title }}</h1>{{ article.body | safe }}{% endblock %}
`);

const server = spawn(newsgen, ["serve", "--watch", "--port", "0", "--root", root], { stdio: ["ignore", "pipe", "inherit"] });
const ended = new Promise((ended) => server.once("exit", ended));
const origin = await new Promise((found, failed) => {
  let printed = "";
  server.stdout.on("data", (some) => {
    printed += some;
    const address = printed.match(/http:\/\/[^/\s]+/)?.[0];
    if (address) found(address);
  });
  server.once("exit", () => failed(new Error("the server ended")));
});

// ---- two browsers

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

async function open(path) {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => findings.push(`${path}: script error: ${error.message}`));
  page.on("console", (message) => {
    const isAlone = isEnding || message.text().includes("ERR_INTERNET_DISCONNECTED");
    if (message.type() === "error" && !isAlone) findings.push(`${path}: console: ${message.text()}`);
  });
  const heard = page.waitForResponse((response) => response.url().includes("/.newsgen/events"));
  await page.goto(origin + path);
  await heard;
  return page;
}

async function check(what, passes) {
  checks += 1;
  try {
    if ((await passes()) === false) findings.push(what);
  } catch (error) {
    findings.push(`${what}: ${error.message.split("\n")[0]}`);
  }
}

const one = await open("/news/2026/01/one/");
const two = await open("/news/2026/01/two/");
const shows = (page, text) => page.waitForFunction((text) => document.body.innerText.includes(text), text);
const mark = (page) => page.evaluate(() => { window.mark = true; });
const isMarked = (page) => page.evaluate(() => window.mark === true);
const errors = (page) => page.locator("newsgen-errors section");

await mark(one);
await mark(two);
await one.evaluate(() => scrollTo(0, 700));
write("content/one.md", article("One", "another body"));
await check("a saved body is not shown", () => shows(one, "another body"));
await check("a page whose bytes changed was not loaded again", async () => !(await isMarked(one)));
await check("the place in the page is lost", () => one.waitForFunction(() => Math.abs(scrollY - 700) < 2));
await check("a page whose bytes did not change was loaded again", () => isMarked(two));

await mark(one);
write("static/extra.css", "h1 { color: rgb(4, 5, 6) }\n");
const isColoured = () => getComputedStyle(document.querySelector("h1")).color === "rgb(4, 5, 6)";
await check("a stylesheet is not swapped", () => one.waitForFunction(isColoured));
await check("a stylesheet in the other page is not swapped", () => two.waitForFunction(isColoured));
await check("a page was loaded again for its stylesheet", () => isMarked(one));
await check("old stylesheets stay", () => one.waitForFunction(() => !document.querySelector("link[data-old]")));

const hostile = "<img src=x onerror=alert(1)><script>document.title = 'hurt'</script>";
write("content/two.md", article("Two", "text").replace("publishedDateTime: ", `quality: ${hostile}\npublishedDateTime: `));
await check("an error is not shown", () => errors(one).locator("pre").waitFor());
const shown = await one.locator("newsgen-errors pre").innerText().catch(() => "");
await check("an error is shown without its place", () => shown.includes("content/two.md:4:"));
await check("what is wrong is not shown as text", () => shown.includes(hostile));
await check("what is wrong was run", async () => (await one.title()) !== "hurt" && !(await one.locator("newsgen-errors img").count()));
await check("the error has no style", async () => (await errors(one).evaluate((e) => getComputedStyle(e).position)) === "fixed");
if (process.env.SCREENSHOT) await one.screenshot({ path: process.env.SCREENSHOT });
await check("the error cannot be closed", async () => {
  await errors(one).getByRole("button").click();
  await errors(one).waitFor({ state: "detached" });
});
write("content/two.md", article("Two", "fixed"));
await check("a fixed error stays", () => errors(two).waitFor({ state: "detached" }));
await check("a fixed page is not shown", () => shows(two, "fixed"));

await one.context().setOffline(true);
write("content/one.md", article("One", "while it was away"));
const published = async () => (await (await fetch(`${origin}/news/2026/01/one/`)).text()).includes("while it was away");
while (!(await published())) await new Promise((later) => setTimeout(later, 20));
await one.context().setOffline(false);
await check("a page that was away does not hear what it missed", () => shows(one, "while it was away"));

await check("the server does not end within a second of Ctrl-C", async () => {
  isEnding = true;
  server.kill("SIGINT");
  const late = new Promise((late) => setTimeout(late, 1000, "late").unref());
  return (await Promise.race([ended, late])) === 0;
});

await browser.close();
server.kill("SIGKILL");
rmSync(root, { recursive: true, force: true });
for (const finding of findings) console.log(`  ${finding}`);
console.log(`${findings.length ? "FAIL" : "ok  "} live: ${findings.length} findings; ${checks} checks`);
if (findings.length) process.exitCode = 1;
