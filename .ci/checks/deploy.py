"""`newsgen deploy` before a store that counts, delays, breaks off, refuses and is shared, and under the eyes of a reader.

The stores are S3 by moto and Azure by azurite, in memory, behind the proxies of faulty_proxy.py. The sites are made here.

usage: deploy.py NEWSGEN [--long] [--kills N] [--seed N] [--only PART_OF_A_CASE'S_NAME]

With --long the sites are larger, and deploys are killed more often.
"""
import argparse
import collections
import contextlib
import datetime
import gzip
import hashlib
import html
import json
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

import boto3

sys.dont_write_bytecode = True
import faulty_proxy

AT = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone.utc)
BASE_URL = "https://news.example/"
KEY, SECRET = "AKIDNEWSGEN", "secret-that-nobody-may-print"
# Of an account of Azure's that there is not.
OTHER_KEY = "bm9ib2R5IG1heSBzZWUgdGhpcyBrZXkgb2YgYW4gYWNjb3VudA=="
MANIFEST, JOURNAL, LEASE = ".newsgen/manifest.json.gz", ".newsgen/journal.json.gz", ".newsgen/lease.json"
# Of the site whose deploys are killed, many times.
FEW = 200
# A name that tells apart what is a part of an address, what is escaped, and how often.
ODD = "files/a b+c&d=ü%20é.txt"
# A name that the library under newsgen keeps for itself in folders.
NUMBERED = "files/c#7"

arguments = argparse.ArgumentParser()
arguments.add_argument("newsgen")
arguments.add_argument("--long", action="store_true")
arguments.add_argument("--kills", type=int)
arguments.add_argument("--seed", type=int, default=20261120)
arguments.add_argument("--only", default="")
arguments = arguments.parse_args()
if arguments.kills is None:
    arguments.kills = 30 if arguments.long else 6
ARTICLES = 1570 if arguments.long else 620
newsgen = str(pathlib.Path(arguments.newsgen).resolve())
rng = random.Random(arguments.seed)
work = pathlib.Path(tempfile.mkdtemp(prefix="newsgen-deploy-"))
store = faulty_proxy.Store()
stores, findings, cases, processes = [store], [], [], []


def find(what):
    if (cases[-1], what) in findings:
        return
    findings.append((cases[-1], what))
    count = sum(case == cases[-1] for case, _ in findings)
    if count <= 10:
        print(f"  {what}" if count < 10 else "  and more", flush=True)


# ---- the sites

WORDS = "harbour tide ferry bridge signal market orchard glacier comet lantern railway archive vaccine battery turbine reef".split()
TOPICS = [f"{word} {what}".capitalize() for word in WORDS for what in ("watch", "law")]
# The articles that a topic and a provider stand and fall with.
SCARCE, FRESH = range(40, 70), range(ARTICLES, ARTICLES + 30)
STATES = {
    name: [number for number in (*range(count), *FRESH) if number not in without]
    for count, prefix in ((ARTICLES, ""), (FEW, "few-"))
    for name, without in ((prefix + "base", FRESH), (prefix + "more", ()), (prefix + "other", SCARCE), (prefix + "fewer", (*FRESH, *SCARCE)))
}


def address(number):
    return f"https://www.{provider(number)}/story/{number}"


def provider(number):
    return {SCARCE: "scarce.example", FRESH: "fresh.example"}.get(group(number), f"{WORDS[number % 16]}.example")


def group(number):
    return next((numbers for numbers in (SCARCE, FRESH) if number in numbers), None)


def article(number):
    """The text of an article. It depends on nothing but its number and the seed."""
    rng = random.Random(f"{arguments.seed} {number}")
    topics = rng.sample(TOPICS, rng.choice((1, 2, 2, 3))) + {SCARCE: ["Scarce"], FRESH: ["Fresh"]}.get(group(number), [])
    related = rng.sample(range(number), min(number, rng.choice((0, 1, 2))))
    words = lambda low, high: " ".join(rng.choices(WORDS, k=rng.randint(low, high))).capitalize()
    date = AT - datetime.timedelta(hours=12 * (ARTICLES - number) + 500)
    items = "".join(f'  - title: "Story {other}"\n    webUrl: {address(other)}\n' for other in related)
    return (
        f'---\ntitle: "{words(3, 7)} {number}"\nexcerpt: "{words(8, 20)}."\npublishedDateTime: {date:%Y-%m-%dT%H:%M:%SZ}\n'
        f'originalUrl: {address(number)}\nprovider:\n  name: "{provider(number).split(".")[0].title()}"\n  domain: {provider(number)}\n'
        f'topics: {json.dumps(topics)}\nimages:\n  - url: /images/{number % 8}.svg\n    width: 640\n    height: 360\n'
        + (f"related:\n{items}" if related else "") + f"---\n\n{words(20, 90)}.\n"
    )


