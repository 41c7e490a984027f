// The Nu HTML checker over every page and SVG of a site, but AMP pages, in one run of Java.
// Errors and warnings are findings; what the checker calls information is only counted.
// usage: node html.mjs FOLDER

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { files, isAmp, pages, report } from "./tree.mjs";

const folder = resolve(process.argv[2]);
const documents = pages(folder).filter((page) => !isAmp(page)).map(({ file }) => file);
const inputs = [...documents, ...files(folder).filter((file) => file.endsWith(".svg"))];

const jar = fileURLToPath(new URL("../node_modules/vnu-jar/build/dist/vnu.jar", import.meta.url));
// The checker guesses the language of a page from its text; on a page of foreign headlines it guesses wrong.
const options = ["--no-langdetect", "--verbose", "--also-check-svg", "--format", "json", "--stdout"];
const run = spawnSync("java", ["-jar", jar, ...options, ...inputs], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
if (run.error) throw run.error;

// The player of a video, which comes from another origin, needs both to play. What a policy stops is seen in browsers: to the
// checker JSON-LD is a script, and nothing in a file is of the page's own origin.
const accepted =
  /Setting both “allow-scripts” and “allow-same-origin” is not recommended|violates Content Security Policy/;
const { messages } = JSON.parse(run.stdout);
const told = messages.filter(
  ({ type, subType, message }) => type !== "info" || (subType === "warning" && !accepted.test(message)),
);
const findings = told.map(({ type, subType, url, lastLine, message, extract }) => {
  const file = decodeURI(url).replace(`file:${folder}/`, "");
  return [`${file}:${lastLine}`, `${subType ?? type}: ${message} [${extract?.replace(/\s+/g, " ")}]`];
});

// With --verbose the checker names each file that it checks: one that it passed over is a finding too.
const checked = new Set(run.stderr.split("\n"));
for (const file of inputs) if (!checked.has(file)) findings.push([file, "not checked"]);

const notes = messages.length - told.length;
report("html", folder, findings, `${documents.length} pages, ${inputs.length - documents.length} SVGs, ${notes} notes`);
