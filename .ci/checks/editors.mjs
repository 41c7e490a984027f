// The schemas that newsgen gives to editors, by their own validators: ajv compiles each and accepts the documents of the
// sample site; taplo accepts `site.toml`, also that of a new site by its own first line. Both refuse a misspelt key.
// usage: node editors.mjs NEWSGEN

import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Ajv from "ajv";
import { parse } from "yaml";
import { files, report } from "./tree.mjs";

const newsgen = process.argv[2];
const findings = [];

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return { accepted: status === 0, stdout, stderr };
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validators = {};
for (const kind of ["article", "topic", "provider", "page"])
  validators[kind] = ajv.compile(JSON.parse(run(newsgen, "schema", kind).stdout));

const kinds = { topics: "topic", providers: "provider", pages: "page" };
const documents = files("content").filter((file) => file.endsWith(".md"));
for (const file of documents) {
  const kind = kinds[file.split("/")[0]] ?? "article";
  const validate = validators[kind];
  const frontMatter = parse(readFileSync(join("content", file), "utf8").split(/^---$/m)[1]);
  if (!validate(frontMatter)) findings.push([file, ajv.errorsText(validate.errors)]);
  if (validate({ ...frontMatter, date: "2026-01-02" })) findings.push([file, `the schema ${kind} accepts \`date\``]);
}

const folder = mkdtempSync(join(tmpdir(), "newsgen-editors-"));
try {
  const schema = join(folder, "site.schema.json");
  writeFileSync(schema, run(newsgen, "schema", "site").stdout);
  const byOption = ["lint", "--schema", pathToFileURL(schema).href, "site.toml"];
  if (!run("taplo", ...byOption).accepted) findings.push(["site.toml", "taplo refuses it"]);
  run(newsgen, "init", join(folder, "new"));
  const config = join(folder, "new", "site.toml");
  if (!run("taplo", "lint", config).accepted) findings.push(["a new site.toml", "taplo refuses it"]);
  appendFileSync(config, "[feeds]\nlimt = 5\n");
  if (!run("taplo", "lint", config).stderr.includes("'limt' was unexpected"))
    findings.push(["a new site.toml", "taplo does not report a misspelt key"]);
} finally {
  rmSync(folder, { recursive: true });
}

report("editors", "schemas", findings, `${documents.length} documents`);
