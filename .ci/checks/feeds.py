"""Every feed of a site, as feedparser and a schema of JSON Feed see it; the three formats of a list must say the same.

usage: feeds.py FOLDER BASE_URL
"""
import json
import pathlib
import re
import sys
import urllib.parse

import feedparser
import jsonschema

folder, base_url = pathlib.Path(sys.argv[1]), sys.argv[2]
schema = jsonschema.Draft202012Validator(json.loads(pathlib.Path(__file__).with_name("jsonfeed.schema.json").read_text()))
findings, items = [], 0


def find(path, what):
    findings.append(f"{path.relative_to(folder)}: {what}")


def read_xml(path):
    """What feedparser makes of a feed: for each item its id, page, author and date."""
    bytes_ = path.read_bytes()
    feed = feedparser.parse(bytes_)
    if feed.bozo:
        find(path, f"feedparser complains: {feed.bozo_exception!r}")
    for name in ("title", "link", "language" if path.name == "rss.xml" else "id"):
        if not feed.feed.get(name):
            find(path, f"feedparser finds no {name} of the feed")
    own = {link.href for link in feed.feed.get("links", []) if link.rel == "self"}
    if own != {base_url + urllib.parse.quote(path.relative_to(folder).as_posix())}:
        find(path, f"says that it lies at {own}")
    found = []
    for entry in feed.entries:
        for name in ("id", "title", "link", "author", "published_parsed", "summary"):
            if not entry.get(name):
                find(path, f"feedparser finds no {name} of {entry.get('title')!r}")
        source = re.findall(r'Source: <a href="([^"]+)">', entry.get("summary", ""))
        if len(source) != 1:
            find(path, f"no line names the source of {entry.get('title')!r}")
        via = [link.href for link in entry.get("links", []) if link.rel == "via"]
        if path.name == "atom.xml" and len(via) != 1:
            find(path, f"no link leads to the source of {entry.get('title')!r}")
        # Where items lead to the originals, their pages are what is related. The links to other reports have titles.
        related = [link.href for link in entry.get("links", []) if link.rel == "related" and not link.get("title")]
        # In the text of a link feedparser takes what only looks like an entity for one, and drops its semicolon.
        link = (related[0] if related else entry.get("link") or "").replace(";", "")
        found.append((entry.get("id"), link, entry.get("author"), tuple(entry.get("published_parsed") or ())[:6]))
    if path.name == "rss.xml":
        text = bytes_.decode()
        if text.count('<guid isPermaLink="false">urn:uuid:') != len(feed.entries):
            find(path, "not every item has a guid that is no address")
        if any(not re.search(r" \d{4} \d\d:", date) for date in re.findall("<pubDate>(.*?)</pubDate>", text)):
            find(path, "a date has no year of four digits")
    return found


def read_json(path):
    feed = json.loads(path.read_text())
    for error in schema.iter_errors(feed):
        find(path, f"{error.json_path}: {error.message[:200]}")
    date = lambda text: tuple(map(int, re.findall(r"\d+", text)[:6]))
    return [(item["id"], item["url"].replace(";", ""), item["authors"][0]["name"], date(item["date_published"])) for item in feed["items"]]


lists = sorted({path.parent for name in ("rss.xml", "atom.xml", "feed.json") for path in folder.rglob(name) if path.is_file()})
for place in lists:
    readers = {"atom.xml": read_xml, "rss.xml": read_xml, "feed.json": read_json}
    said = {name: read(place / name) for name, read in readers.items() if (place / name).is_file()}
    first = next(iter(said.values()))
    items += sum(map(len, said.values()))
    for name, other in said.items():
        if other != first:
            find(place / name, f"says something else than {next(iter(said))}")
if not lists or not items:
    findings.append("there is no feed with an item")
for finding in findings[:50]:
    print(f"  {finding}")
print(f"{'FAIL' if findings else 'ok  '} feeds {folder.name}: {len(findings)} findings; feeds of {len(lists)} lists, {items} items")
sys.exit(bool(findings))
