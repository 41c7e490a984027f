// Every link of a site to itself leads to a file of it, and every fragment to an element.
// The folder is laid where its base URL's path says, so that a link without that prefix is broken.
// usage: node links.mjs FOLDER BASE_URL

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isAmp, isRefresh, pages, report } from "./tree.mjs";

const folder = resolve(process.argv[2]);
const base = new URL(process.argv[3]);
const root = mkdtempSync(join(tmpdir(), "newsgen-links-"));
process.on("exit", () => rmSync(root, { recursive: true }));
const mount = join(root, base.pathname);
cpSync(folder, mount, { recursive: true });
const findings = [];

// lychee reads href, src, srcset, poster and CSS, in pages, style sheets and the absolute addresses of robots.txt.
const origin = base.origin.replaceAll(".", "\\.");
const run = spawnSync(
  "lychee",
  ["--offline", "--no-progress", "--no-ignore", "--hidden", "--include-fragments", "--format", "json",
    "--extensions", "html,css,svg,txt,xml", "--index-files", "index.html",
    "--root-dir", root, "--remap", `^${origin}(/|$) file://${root}/`, "--", mount],
  { encoding: "utf8", maxBuffer: 1 << 28 },
);
if (run.error) throw run.error;
if (run.status !== 0 && run.status !== 2) throw new Error(`lychee: ${run.stderr}`);
const seen = JSON.parse(run.stdout);
for (const [file, errors] of Object.entries({ ...seen.error_map, ...seen.timeout_map }))
  for (const { url, status, span } of errors)
    findings.push([`${file.slice(mount.length)}:${span?.line ?? 0}`, `${url.replace(`file://${root}`, "")}: ${status.text}`]);

// lychee passes over the addresses in <meta> and in style attributes, and takes a folder without its slash for the
// page, where a host answers with a redirect.
let checked = 0;
for (const { file, elements } of pages(folder)) {
  const refresh = elements.find(isRefresh);
  const leadsAway = refresh || isAmp({ elements });
  const page = new URL(encodeURI(file.replace(/(^|\/)index\.html$/, "$1")), base);
  const own = (address) => URL.canParse(address, page) && new URL(address, page).origin === base.origin;
  const onDisk = (address) => join(root, decodeURIComponent(new URL(address, page).pathname));
  const expect = (address) => {
    checked += 1;
    if (!existsSync(onDisk(address).replace(/\/$/, "/index.html"))) findings.push([file, `${address}: no such file`]);
  };
  if (refresh) expect(refresh.attrs.content.replace(/^0; url=/, ""));
  for (const { tag, attrs } of elements) {
    if (tag === "meta" && /^(og|twitter):(url|image)$/.test(attrs.property ?? attrs.name) && !/^https?:/.test(attrs.content))
      findings.push([file, `${attrs.property ?? attrs.name} ${attrs.content} is not absolute`]);
    if (tag === "meta" && /^https?:/.test(attrs.content) && own(attrs.content)) expect(attrs.content);
    for (const [, address] of (attrs.style ?? "").matchAll(/url\(\s*["']?([^"')]+)/g)) if (own(address)) expect(address);
    if (tag === "a" && own(attrs.href) && /[^/]$/.test(onDisk(attrs.href)) && existsSync(`${onDisk(attrs.href)}/`))
      findings.push([file, `${attrs.href}: a redirect, for want of a slash`]);
  }
  const canonical = elements
    .filter(({ tag, attrs }) => tag === "link" && attrs.rel === "canonical")
    .map(({ attrs }) => attrs.href);
  if (canonical.length !== (file === "404.html" ? 0 : 1)) findings.push([file, `${canonical.length} canonical links`]);
  for (const address of canonical)
    if (!/^https?:/.test(address)) findings.push([file, `canonical ${address} is not absolute`]);
    else if (own(address) && address !== page.href && !leadsAway) findings.push([file, `canonical ${address} is not this page's own address`]);
}

report("links", folder, findings,
  `lychee saw ${seen.total} links, ${seen.excludes} of them to other hosts; ${checked} more in <meta> and style`);
