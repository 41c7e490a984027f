"""What the pages of a site say to programs, as extruct reads it back: each claim of JSON-LD and of Open Graph is on the page.

usage: claims.py FOLDER BASE_URL
"""
import html
import pathlib
import re
import sys
import unicodedata

import extruct

folder, base_url = pathlib.Path(sys.argv[1]), sys.argv[2]
findings, claims, kinds = [], 0, {}


def plain(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


def shown(source):
    """The text that a page shows, and where its links and pictures lead."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", source[source.index("<body"):])
    links = {html.unescape(link) for link in re.findall(r'(?:href|src)="([^"]*)"', body)}
    return plain(html.unescape(re.sub(r"<[^>]+>", " ", body))).replace(" ", ""), links | {absolute(link) for link in links}


def absolute(link):
    origin = re.match(r"https?://[^/]+", base_url)[0]
    return origin + link if link.startswith("/") else link


for path in sorted(folder.rglob("*.html")):
    source, name = path.read_text(), path.relative_to(folder).as_posix()
    # A redirect leaves it to the page to which it leads.
    if '<meta http-equiv="refresh"' in source:
        continue
    text, links = shown(source)

    def claim(what, is_true):
        global claims
        claims += 1
        if not is_true:
            findings.append(f"{name}: not on the page: {what}")

    def says(words):
        claim(words, plain(words).replace(" ", "") in text)

    found = extruct.extract(source, base_url=base_url + name, syntaxes=["json-ld", "opengraph"], uniform=True)
    blocks = found["json-ld"]
    if len(blocks) != (name != "404.html"):
        findings.append(f"{name}: {len(blocks)} blocks of JSON-LD")
    for part in (part for block in blocks for part in block["@graph"]):
        kinds[part["@type"]] = kinds.get(part["@type"], 0) + 1
        for key in ("headline", "name", "description"):
            if key in part:
                says(part[key])
        if part["@type"] in ("NewsArticle", "VideoObject"):
            says(part["publisher"]["name"])
            claim(part["url"], part["url"] in links)
            date = part.get("datePublished") or part.get("uploadDate")
            claim(date, f'datetime="{date}"' in source and re.search(r"(Z|[+-]\d\d:\d\d)$", date))
            for picture in part.get("image") or part.get("thumbnailUrl") or []:
                # A player shows its own picture, in the place of this one.
                claim(picture, picture in links or "<iframe" in source or "<amp-youtube" in source)
        for item in part.get("itemListElement", []):
            says(item["name"])
            claim(item, item.get("url", base_url) in links or item.get("url") is None)
    # A block is one dictionary of what it says.
    graph = found["opengraph"]
    if len(graph) != 1:
        findings.append(f"{name}: {len(graph)} descriptions by Open Graph")
    for said in graph:
        missing = [key for key in ("og:title", "@type") if not said.get(key)]
        canonical = re.search(r'<link rel="canonical" href="([^"]+)"', source)
        if canonical and said.get("og:url") != html.unescape(canonical[1]):
            missing.append("og:url as its canonical address")
        findings.extend(f"{name}: Open Graph has no {key}" for key in missing)
if not claims:
    findings.append("no page claims anything")
for finding in findings[:50]:
    print(f"  {finding}")
parts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
print(f"{'FAIL' if findings else 'ok  '} claims {folder.name}: {len(findings)} findings; {claims} claims; {parts}")
sys.exit(bool(findings))
