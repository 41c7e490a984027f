// No value of `secured` from any source document occurs in any output file, in its name, or in what a build printed.
// usage: node secured.mjs SOURCE_FOLDER... -- OUTPUT_FOLDER...

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { files, report } from "./tree.mjs";

const split = process.argv.indexOf("--");
const [sources, outputs] = [process.argv.slice(2, split), process.argv.slice(split + 1)];
const findings = [];

// A value is what stands behind the key, or the lines indented below it.
const entry = /^([ \t]*)["']?secured["']?[ \t]*:[ \t]*(.*(?:\r?\n(?:\1[ \t]+\S.*|[ \t]*$))*)/gm;
const values = new Map();
let documents = 0;
for (const folder of sources)
  for (const file of files(folder).filter((file) => file.endsWith(".md"))) {
    documents += 1;
    for (const [, , value] of readFileSync(join(folder, file), "utf8").matchAll(entry)) {
      const lines = value.split("\n").map((line) => line.replace(/^[\s"'|>+-]+|[\s"']+$/g, "")).filter(Boolean);
      if (lines.length === 0) findings.push([join(folder, file), "no value was understood"]);
      for (const line of lines) values.set(line, join(folder, file));
    }
  }

// An output may escape a value's `+`, `/` and `=`, so its longest run of letters and digits is looked for instead.
const needle = (value) => {
  const run = value.match(/[A-Za-z0-9]+/g)?.reduce((a, b) => (b.length > a.length ? b : a)) ?? "";
  return run.length >= 12 ? run : value;
};
const needles = [...values].map(([value, from]) => [needle(value), from]);
let looked = 0;
for (const folder of outputs)
  for (const file of files(folder)) {
    looked += 1;
    const text = `${file}\n${readFileSync(join(folder, file))}`;
    for (const [needle, from] of needles)
      if (text.includes(needle)) findings.push([join(folder, file), `holds a value of secured from ${from}`]);
  }

if (values.size === 0 || looked === 0) findings.push(["secured", "there was nothing to look for, or nowhere to look"]);
report("secured", "all sites", findings, `${values.size} values from ${documents} documents looked for in ${looked} files`);
