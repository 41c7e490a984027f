"""The sitemaps of a site, by their schema and by a program that reads them; together they list exactly the pages that search
engines may show and that are canonical themselves.

usage: sitemaps.py FOLDER BASE_URL NEWS      NEWS is `news`, `no-news`, or `none` where there must be no news sitemap
"""
import html.parser
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

from usp.objects.sitemap import PagesXMLSitemap, IndexXMLSitemap
from usp.tree import sitemap_from_str

folder, base_url, news = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
schema = pathlib.Path(__file__).parent.parent / "node_modules/sitemap/schema/sitemap.xsd"
findings = []


class Head(html.parser.HTMLParser):
    canonical, robots = None, ""

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "link" and values.get("rel") == "canonical":
            self.canonical = values["href"]
        if tag == "meta" and values.get("name") == "robots":
            self.robots = values["content"]


def listed_pages():
    """The addresses of all pages that say of themselves that they are canonical and may be shown."""
    for path in folder.rglob("*.html"):
        head = Head()
        head.feed(path.read_text())
        address = base_url + urllib.parse.quote(re.sub(r"index\.html$", "", path.relative_to(folder).as_posix()))
        if head.canonical == address and "noindex" not in head.robots:
            yield address


def check_schema(path):
    text = re.sub(r"<news:news>.*?</news:news>", "", path.read_text(), flags=re.S)
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as plain:
        plain.write(text)
        plain.flush()
        run = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", schema, plain.name], capture_output=True, text=True)
        # The schema wants an address at least; the protocol of news sitemaps does not.
        if run.returncode and "<loc>" in text:
            findings.append(f"{path.name}: {run.stderr[:500]}")


def pages_of(path):
    """The pages that a reader of sitemaps finds in a file."""
    sitemap = sitemap_from_str(path.read_text())
    if not isinstance(sitemap, PagesXMLSitemap):
        findings.append(f"{path.name}: read as {type(sitemap).__name__}")
        return []
    return list(sitemap.all_pages())


def parts(path):
    text = path.read_text()
    if "<sitemapindex" not in text:
        return [path]
    if not isinstance(sitemap_from_str(text), IndexXMLSitemap):
        findings.append(f"{path.name}: not read as an index")
    return [folder / address.removeprefix(base_url) for address in re.findall("<loc>(.*?)</loc>", text)]


found = []
for part in parts(folder / "sitemap.xml"):
    check_schema(part)
    if part.stat().st_size > 52_428_800 or part.read_text().count("<loc>") > 50_000:
        findings.append(f"{part.name}: too large")
    found += [page.url for page in pages_of(part)]
expected = set(listed_pages())
if len(found) != len(set(found)):
    findings.append("a page is listed twice")
findings += [f"not listed: {url}" for url in sorted(expected - set(found))[:20]]
findings += [f"listed, but not to be shown: {url}" for url in sorted(set(found) - expected)[:20]]

path, items = folder / "news-sitemap.xml", []
if path.exists():
    check_schema(path)
    items = pages_of(path) if "<loc>" in path.read_text() else []
    for page in items:
        if not page.news_story or not (page.news_story.title and page.news_story.publish_date and page.news_story.publication_name):
            findings.append(f"news-sitemap.xml: {page.url} is no whole story")
        if page.url not in expected:
            findings.append(f"news-sitemap.xml: {page.url} is not to be shown")
if (news == "none") == path.exists() or (news == "news") != bool(items):
    findings.append(f"news-sitemap.xml has {len(items)} items, expected: {news}")

robots = re.findall("^Sitemap: (.*)$", (folder / "robots.txt").read_text(), flags=re.M)
if robots != [base_url + name for name in ["sitemap.xml"] + ["news-sitemap.xml"] * path.exists()]:
    findings.append(f"robots.txt names {robots}")
for finding in findings[:50]:
    print(f"  {finding}")
print(f"{'FAIL' if findings else 'ok  '} sitemaps {folder.name}: {len(findings)} findings; {len(found)} pages, {len(items)} news")
sys.exit(bool(findings))
