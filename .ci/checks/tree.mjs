// Shared by the checks: the files of a built site, its pages as parsed trees, and the way to report.

import { readFileSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parse } from "parse5";

/** Every file below `folder`, hidden ones too, as sorted paths relative to it. */
export const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

/** Every HTML page below `folder`, as `{ file, elements }`. A check that saw no page has checked nothing. */
export function pages(folder) {
  const found = files(folder).filter((file) => file.endsWith(".html"));
  if (found.length === 0) throw new Error(`no HTML page in ${folder}`);
  return found.map((file) => ({ file, elements: elements(readFileSync(join(folder, file), "utf8")) }));
}

/** Whether a page is an AMP page, whose attributes are AMP's and not HTML's. */
export const isAmp = ({ elements }) =>
  elements.some(({ tag, attrs }) => tag === "html" && ("amp" in attrs || "⚡" in attrs));

/** Whether an element makes a page send its reader on. */
export const isRefresh = ({ tag, attrs }) => tag === "meta" && attrs["http-equiv"]?.toLowerCase() === "refresh";

function elements(html) {
  const found = [];
  (function walk(node, parent) {
    let here = parent;
    if (node.tagName) {
      here = { tag: node.tagName, parent, attrs: Object.fromEntries(node.attrs.map((a) => [a.name, a.value])) };
      found.push(here);
    }
    for (const child of (node.content ?? node).childNodes ?? []) walk(child, here);
  })(parse(html), null);
  return found;
}

/** Prints every finding, a [where, what], once for all its places, then a summary; a finding makes the process fail. */
export function report(check, folder, findings, summary) {
  const places = new Map();
  for (const [where, what] of findings.sort()) places.set(what, [...(places.get(what) ?? []), where]);
  for (const [what, [first, ...others]] of places)
    console.log(`  ${first}${others.length ? ` and ${others.length} more` : ""}: ${what}`);
  console.log(`${findings.length ? "FAIL" : "ok  "} ${check} ${basename(folder)}: ${findings.length} findings; ${summary}`);
  if (findings.length) process.exitCode = 1;
}