class Site:
    """A folder with a site whose articles and whose look can be changed, and which is built into its `public`."""

    def __init__(self, name):
        self.root, self.tree, self.documents = work / name, work / name / "public", {}
        run(["init", self.root, "--with-theme"])
        shutil.rmtree(self.root / "content")
        self.theme = {path: (self.root / path).read_text() for path in ("templates/base.html", "static/theme/style.css")}
        for number in range(8):
            self.write(f"static/images/{number}.svg", f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path d="M0 {number}h16"/></svg>')
        self.write("static/files/empty.txt", "")
        self.write(f"static/{ODD}", "an odd name")
        self.write("static/.well-known/security.txt", "Contact: mailto:news@news.example\n")
        self.write("static/files/large.bin", "0123456789abcdef" * 60_000)

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def hold(self, numbers, look=0, formats=("atom", "rss", "json"), icons=None):
        """Makes this the site of these articles. Another look is another template, stylesheet and navigation. If there are `icons`,
        every page asks for a stylesheet, and that for so many of them, all by plain names."""
        wanted = {f"content/news/{number:05}.md": article(number) for number in numbers}
        for path in self.documents.keys() - wanted.keys():
            (self.root / path).unlink()
        for path in wanted.keys() - self.documents.keys():
            self.write(path, wanted[path])
        self.documents = wanted
        nav = TOPICS[:3] + ["Scarce", "Fresh"] * look
        self.write("site.toml", (
            f'title = "Deployed"\nbase_url = "{BASE_URL}"\nid = "{BASE_URL}"\narticle_pages = "self"\nnav = {json.dumps(nav)}\n'
            f"[feeds]\nformats = {json.dumps(formats)}\n"))
        base = self.theme["templates/base.html"].replace("</body>", f'<p class="wrap">Look {look}</p>\n</body>')
        if icons is not None:
            base = base.replace("</head>", '<link rel="stylesheet" href="/app/a.css">\n</head>')
            self.write("static/app/a.css", "".join(f".z{number} {{ background: url(z{number}.svg) }}\n" for number in range(icons)))
            for number in range(icons):
                self.write(f"static/app/z{number}.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
        self.write("templates/base.html", base)
        self.write("static/theme/style.css", self.theme["static/theme/style.css"] + f"\n.look {{ order: {look} }}\n")
        return self

    def build(self):
        """Builds the site, and returns what the build says it did to the files."""
        run(["build", "-q", "--root", self.root, "--at", AT.isoformat(), "--report", work / "build.json"])
        return json.loads((work / "build.json").read_text())

    def files(self):
        paths = (path for path in self.tree.rglob("*") if path.is_file())
        files = {path.relative_to(self.tree).as_posix(): path for path in paths}
        return {name: path.read_bytes() for name, path in files.items() if not name.startswith(".newsgen")}


def run(command):
    done = subprocess.run([newsgen, *map(str, command)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"newsgen {command[0]} exits with {done.returncode}: {done.stderr}")


def built(state, look=0):
    """A site of a state and a look, built once."""
    name = f"{state}-{look}"
    if name not in built.sites:
        built.sites[name] = Site(name).hold(STATES[state], look)
        built.sites[name].build()
        built.contents[name] = built.sites[name].files()
    return built.sites[name], built.contents[name]


built.sites, built.contents = {}, {}


# ---- deploys

class Deploy:
    """One run of `newsgen deploy`."""

    def __init__(self, site, proxy, url, *options, settings="", environment=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=work))
        table = f'[deploy.live]\nurl = "{url}"\n' + (f'endpoint = "{proxy.endpoint}"\nregion = "{faulty_proxy.REGION}"\n' if proxy else "")
        (self.folder / "site.toml").write_text((site.root / "site.toml").read_text() + table + settings)
        # What the proxy notes until it takes new rules.
        self.noted, self.began = proxy.requests if proxy else [], time.monotonic()
        self.first, self.last = len(self.noted), None
        # The environment is this and no more, so that no setting of the machine comes in.
        environment = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET} if environment is None else environment
        paths = ["--root", site.root, "--config", self.folder / "site.toml", "--report", self.folder / "report.json"]
        self.process = subprocess.Popen(
            [newsgen, "deploy", "live", *map(str, paths), *map(str, options)], env=environment | {"HOME": str(work)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        processes.append(self.process)

    def end(self, status=None, seconds=150):
        """Waits for the end. A deploy that is not expected to be killed must end as expected, and never in a panic."""
        try:
            self.text, _ = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.text, _ = self.process.communicate()
            find(f"a deploy has not ended after {seconds} s: {self.text[-500:]}")
        self.seconds, self.status, self.last = time.monotonic() - self.began, self.process.returncode, len(self.noted)
        if status is not None and self.status != status:
            find(f"a deploy exits with {self.status}, not {status}: {self.text[-1000:]}")
        if "panicked" in self.text or self.status not in (0, 1, 2, -9, -15):
            find(f"a deploy panics: {self.text[-1000:]}")
        if any(secret in self.text for secret in (SECRET, OTHER_KEY, faulty_proxy.Azure.KEY)):
            find(f"a deploy prints the secret key: {self.text[-1000:]}")
        report = self.folder / "report.json"
        self.report = json.loads(report.read_text()) if report.exists() else collections.defaultdict(list)
        return self

    @property
    def was_killed(self):
        return self.status == -9

    @property
    def requests(self):
        return self.noted[self.first:self.last]

    @property
    def puts(self):
        return [request.path for request in self.requests if request.puts_a_file]

    def says(self, pattern):
        if not re.search(pattern, self.text, re.I):
            find(f"a deploy that ends with {self.status} does not say {pattern!r}: {self.text[-1000:]}")


def deploy(site, proxy, bucket, *options, status=0, **others):
    return Deploy(site, proxy, f"s3://{bucket}", *options, **others).end(status)


def bucket(name):
    looker.create_bucket(Bucket=name)
    return name


def expire(name):
    """Makes the lease that a killed deploy may have left look as if nobody had renewed it for too long."""
    if store.get(name, LEASE) is not None:
        store.age(name, LEASE, datetime.timedelta(seconds=70))


def left_by(done):
    """What a deploy may leave: one that has nothing to do does not even remove a dead lease."""
    return () if any(request.writes for request in done.requests) else [LEASE]


def has_digest(path):
    return re.search(r"\.[0-9a-f]{16}\.[a-z0-9]+$", path)


def compare(where, files, objects, retired=(), foreign=()):
    """Finds each difference between what should lie somewhere and what lies there."""
    missing = files.keys() - objects.keys()
    other = [path for path in files.keys() & objects.keys() if files[path] != objects[path]]
    extra = objects.keys() - files.keys() - {MANIFEST} - set(foreign) - {path for path in retired if has_digest(path)}
    for what, paths in (("missing", missing), ("not the local file", other), ("left over", extra)):
        if paths:
            find(f"{where}: {len(paths)} objects {what}, such as {sorted(paths)[:5]}")
    if MANIFEST not in objects:
        find(f"{where}: there is no manifest")
    for path in objects.keys() - files.keys():
        if SECRET.encode() in objects[path] or str(work).encode() in objects[path]:
            find(f"{where}: {path} holds a secret or a path of this machine")


def changes(old, new):
    return {path for path in new if old.get(path) != new[path]}


def page_of(path):
    """The path of the address at which a file is found."""
    return "/" + urllib.parse.quote(re.sub(r"(^|/)index\.html$", r"\1", path))


# ---- the reader

class Reader:
    """Walks a bucket as a browser does, past all proxies, and finds what a reader would miss."""

    cache = {}

    def __init__(self, bucket):
        self.bucket, self.fetched, self.at_first, self.walks = bucket, 0, 0, 0

    def fetch(self, path):
        self.fetched += 1
        return store.get(self.bucket, path)

    @classmethod
    def links(cls, path, text):
        """What a page shows and where it leads: the paths of its assets, and of its links."""
        digest = hashlib.blake2b(text + path.encode()).digest()
        if digest not in cls.cache:
            cls.cache[digest] = cls.parse(path, text.decode(errors="replace"))
        return cls.cache[digest]

    @staticmethod
    def parse(path, text):
        assets, links = set(), set()
        if path.endswith(".html"):
            text = re.sub(r"(?s)<script\b[^>]*>.*?</script>", "", text)
            for tag, rest in re.findall(r"<(a|link|img|script|source)\b([^>]*)", text):
                found = re.findall(r'\b(?:href|src)="([^"]*)"', rest)
                is_asset = tag not in ("a", "link") or re.search(r'rel="(?:stylesheet|icon|preload)"', rest)
                (assets if is_asset else links).update(found)
        elif path.endswith(".css"):
            assets.update(re.findall(r"url\(([^)]*)\)", text))
        elif path in ("sitemap.xml", "feed.json"):
            links.update(re.findall(BASE_URL + r'[^"<\\]*', text))
        inside = lambda addresses: {found for found in (Reader.inside(path, address) for address in addresses) if found}
        return sorted(inside(assets)), sorted(inside(links))

    @staticmethod
    def inside(page, link):
        """The path that a link leads to, if it leads to this site."""
        target = urllib.parse.urljoin(BASE_URL + page, html.unescape(link))
        if not target.startswith(BASE_URL):
            return None
        path = urllib.parse.unquote(urllib.parse.urlsplit(target).path).lstrip("/")
        return path + "index.html" if path == "" or path.endswith("/") else path

    def follow(self, page, text, path):
        """Fetches what a page leads to. What is missing must not be missed by the page as it is by then."""
        found = self.fetch(path)
        if found is not None:
            return found
        self.at_first += 1
        again = self.fetch(page)
        is_asset = path in self.links(page, text)[0]
        still = again is not None and path in sum(self.links(page, again), [])
        if (still and self.fetch(path) is None) or (is_asset and has_digest(path)):
            find(f"a reader of {page} misses {path}")
        return None

    def visit(self, page, text):
        """Sees a page with all its assets, and returns its links."""
        assets, links = self.links(page, text)
        for asset in assets:
            found = self.follow(page, text, asset)
            if found is not None and asset.endswith(".css"):
                self.visit(asset, found)
        return links

    def walk_all(self):
        """From the front page by all links, breadth first."""
        front = self.fetch("index.html")
        seen, queue = {"index.html"}, collections.deque([("index.html", front)] if front is not None else [])
        while queue:
            page, text = queue.popleft()
            for link in self.visit(page, text):
                if link not in seen:
                    seen.add(link)
                    found = self.follow(page, text, link)
                    if found is not None:
                        queue.append((link, found))
        self.walks += 1
        return seen

    def stroll(self, rng, steps=25):
        """From the front page by links of chance."""
        page, text = "index.html", self.fetch("index.html")
        for _ in range(steps):
            links = text is not None and self.visit(page, text)
            if not links:
                break
            link = rng.choice(links)
            page, text = link, self.follow(page, text, link)
        self.walks += 1


# ---- the cases

def first_deploy():
    """Every file is there, with its type and how long it may be kept, and every request is signed rightly."""
    live.write(f"static/{NUMBERED}", "a name like that of a part")
    live.hold(STATES["base"]).build()
    proxy.credentials = (KEY, SECRET)
    done = deploy(live, proxy, bucket("live"))
    proxy.credentials = None
    files, objects = live.files(), store.objects("live")
    compare("after the first deploy", files, objects)
    types = {
        "html": "text/html; charset=utf-8", "atom.xml": "application/xml", "rss.xml": "application/xml",
        "feed.json": "application/feed+json", "css": "text/css", "svg": "image/svg+xml", "txt": "text/plain", "sitemap.xml": r"(application|text)/xml",
    }
    for ending, wanted in types.items():
        for path in [path for path in files if path.endswith(ending)][:3]:
            seen = looker.get_object(Bucket="live", Key=path)
            if not re.match(wanted.replace("+", r"\+"), seen["ContentType"]):
                find(f"{path} is served as {seen['ContentType']}")
            if not seen.get("CacheControl"):
                find(f"{path} has no Cache-Control")
            if seen["Body"].read() != files[path]:
                find(f"{path} is served with other bytes")
    last_of_theme = max(number for number, path in enumerate(done.puts) if path.startswith("theme/"))
    first_page = min(number for number, path in enumerate(done.puts) if path.endswith(".html"))
    if first_page < last_of_theme:
        find("a page is sent before the theme")
    return f"{len(files)} files by {len(done.requests)} requests in {done.seconds:.1f} s"


def no_change():
    """Nothing to do is nothing done: the manifest is read, the store is listed."""
    done = deploy(live, proxy, "live")
    kinds = collections.Counter("list" if request.lists else f"{request.method} {request.path}" for request in done.requests)
    if not kinds.pop("list", 0) or kinds != {f"GET {MANIFEST}": 1}:
        find(f"a deploy without changes asks for more than the manifest and the list: {dict(kinds)}")
    if done.report["uploaded"] or done.report["removed"] or done.report["purge"]:
        find(f"a deploy without changes reports some: {done.report}")
    return f"{len(done.requests)} requests in {done.seconds:.2f} s"


def one_more():
    """Only what the build wrote is sent, and nobody meets a list before what it lists."""
    report = live.hold(STATES["base"] + [ARTICLES + 30]).build()
    done = deploy(live, proxy, "live")
    compare("after an addition", live.files(), store.objects("live"), done.report["retired"])
    if sorted(done.puts) != sorted(report["written"]):
        find(f"sent, but not written by the build, or not sent: {sorted(set(done.puts) ^ set(report['written']))[:5]}")
    if sorted(done.report["uploaded"]) != sorted(report["written"]):
        find("the report names other files than the build wrote")
    order = [max(map(done.puts.index, paths)) for paths in (
        [path for path in report["written"] if path.startswith("news/2")], ["index.html"], ["atom.xml", "sitemap.xml"])]
    if order != sorted(order):
        find(f"the article, the front page and the feeds are sent in the order {done.puts}")
    return f"{len(done.puts)} files sent, {len(done.requests)} requests"


def one_fewer():
    """What goes, goes last, and the report names what a cache must forget."""
    old = live.files()
    live.hold([number for number in STATES["base"] if number != 600]).build()
    if deploy(live, proxy, "live", "--dry-run", settings="purge_limit = 1\n").report["purge"] != ["/*"]:
        find("where more paths than allowed are to be purged not all are")
    done = deploy(live, proxy, "live", settings="purge_limit = 10000\n")
    files = live.files()
    compare("after a removal", files, store.objects("live"), done.report["retired"])
    removals = [request.number for request in done.requests for path in request.deleted if not path.startswith(".newsgen/")]
    if not removals or min(removals) < max(request.number for request in done.requests if request.puts_a_file):
        find("something is deleted before everything is sent")
    gone, changed = old.keys() - files.keys(), changes(old, files)
    if set(done.report["removed"]) != gone:
        find(f"the report names as removed {done.report['removed']}, not {sorted(gone)}")
    purge, wanted = set(done.report["purge"]), set(map(page_of, gone | (changed & old.keys())))
    if not wanted <= purge or purge - set(map(page_of, gone | changed)) - {f"{one}index.html" for one in wanted}:
        find(f"to be purged are {sorted(wanted)}, reported are {sorted(purge)}")
    return f"{len(done.puts)} files sent, {len(done.report['removed'])} removed, {len(purge)} to be purged"


def too_many():
    """More deletes than allowed are refused before anything is sent, and a dry run sends nothing."""
    old = store.objects("live")
    live.hold(STATES["base"][:-300]).build()
    refused = deploy(live, proxy, "live", status=1)
    refused.says("--max-deletes")
    rehearsals = [deploy(live, proxy, "live", "--dry-run", "--max-deletes", 1000), deploy(live, proxy, bucket("dry"), "--dry-run")]
    for done in [refused, *rehearsals]:
        if any(request.writes for request in done.requests):
            find(f"a deploy that must not send anything sends {[(request.method, request.path) for request in done.requests if request.writes][:5]}")
    if store.objects("live") != old or store.objects("dry"):
        find("a deploy that must not change anything changes the bucket")
    gone = old.keys() - live.files().keys() - {MANIFEST}
    if not gone <= set(rehearsals[0].report["removed"]) | set(rehearsals[0].report["retired"]):
        find("a dry run does not report all removals")
    return f"{len(gone)} deletes refused"


def foreign():
    """What others put there stays, and what they broke is repaired."""
    live.hold(STATES["base"]).build()
    shop = {"shop/index.html": b"a shop", "verify.txt": b"a proof"}
    for path, body in shop.items():
        looker.put_object(Bucket="live", Key=path, Body=body)
    spoilt, lost = "index.html", next(path for path in live.files() if path.startswith("news/2"))
    looker.put_object(Bucket="live", Key=spoilt, Body=b"spoilt")
    looker.delete_object(Bucket="live", Key=lost)
    done = deploy(live, proxy, "live", "--max-deletes", 1000)
    compare("after strangers were there", live.files(), store.objects("live"), done.report["retired"], shop)
    looker.put_object(Bucket="live", Key=spoilt, Body=b"spoilt")
    looker.delete_object(Bucket="live", Key=lost)
    done = deploy(live, proxy, "live")
    compare("after strangers were there and nothing else changed", live.files(), store.objects("live"), done.report["retired"], shop)
    if sorted(done.puts) != sorted([spoilt, lost]):
        find(f"to repair two objects a deploy sends {done.puts[:5]}")
    # A page wants the place of a stranger's object.
    live.write("static/verify.txt", "of the site\n")
    live.build()
    deploy(live, proxy, "live", status=1).says("verify.txt")
    if store.get("live", "verify.txt") != shop["verify.txt"]:
        find("an object of somebody else is overwritten")
    done = deploy(live, proxy, "live", "--force")
    compare("after --force", live.files(), store.objects("live"), done.report["retired"], ["shop/index.html"])
    looker.put_object(Bucket=bucket("taken"), Key="shop/index.html", Body=b"a shop")
    first = deploy(live, proxy, "taken", status=1)
    first.says("--force")
    if set(store.objects("taken")) != {"shop/index.html"}:
        find("a refused first deploy leaves something in the bucket")
    return "two objects repaired, three of others kept, a first deploy refused"


def killed(site, name, is_due, is_lost, end=subprocess.Popen.kill, options=(), **others):
    """Runs a deploy that is ended when a request arrives that is due, which the store carries out unless it is lost."""
    has_started, hit = threading.Event(), []

    def before(request):
        has_started.wait()
        if not hit and is_due(request):
            hit.append(request)
            end(done.process)
            # Who is only told to stop may wait for the answer.
            with contextlib.suppress(subprocess.TimeoutExpired):
                done.process.wait(1)
            if is_lost:
                raise faulty_proxy.Reset

    proxy.begin(before)
    done = Deploy(site, proxy, f"s3://{name}", "--max-deletes", 5000, *options, **others)
    has_started.set()
    done.end()
    proxy.wait_until_calm()
    proxy.begin()
    return done


STEPS = {
    "the lease": lambda request: request.method == "PUT" and request.path == LEASE,
    "the journal": lambda request: request.method == "PUT" and request.path == JOURNAL,
    "a file": lambda request: request.puts_a_file,
    "a removal": lambda request: any(not path.startswith(".newsgen/") for path in request.deleted),
    "the manifest": lambda request: request.method == "PUT" and request.path == MANIFEST,
    "the journal's end": lambda request: JOURNAL in request.deleted,
    # Who gives a lease back sees first whether it is still theirs.
    "the look at the lease": lambda request: request.method == "GET" and request.path == LEASE,
    "the lease's end": lambda request: LEASE in request.deleted,
}
# Who has come so far has nothing left to begin.
LAST = ("the manifest", "the journal's end", "the look at the lease", "the lease's end")
WAYS = [(what, is_lost, subprocess.Popen.kill) for what in STEPS for is_lost in (True, False)]
if not arguments.long:
    WAYS = [(what, number % 2 == 0, kill) for number, (what, _, kill) in enumerate(WAYS[::2])]
WAYS += [(what, False, subprocess.Popen.terminate) for what in STEPS]


def stopped(victim, where, name, has_done_all):
    """Who is told to stop stops soon, says so unless there is nothing left to do, and gives the lease back."""
    if victim.status != (0 if has_done_all else 1):
        find(f"{where}: the deploy ends with {victim.status}: {victim.text[-500:]}")
    if not has_done_all:
        victim.says("interrupted|aborted")
    if victim.seconds > 10:
        find(f"{where}: the deploy has gone on for {victim.seconds:.0f} s")
    if store.get(name, LEASE) is not None:
        find(f"{where}: the lease is not given back")


def steps():
    """Killed or told to stop at each of its steps, done or not, a deploy leaves nothing that the next one does not put right, and
    no path to be purged goes untold."""
    (one, files), (other, others), name, told, limit = built("few-base"), built("few-other"), bucket("steps"), 0, "purge_limit = 10000\n"
    deploy(one, proxy, name)
    for what, is_lost, end in WAYS:
        (one, files), (other, others) = (other, others), (one, files)
        victim = killed(one, name, STEPS[what], is_lost, end, settings=limit)
        where = f"{'killed' if end is subprocess.Popen.kill else 'told to stop'} at {what}, which is {'lost' if is_lost else 'done'}"
        told += bool(victim.report["purge"])
        if end is subprocess.Popen.kill:
            if not victim.was_killed:
                find(f"{where}: the deploy comes to its end")
            expire(name)
        else:
            stopped(victim, where, name, what in LAST)
        done = deploy(one, proxy, name, settings=limit)
        compare(where, files, store.objects(name), done.report["retired"], left_by(done))
        stale = set(map(page_of, (changes(others, files) & others.keys()) | (others.keys() - files.keys())))
        untold = stale - set(victim.report["purge"]) - set(done.report["purge"])
        if untold:
            find(f"{where}: {len(untold)} of {len(stale)} pages are not to be purged, such as {sorted(untold)[:3]}")
        # What is found here is not found again at the next step.
        for path in (JOURNAL, LEASE):
            looker.delete_object(Bucket=name, Key=path)
    killed(other, name, STEPS["a file"], True)
    # While the lease is young it is asked what time it is.
    killed(other, name, lambda request: any("clock" in path for path in request.deleted), True)
    deploy(other, proxy, name, status=1).says("--force")
    expire(name)
    done = deploy(other, proxy, name)
    compare("killed while asking for the time", others, store.objects(name), done.report["retired"])
    return f"{len(WAYS) + 2} times, {told} of them after the report"


def kills():
    """Killed at any request, from any state to any other, a deploy leaves a site that readers can use, and the next one ends it."""
    counts, shares, late, name, current = collections.Counter(), [], [], None, None
    states = ["few-fewer", "few-base", "few-more"]
    for number in range(arguments.kills):
        kind = rng.choice(("first", "templates", "addition", "removal")) if current else "first"
        if kind == "first":
            name, current = bucket(f"kills-{number}"), None
            target = (rng.choice(states), rng.choice((0, 1)))
        elif kind == "templates":
            target = (current[0], 1 - current[1])
        else:
            order = states if kind == "addition" else states[::-1]
            # From the end of the order the way is back to its beginning.
            target = (order[(order.index(current[0]) + 1) % 3], current[1])
        counts[kind] += 1
        (site, files), reader = built(*target), Reader(name)
        old = built(*current)[1] if current else {}
        needed = len(changes(old, files))
        at = rng.randint(1, needed + 10 + needed // 15)
        is_simple = is_killed = killed(site, name, lambda request: request.number == at, rng.random() < 0.5).was_killed
        expire(name)
        counts["killed" if is_killed else "done before"] += 1
        # Before a first deploy has ended there is no site to be read.
        if current:
            reader.walk_all()
        if rng.random() < 0.2:
            is_simple = False
            counts["killed again"] += killed(site, name, lambda request: request.number == at, rng.random() < 0.5).was_killed
            expire(name)
        if rng.random() < 0.35:
            # Often an editor takes back what was to be published.
            is_simple, target = False, current if current and rng.random() < 0.5 else (rng.choice(states), rng.choice((0, 1)))
            site, files = built(*target)
            counts["then another site"] += 1
        done = deploy(site, proxy, name, "--max-deletes", 5000)
        compare(f"kill {number}, {kind}, at request {at}, then {target}", files, store.objects(name), done.report["retired"], left_by(done))
        if is_simple and needed > 200:
            shares.append(len(done.report["uploaded"]) / needed)
            if at > needed * 2 / 3:
                late.append(shares[-1])
        current = target
    mean = lambda values: f"{sum(values) / len(values):.2f} (of {len(values)})" if values else "none"
    if late and sum(late) / len(late) > 0.6:
        find(f"after late kills {mean(late)} of all changed files are sent again")
    return f"{dict(counts)}; sent after a kill: {mean(shares)} of the changes, after a late one {mean(late)}"


def faults():
    """A store that asks to be spared, and breaks connections before it has acted, before it answers and in its answers."""
    kinds, dealt, odds, name = ("503", "reset before", "reset after", "cut"), set(), rng.uniform(0.05, 0.1), bucket("faults")
    counts = collections.Counter()

    def before(request):
        what = "many" if request.deleted else "list" if request.lists else "a file" if request.puts_a_file else request.path
        # Each kind of request meets each kind of fault at first, and then by chance.
        first = [kind for kind in kinds if (request.method, what, kind) not in dealt]
        luck = int(rng.random() / odds)
        request.fault = first[0] if first else kinds[luck] if luck < len(kinds) else None
        dealt.add((request.method, what, request.fault))
        counts[request.fault] += 1
        if request.fault == "reset before":
            raise faulty_proxy.Reset
        return faulty_proxy.SLOW_DOWN if request.fault == "503" else None

    def after(request):
        if request.fault in ("reset after", "cut"):
            raise faulty_proxy.Reset if request.fault == "reset after" else faulty_proxy.Cut

    seconds = []
    for state in ("base", "more", "fewer"):
        site, files = built(state)
        proxy.begin(before, after)
        done = deploy(site, proxy, name)
        for _ in range(5):
            # What fails is found, and tried again to find what fails after it.
            if done.status != 0:
                done = deploy(site, proxy, name)
        proxy.begin()
        compare(f"{state} by a faulty store", files, store.objects(name), done.report["retired"])
        seconds.append(f"{done.seconds:.1f}")
    whole = counts.pop(None)
    return f"{odds:.1%} each: {dict(counts)}, {whole} answered; {', '.join(seconds)} s"


def credentials():
    """Wrong or no credentials, or no bucket: soon refused, in words that help."""
    site, _ = built("base")
    proxy.credentials = (KEY, SECRET)
    bucket_name, figures = bucket("closed"), []
    pairs = {
        "wrong key": {"AWS_ACCESS_KEY_ID": "AKIDOTHER", "AWS_SECRET_ACCESS_KEY": SECRET},
        "wrong secret": {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET + "x"},
        "none": {},
    }
    for what, environment in pairs.items():
        done = Deploy(site, proxy, f"s3://{bucket_name}", environment=environment).end(1, 30)
        done.says("live|s3://closed")
        done.says("AWS_ACCESS_KEY_ID|credential")
        if done.seconds > 15:
            find(f"{what}: refused only after {done.seconds:.0f} s")
        figures.append(f"{what} {done.seconds:.1f} s")
    proxy.credentials = None
    done = Deploy(site, proxy, "s3://nowhere").end(1, 30)
    done.says("nowhere")
    return ", ".join(figures) + f", no bucket {done.seconds:.1f} s"


class Rivals:
    """A slow deploy to a bucket of its own, which has sent some files, and two states of the site that want the same places."""

    def __init__(self, name, is_deaf=False):
        self.name, self.site, self.files = bucket(name), *built("few-other")
        deploy(built("few-base")[0], proxy, name)
        self.slow, self.quick, self.is_deaf = store.proxy(), store.proxy(), is_deaf
        self.is_let, self.is_over = threading.Event(), threading.Event()
        self.is_let.set()
        self.slow.begin(self.hold)
        self.first = Deploy(built("few-more", 1)[0], self.slow, f"s3://{name}", settings="uploads = 1\n")
        if not self.slow.wait_until(lambda slow: sum(request.status == 200 for request in slow.requests if request.puts_a_file) >= 12, 60):
            find("the first one sends nothing")

    def hold(self, request):
        """Each file takes its time. Who is deaf is not answered when it renews its lease, once it has begun to send."""
        if request.puts_a_file:
            time.sleep(0.4)
            self.is_let.wait()
        elif self.is_deaf and request.method == "PUT" and any(request.puts_a_file for request in self.slow.requests):
            (self.is_over if request.path == LEASE else self.is_let).wait()

    def first_ends(self):
        """The first one is told that its place is taken, and then begins nothing more."""
        self.first.end(1, 30)
        self.first.says("another deploy has")
        self.slow.wait_until_calm()
        # Before its first file it has asked the store whether it looks at conditions.
        begun = next(number for number, request in enumerate(self.slow.requests) if request.puts_a_file)
        told = [request.began for request in self.slow.requests[begun:] if request.path == LEASE and request.status in (404, 412)]
        if not told:
            return find("the first one ends before it has looked at its lease")
        # What was on its way is on its way.
        late = [(request.method, request.path) for request in self.slow.requests if request.writes and request.began > told[0] + 0.5]
        if late:
            find(f"the first one writes though it was told: {late[:5]}")

    def compare(self, where, done):
        compare(where, self.files, store.objects(self.name), done.report["retired"])
        again = deploy(self.site, self.quick, self.name)
        if any(request.writes for request in again.requests):
            find(f"{where}: the next deploy writes {[request.path for request in again.requests if request.writes][:5]}")


def two_at_once():
    """While one deploys the other is refused; by --force it takes over, and the first one stops and writes no more."""
    rivals = Rivals("shared")
    refused = deploy(rivals.site, rivals.quick, rivals.name, status=1)
    refused.says("--force")
    refused.says("another|under way|lease")
    if refused.puts:
        find("the second one is refused after it has sent something")
    second = deploy(rivals.site, rivals.quick, rivals.name, "--force")
    rivals.first_ends()
    time.sleep(2)
    rivals.compare("after two deploys at once", second)
    return f"{len(rivals.first.puts)} files sent by the first one, {len(second.puts)} by the second one in {second.seconds:.0f} s"


def three_at_once():
    """Who takes over is killed in turn, while a file of the first one is still on its way; the third one needs no --force."""
    rivals = Rivals("crowded")
    rivals.is_let.clear()

    def is_due(request):
        return request.puts_a_file and sum(request.puts_a_file for request in proxy.requests) >= 20

    second = killed(rivals.site, rivals.name, is_due, True, options=["--force"])
    if not second.was_killed:
        find("the second one comes to its end")
    rivals.is_let.set()
    rivals.first_ends()
    expire(rivals.name)
    third = deploy(rivals.site, rivals.quick, rivals.name)
    rivals.compare("after three deploys", third)
    return f"{len(rivals.first.puts)}, {len(second.puts)} and {len(third.puts)} files sent"


def crumbs():
    """Who takes over sees what the other one has sent since it wrote its journal last, however little that is."""
    (base, files), name, slow = built("few-base"), bucket("crumbs"), store.proxy()
    deploy(base, proxy, name)
    site = Site("crumbs").hold(STATES["few-base"])
    for number in range(60):
        site.write(f"static/crumbs/{number:02}.txt", str(number))
    site.build()
    slow.begin(lambda request: time.sleep(0.4) if request.puts_a_file else None)
    first = Deploy(site, slow, f"s3://{name}", settings="uploads = 1\n")
    slow.wait_until(lambda slow: sum(request.status == 200 for request in slow.requests if request.puts_a_file) >= 3, 60)
    second = deploy(base, proxy, name, "--force")
    first.end(1, 30)
    compare("the site without crumbs", files, store.objects(name), second.report["retired"])
    third = deploy(site, proxy, name)
    compare("the site with crumbs", site.files(), store.objects(name), third.report["retired"])
    return f"{len(first.puts)} files sent by the first one, {len(second.report['removed'])} removed by the second one"


def unheard():
    """A deploy whose renewals are not answered meets the journal of the one that took over, and stops at that."""
    rivals, seconds = Rivals("unheard", is_deaf=True), []

    def before(request):
        if request.method == "HEAD" and request.path == MANIFEST:
            # Nothing of the first one's comes between what the second one sees and what it writes.
            rivals.is_let.clear()
            time.sleep(0.1)

    def after(request):
        if request.method == "PUT" and request.path == JOURNAL and not seconds:
            seconds.append(time.monotonic())
            rivals.is_let.set()

    rivals.quick.begin(before, after)
    deploy(rivals.site, rivals.quick, rivals.name, "--force")
    rivals.first.end(1, 30)
    rivals.first.says("another deploy has changed it in the meantime")
    late = [request.path for request in rivals.slow.requests if request.puts_a_file and seconds and request.began > seconds[0]]
    if late:
        find(f"the first one sends {len(late)} files though its journal is not its own any more, such as {late[:3]}")
    rivals.is_over.set()
    rivals.slow.wait_until_calm()
    rivals.quick.begin()
    # What was on its way may have come after the second one's.
    third = deploy(rivals.site, rivals.quick, rivals.name)
    rivals.compare("after an unheard takeover", third)
    return f"{len(rivals.first.puts)} files sent by the first one, {len(third.puts)} repaired"


def late():
    """What is on its way when a deploy ends has arrived before others may begin, or else it keeps them away."""
    (base, files), (more, others), seconds = built("few-base"), built("few-more"), []
    for how in ("stopped", "stopped at once", "refused"):
        name, slow, held, is_free = bucket(f"late-{len(seconds)}"), store.proxy(), [], threading.Event()
        deploy(base, proxy, name)

        def before(request):
            """Holds the first new page. What comes beside it is refused."""
            if not request.puts_a_file or not request.path.startswith("news/"):
                return None
            held.append(request)
            if len(held) > 1:
                return faulty_proxy.Refusal("403 Forbidden", "AccessDenied", "No.") if how == "refused" else None
            if how == "refused":
                threading.Timer(2, is_free.set).start()
            else:
                victim.process.send_signal(signal.SIGINT)
            if how == "stopped at once":
                time.sleep(0.5)
                victim.process.send_signal(signal.SIGTERM)
            is_free.wait(60)

        slow.begin(before)
        victim = Deploy(more, slow, f"s3://{name}")
        victim.end(1, 40)
        seconds.append(victim.seconds)
        if how == "refused":
            if store.get(name, LEASE) is not None:
                find("a deploy that is refused keeps its lease")
        else:
            victim.says("blocks other deploys")
            deploy(base, proxy, name, status=1).says("another deploy is running")
            is_free.set()
            slow.wait_until_calm()
            expire(name)
        for where, site, tree in (("the site as it was", base, files), ("the site as it was to be", more, others)):
            done = deploy(site, proxy, name)
            compare(f"{how}, {where}", tree, store.objects(name), done.report["retired"])
    if seconds[1] > 5:
        find(f"a deploy that is told twice goes on for {seconds[1]:.0f} s")
    return ", ".join(f"{each:.1f} s" for each in seconds)


def conditions():
    """A store that writes whatever is asked of it, on whatever condition, is refused while nothing has changed yet."""
    (site, _), (other, _), counts = built("few-base"), built("few-fewer"), []
    for header in ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"):
        for one in (site, other):
            name = bucket(f"careless-{len(counts)}")
            if one is other:
                deploy(site, proxy, name)
            old = store.objects(name)
            proxy.begin(lambda request: request.environ.pop(header, None) and None)
            done = deploy(one, proxy, name, status=1)
            proxy.begin()
            done.says("ignores conditional writes")
            changed = changes(old, store.objects(name)) | (old.keys() - store.objects(name).keys())
            if changed:
                find(f"without {header} a refused deploy changes {sorted(changed)[:5]}")
            counts.append(len(done.requests))
    return f"refused after {counts} requests"


def strangers():
    """An empty object for a folder is in nobody's way, what others put in a page's place stays when the page goes, and so does what
    has a name that no file of a site can have."""
    (site, files), (other, others), name = built("few-base"), built("few-fewer"), bucket("marked")
    looker.put_object(Bucket=name, Key="news/", Body=b"")
    deploy(site, proxy, name)
    compare("beside the mark of a folder", files, store.objects(name), foreign=["news/"])
    again = deploy(site, proxy, name)
    if any(request.writes for request in again.requests):
        find("beside the mark of a folder all is sent again")
    theirs = min(path for path in files.keys() - others.keys() if path.startswith("news/2"))
    looker.put_object(Bucket=name, Key=theirs, Body=b"of others")
    odd = ["a//b", "shop/../index.html", "a\x01b", "index.html/", "tab\t"]
    for path in odd:
        looker.put_object(Bucket=name, Key=path, Body=b"of others")
    done = deploy(other, proxy, name)
    done.says(r"warning\[W0131\]: .*" + re.escape(theirs))
    done.says("left alone: .*`a//b`")
    compare("beside a stranger's page", others, store.objects(name), done.report["retired"], ["news/", theirs, *odd])
    if any(store.get(name, path) != b"of others" for path in [theirs, *odd]):
        find("an object of somebody else is removed or changed")
    again = deploy(other, proxy, name)
    if any(request.writes for request in again.requests):
        find("beside odd names all is sent again")
    return f"{len(done.report['removed'])} removed, one left"


def refusals():
    """What a store will never do is not asked for again and again, and the words say what to look at."""
    (site, _), (other, _), name = built("few-base"), built("few-fewer"), bucket("strict")
    proxy.begin(lambda request: faulty_proxy.WRONG_REGION)
    far = deploy(site, proxy, name, status=1)
    far.says("`region`")
    proxy.begin()
    deploy(site, proxy, name)
    proxy.begin(lambda request: faulty_proxy.Denials(request, "AccessDenied") if request.deleted else None)
    bound = deploy(other, proxy, name, status=1)
    since = bound.began + bound.seconds - min(request.began for request in bound.requests if request.deleted)
    proxy.begin()
    bound.says("delete objects")
    if since > 3:
        find(f"a deploy that may not delete goes on for {since:.1f} s")
    expire(name)
    done = deploy(other, proxy, name)
    compare("when it may delete", built("few-fewer")[1], store.objects(name), done.report["retired"])
    return f"wrong region {far.seconds:.1f} s, no deletes {since:.1f} s"


def old_lease():
    """A lease that nobody has renewed for a minute by the store's clock is no lease."""
    (site, files), name = built("few-base"), bucket("leased")
    started = threading.Event()
    proxy.begin(lambda request: request.puts_a_file and started.wait() and done.process.kill())
    done = Deploy(site, proxy, f"s3://{name}")
    started.set()
    done.end(-9)
    proxy.wait_until_calm()
    proxy.begin()
    store.age(name, LEASE, datetime.timedelta(seconds=50))
    deploy(site, proxy, name, status=1).says("--force")
    store.age(name, LEASE, datetime.timedelta(seconds=15))
    done = deploy(site, proxy, name)
    compare("after an old lease", files, store.objects(name), done.report["retired"])
    return "refused while young, taken when old"


def watched(reader, site, files, where, **others):
    """Deploys while the reader walks, and looks at what there is in the end. Returns how many walks that were."""
    done, before = Deploy(site, proxy, f"s3://{reader.bucket}", "--max-deletes", 5000, **others), reader.walks
    while done.process.poll() is None:
        reader.walk_all()
        for _ in range(40):
            reader.stroll(rng)
    done.end(0)
    compare(where, files, store.objects(reader.bucket), done.report["retired"])
    return reader.walks - before


def slowly(request):
    if request.puts_a_file or request.deleted:
        time.sleep(rng.uniform(0.002, 0.02))


def reading():
    """Whoever reads while a site is deployed meets no page without its assets and no link into nothing."""
    name, reader, counts = bucket("read"), Reader("read"), []
    deploy(built("base")[0], proxy, name)
    proxy.begin(slowly)
    old = built("base")[1]
    for state, look in [("more", 0), ("fewer", 0), ("base", 0), ("more", 1), ("fewer", 0)]:
        site, files = built(state, look)
        counts.append(watched(reader, site, files, f"{state} in look {look}"))
        # Who opened a page before the deploy still sees it whole.
        for asset in Reader.links("index.html", old["index.html"])[0]:
            if reader.fetch(asset) is None:
                find(f"a page of the site before {state} in look {look} has lost {asset}")
        unreachable = {path for path in files if path.startswith("news/") and path.endswith(".html")} - reader.walk_all()
        if unreachable:
            find(f"{len(unreachable)} pages of {state} cannot be reached, such as {sorted(unreachable)[:3]}")
        old = files
    proxy.begin()
    return f"{len(counts)} deploys, {reader.fetched} fetches, walks during each {counts}, {reader.at_first} links out of date at first"


def growing():
    """Nor does who reads a site that gets a format of feeds for all its pages, or that asks by a known asset for a new one."""
    site, name, reader, counts = Site("growing"), bucket("growing"), Reader("growing"), []
    site.hold(STATES["few-base"], formats=["atom"], icons=0).build()
    deploy(site, proxy, name)
    proxy.begin(slowly)
    for formats, icons, new in [(["atom", "rss"], 0, "rss.xml"), (["atom", "rss"], 60, "app/z59.svg")]:
        site.hold(STATES["few-base"], formats=formats, icons=icons).build()
        # One by one, so that there is time to miss what comes later.
        counts.append(watched(reader, site, site.files(), f"with {new}", settings="uploads = 1\n"))
        if new not in {*reader.walk_all(), *Reader.links("app/a.css", reader.fetch("app/a.css"))[0]}:
            find(f"the reader does not look for {new}")
    proxy.begin()
    return f"{reader.fetched} fetches, walks during each {counts}, {reader.at_first} links out of date at first"


def settings():
    """A prefix, compressed pages and headers of the site's own; what lies beside the prefix is nobody's business."""
    (site, files), name = built("few-base"), bucket("prefixed")
    looker.put_object(Bucket=name, Key="other.txt", Body=b"beside")
    table = '[[deploy.live.files]]\npattern = "*.html"\ngzip = true\ncache_control = "max-age=7"\n[[deploy.live.files]]\npattern = "*.bin"\ncontent_type = "application/x-own"\n'
    where = f"s3://{name}/sites/news"
    Deploy(site, proxy, where, settings=table).end(0)
    objects = store.objects(name)
    if objects.pop("other.txt", None) != b"beside":
        find("an object beside the prefix is touched")
    unpacked = {path.removeprefix("sites/news/"): gzip.decompress(body) if path.endswith(".html") else body for path, body in objects.items()}
    compare("below a prefix", files, unpacked)
    page = looker.head_object(Bucket=name, Key="sites/news/index.html")
    if (page.get("ContentEncoding"), page["ContentType"], page.get("CacheControl")) != ("gzip", "text/html; charset=utf-8", "max-age=7"):
        find(f"a compressed page has the headers {page['ResponseMetadata']['HTTPHeaders']}")
    if looker.head_object(Bucket=name, Key="sites/news/files/large.bin")["ContentType"] != "application/x-own":
        find("a content type of the site's own is not kept")
    again = Deploy(site, proxy, where, settings=table).end(0)
    if any(request.writes for request in again.requests):
        find("compressed pages are sent again though nothing changed")
    saved = 1 - sum(map(len, objects.values())) / sum(map(len, files.values()))
    return f"{len(objects)} objects, {saved:.0%} smaller"


def disk():
    """A folder as the target."""
    (site, files), (later, others), folder = built("base"), built("fewer"), work / "disk"
    folder.mkdir()
    look = lambda: {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    stamps = lambda: {name: (path.stat().st_ino, path.stat().st_mtime_ns) for name, path in look().items()}
    live.write(f"static/{NUMBERED}", "a name like that of a part")
    live.hold(STATES["few-base"]).build()
    Deploy(live, None, folder.as_uri()).end(1).says(NUMBERED)
    if set(look()) - {".newsgen/lock"}:
        find(f"a deploy that is refused leaves {sorted(look())[:5]}")
    for one, wanted in ((site, files), (later, others)):
        Deploy(one, None, folder.as_uri()).end(0)
        compare("on a disk", wanted, {name: path.read_bytes() for name, path in look().items()}, foreign=[".newsgen/lock"])
        before = stamps()
        Deploy(one, None, folder.as_uri()).end(0)
        if stamps() != before:
            find("a deploy without changes writes to the disk")
    return f"{len(look())} files"


def azure():
    """The same by a store of Azure's."""
    azure = faulty_proxy.Azure(work)
    stores.append(azure)
    name, site, compressed = azure.create("news", True), Site("azure"), '[[deploy.live.files]]\npattern = "*.html"\ngzip = true\n'
    door, other_door = azure.proxy(), azure.proxy()
    environment = lambda key: {"AZURE_STORAGE_ACCOUNT_NAME": azure.ACCOUNT, "AZURE_STORAGE_ACCOUNT_KEY": key}
    start = lambda through=door, key=azure.KEY, where=name: Deploy(
        site, through, f"az://{where}", settings=compressed, environment=environment(key))

    def unpacked():
        objects = azure.objects(name)
        return {path: gzip.decompress(body) if path.endswith(".html") else body for path, body in objects.items()}

    def sent(numbers):
        """What a deploy of these articles sends; it must be what the build wrote."""
        report = site.hold(numbers).build()
        done = start().end(0)
        compare(f"{len(numbers)} articles", site.files(), unpacked(), done.report["retired"])
        if sorted(done.puts) != sorted(report["written"]):
            find(f"sent, but not written by the build, or not sent: {sorted(set(done.puts) ^ set(report['written']))[:5]}")
        return done

    first = sent(STATES["few-base"])
    page = azure.get(name, "index.html")[1]
    if (page["Content-Encoding"], page["Content-Type"]) != ("gzip", "text/html; charset=utf-8") or not page["Cache-Control"]:
        find(f"a compressed page has the headers {dict(page)}")
    again = start().end(0)
    if any(request.writes for request in again.requests):
        find(f"a deploy without changes writes {[request.path for request in again.requests if request.writes][:5]}")
    more = sent(STATES["few-base"] + [ARTICLES])
    fewer = sent(STATES["few-fewer"])
    if not fewer.report["removed"]:
        find("nothing is removed")
    # While one is at work the other is refused.
    site.hold(STATES["few-base"]).build()
    is_free = threading.Event()
    door.begin(lambda request: request.puts_a_file and is_free.wait(60) and None)
    holder = start()
    if not door.wait_until(lambda door: any(request.puts_a_file for request in door.requests), 30):
        find("the first one sends nothing")
    refused = start(through=other_door).end(1)
    refused.says("--force")
    if refused.puts:
        find("the second one is refused after it has sent something")
    is_free.set()
    holder.end(0)
    door.begin()
    compare("after two at once", site.files(), unpacked(), holder.report["retired"])
    wrong = start(key=OTHER_KEY, where=azure.create("closed", False)).end(1, 30)
    wrong.says("AZURE_STORAGE_ACCOUNT_KEY")
    if wrong.seconds > 15:
        find(f"a wrong key is refused only after {wrong.seconds:.0f} s")
    return (
        f"{len(first.puts)} files sent in {first.seconds:.1f} s, then none, {len(more.puts)} for one article, "
        f"{len(fewer.report['removed'])} removed, wrong key {wrong.seconds:.1f} s")


def end_all():
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def check(name, case):
    if arguments.only not in name:
        return
    cases.append(name)
    proxy.begin()
    proxy.credentials = None
    before, began = len(findings), time.monotonic()
    try:
        figures = case()
    except Exception:
        figures = "not finished"
        find(traceback.format_exc())
        end_all()
    print(f"{'ok  ' if len(findings) == before else 'FAIL'} {name}: {figures} [{time.monotonic() - began:.0f} s]", flush=True)


try:
    print(f"seed {arguments.seed}", flush=True)
    proxy = store.proxy()
    looker = boto3.client(
        "s3", endpoint_url=store.proxy().address, region_name=faulty_proxy.REGION, aws_access_key_id=KEY, aws_secret_access_key=SECRET)
    live = Site("live")
    check("live: the first deploy", first_deploy)
    check("live: no change", no_change)
    check("live: one article more", one_more)
    check("live: one article fewer", one_fewer)
    check("live: what must not be sent", too_many)
    check("live: objects of others", foreign)
    check("killed at each step", steps)
    check("killed at any request", kills)
    check("a faulty store", faults)
    check("credentials", credentials)
    check("two deploys at once", two_at_once)
    check("three deploys at once", three_at_once)
    check("a takeover of small files", crumbs)
    check("a takeover that is not heard", unheard)
    check("what comes late", late)
    check("an old lease", old_lease)
    check("a reader", reading)
    check("a reader of a growing site", growing)
    check("a store without conditions", conditions)
    check("strangers' objects", strangers)
    check("a store that refuses", refusals)
    check("prefix and headers", settings)
    check("a folder", disk)
    check("Azure", azure)
finally:
    end_all()
    for one in stores:
        one.stop()
    shutil.rmtree(work, ignore_errors=True)
print(f"deploy.py: {len(cases)} cases, {len(findings)} findings")
sys.exit(bool(findings))
