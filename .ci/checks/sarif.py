"""What `newsgen check` prints for code scanning, as the schema of SARIF 2.1.0 sees it.

usage: sarif.py NEWSGEN
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

newsgen = pathlib.Path(sys.argv[1]).resolve()
modules = pathlib.Path(__file__).parent.parent / "node_modules"
schema = json.loads((modules / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json").read_text())
validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())

ARTICLE = """---
title: {title}
publishedDateTime: {date}
originalUrl: https://www.provider.example/harbour
provider: {{name: Provider, domain: provider.example}}
topics: [{topic}]
heta: 3
---
{body}
"""
HOSTILE = "[a](javascript:\u202e\x1b[31m) {0} [b](https://evil.example/) <b\u202ex>é🎉</b>\n\n![]( )\n"
SITE = 'title = "T"\nbase_url = "https://test.example/"\n'

with tempfile.TemporaryDirectory() as work:
    site = pathlib.Path(work) / "a site %"
    for path, text in {
        "site.toml": SITE,
        "content/a b,#%[é]🎉.md": ARTICLE.format(title="A", date="2026-05-02", topic="Sea", body=HOSTILE),
        "content/b.md": ARTICLE.format(title="B", date="2026-05-33", topic="sea", body=""),
        "content/c.md": ARTICLE.format(title="C", date="2026-05-03", topic="sea", body="[a](#b)"),
        "static/link": "",
    }.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    (site / "content/d.md").symlink_to("c.md")
    findings, results = [], 0
    # A site without errors, one with errors, and none.
    for change in (lambda: None, (site / "content/b.md").unlink, (site / "site.toml").unlink):
        for root in (site, site.name):
            command = [newsgen, "check", "--format", "sarif", "--root", root]
            log = json.loads(subprocess.run(command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
            findings += [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log)]
            results += len(log["runs"][0]["results"])
        change()

if results < 10:
    findings.append("there are too few results")
for finding in findings[:50]:
    print(f"  {finding}")
print(f"{'FAIL' if findings else 'ok  '} sarif: {len(findings)} findings; {results} results")
sys.exit(bool(findings))
