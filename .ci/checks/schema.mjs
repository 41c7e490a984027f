// The JSON-LD of every page of a site, checked by two validators of schema.org's vocabulary.
// TypeScript holds it against the types of schema-dts, which know every type, its properties and the kinds of their
// values; Adobe's validator knows what Google wants of a rich result.
// usage: node schema.mjs FOLDER

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Validator } from "@adobe/structured-data-validator/src/validator.js";
import Rules from "@adobe/structured-data-validator/src/types/base.js";
import { files, report } from "./tree.mjs";

const folder = resolve(process.argv[2]);
const findings = [];
const pages = files(folder).filter((file) => file.endsWith(".html"));
const data = pages.flatMap((file) => {
  const blocks = readFileSync(join(folder, file), "utf8").matchAll(
    /<script\b[^>]*\btype="?application\/ld\+json\b[^>]*>(.*?)<\/script>/gis,
  );
  return [...blocks].flatMap(([, text]) => {
    try {
      return [{ file, said: JSON.parse(text) }];
    } catch (error) {
      findings.push([file, error.message]);
      return [];
    }
  });
});
if (data.length + findings.length === 0) throw new Error(`no JSON-LD in ${folder}`);

// ---- the vocabulary

// One line is one shape of data: pages by the thousand have few shapes, and each takes TypeScript a while. Of texts the
// types tell apart only names, numbers and the addresses of schema.org; any other is to them as good as "a text".
const shape = (key, value) => {
  if (typeof value === "number") return 1;
  if (typeof value === "string")
    return /^@(type|context)$/.test(key) || /^([\d.]+|https?:\/\/schema\.org\b.*)$/.test(value) ? value : "a text";
  return Array.isArray(value) ? unique(value.map((item) => JSON.stringify(item, shape))).map(JSON.parse) : value;
};
const unique = (values) => [...new Set(values)];
const shapes = new Map();
for (const { file, said } of data) {
  const line = JSON.stringify(said, shape);
  shapes.set(line, [...(shapes.get(line) ?? []), file]);
}

const work = mkdtempSync(join(tmpdir(), "schema-"));
try {
  const types = JSON.stringify(fileURLToPath(import.meta.resolve("schema-dts")));
  const lines = [...shapes.keys()].map((line, i) => `export const of${i}: import(${types}).Graph = ${line};\n`);
  writeFileSync(join(work, "said.ts"), lines.join(""));
  const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--lib", "es2022", "--pretty", "false"];
  const run = spawnSync(process.execPath, [tsc, ...options, "said.ts"], { cwd: work, encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.error) throw run.error;
  // Below a fault, indented, stands why it is one.
  const faults = run.stdout.split(/\n(?!\s)/).filter((fault) => fault.trim());
  for (const fault of faults) {
    const [, line, what] = fault.match(/^said\.ts\((\d+),\d+\): error (.*)/s) ?? [];
    if (!line) throw new Error(fault);
    for (const file of [...shapes.values()][line - 1]) findings.push([file, what.replace(/\s+/g, " ")]);
  }
  if (run.status !== 0 && faults.length === 0) throw new Error(`tsc: ${run.stderr || `status ${run.status}`}`);
} finally {
  rmSync(work, { recursive: true });
}

// ---- rich results

// For articles Google requires nothing and the validator has no rules; without these two nobody could list one.
class Article extends Rules {
  getConditions = () => [this.required("headline", "string"), this.required("datePublished", "date")];
}
const validator = new Validator();
validator.registeredHandlers.NewsArticle = [async () => ({ default: Article })];

// The validator trips over values of a wrong kind, so it gets only pages that the types let pass.
const refused = new Set(findings.map(([file]) => file));
for (const { file, said } of data.filter((datum) => !refused.has(datum.file))) {
  const jsonld = {};
  for (const thing of said["@graph"]) (jsonld[thing["@type"]] ??= []).push(thing);
  for (const { rootType, path, issueMessage } of await validator.validate({ jsonld })) {
    // What is only recommended, like the duration of a video, a page of links cannot know.
    if (issueMessage.includes("(optional)")) continue;
    const where = path.map(({ property, index }) => property ?? index).join(".");
    findings.push([file, `${rootType} ${where}: ${issueMessage}`]);
  }
}

report("schema", folder, findings, `${pages.length} pages, ${data.length} data of ${shapes.size} shapes`);
