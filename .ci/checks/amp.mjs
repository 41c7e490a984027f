// The AMP validator over every AMP page of a site; and each AMP page and its article's page name each other.
// Errors and warnings are findings.
// usage: node amp.mjs FOLDER BASE_URL amp|no-amp      whether there must be AMP pages, or none

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import validator from "amphtml-validator";
import { isAmp, pages, report } from "./tree.mjs";

const folder = resolve(process.argv[2]);
const base = new URL(process.argv[3]);
const wanted = process.argv[4];

const engine = readFileSync(new URL("../node_modules/validator_wasm.js", import.meta.url), "utf8");
async function start() {
  const instance = validator.newInstance(engine);
  await instance.init();
  return instance;
}
let instance = await start();

const findings = [];
const tell = (where, what) => findings.push([where, what]);

const links = ({ elements }, rel) =>
  elements.filter(({ tag, attrs }) => tag === "link" && attrs.rel === rel).map(({ attrs }) => attrs.href ?? "");
const address = ({ file }) => new URL(encodeURI(file.replace(/(^|\/)index\.html$/, "$1")), base).href;
const normal = (link) => (/^https?:/.test(link) && URL.canParse(link) ? new URL(link).href : null);

const site = pages(folder);
const at = new Map(site.map((page) => [address(page), page]));
const amp = new Set(site.filter(isAmp));
if ((wanted === "amp") !== (amp.size > 0)) tell("site", `${amp.size} AMP pages, where ${wanted} is wanted`);

for (const page of amp) {
  const { file } = page;
  const html = readFileSync(join(folder, file), "utf8");
  try {
    for (const { severity, line, col, message } of instance.validateString(html).errors)
      tell(`${file}:${line}:${col}`, severity === "ERROR" ? message : `${severity.toLowerCase()}: ${message}`);
  } catch (error) {
    // Tags more than a hundred deep exhaust the engine, which is of no use afterwards.
    tell(file, `the validator broke down: ${error.message}`);
    instance = await start();
  }
  const css = Buffer.byteLength(/<style amp-custom[^>]*>([^]*?)<\/style/.exec(html)?.[1] ?? "");
  if (css > 75_000) tell(file, `${css} bytes of <style amp-custom>`);

  const canonical = links(page, "canonical");
  if (canonical.length !== 1) tell(file, `${canonical.length} canonical links`);
  for (const link of canonical) {
    const full = at.get(normal(link));
    const back = full ? links(full, "amphtml") : [];
    if (!normal(link)) tell(file, `canonical ${link} is not absolute`);
    else if (!full) tell(file, `canonical ${link}: no such page`);
    else if (back.length !== 1) tell(full.file, `${back.length} amphtml links, as canonical page of ${file}`);
    else if (normal(back[0]) !== address(page)) tell(full.file, `amphtml ${back[0]} does not lead back to ${file}`);
  }
}

for (const page of site)
  for (const link of links(page, "amphtml")) {
    const target = at.get(normal(link));
    if (!normal(link)) tell(page.file, `amphtml ${link} is not absolute`);
    else if (!normal(link).startsWith(base.href)) continue;
    else if (!amp.has(target)) tell(page.file, `amphtml ${link}: no such AMP page`);
    else if (!links(target, "canonical").some((back) => normal(back) === address(page)))
      tell(page.file, `amphtml ${link}: the canonical page of that is another`);
  }

report("amp", folder, findings, `${amp.size} AMP pages`);
