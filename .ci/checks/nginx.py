"""A site at a server, by the recipe of docs/deploy.md: its rsync command and docs/nginx.conf, as they stand there, before
Debian's nginx. Every file is asked for as a browser would, then what must not be found, then all that a second build changes.

usage: nginx.py NEWSGEN
"""
import gzip
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

docs = pathlib.Path(__file__).parent.parent.parent / "docs"
newsgen = pathlib.Path(sys.argv[1]).resolve()
findings, answers = [], 0

HEADERS = {
    "content-security-policy": "frame-ancestors 'self'",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
}
SHORT_LIVED, IMMUTABLE = "public, max-age=60", "public, max-age=31536000, immutable"
FEEDS = {
    "atom.xml": "application/xml",
    "rss.xml": "application/xml",
    "feed.json": "application/feed+json",
    "opml.xml": "text/x-opml",
}
TYPES = {".html": "text/html", ".css": "text/css", ".xml": "text/xml", ".txt": "text/plain", ".svg": "image/svg+xml", ".webp": "image/webp"}
# As much as is never sent in one piece without being compressed.
LONG = 1000


def expect(what, found, expected):
    if found != expected:
        findings.append(f"{what}: {found!r}, expected {expected!r}")


def only(pattern, text, where):
    """The one place where a document says something."""
    found = re.findall(pattern, text, flags=re.M)
    if len(found) != 1:
        sys.exit(f"FAIL nginx: {len(found)} places in {where} match {pattern}, expected one")
    return found[0]


# ---- the two sides: a site that is built, and a folder that is served

def new_site(site):
    subprocess.run([newsgen, "init", site], check=True, stdout=subprocess.DEVNULL)
    config = (site / "site.toml").read_text()
    config = re.sub("^article_pages = .*", 'article_pages = "self"', config, flags=re.M)
    (site / "site.toml").write_text(config + "\n[amp]\npages = true\n")
    static = site / "static"
    (static / "images").mkdir(parents=True)
    shutil.copy(next(pathlib.Path(docs / "images").glob("*.webp")), static / "images/a picture.webp")
    (static / "images/0123456789abcdef.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (static / ".well-known").mkdir()
    (static / ".well-known/security.txt").write_text("Contact: https://news.example/contact/\n")


def article(name, title, body="A body."):
    return (
        f'---\ntitle: "{title}"\npublishedDateTime: 2026-11-01T00:00:00Z\noriginalUrl: "https://post.example/{name}"\n'
        f"provider:\n  name: Post\n  domain: post.example\n---\n\n{body}\n"
    )


def publish(work, site, served):
    """Runs the command of the document; only the place it leads to is another one."""
    document = (docs / "deploy.md").read_text()
    command = only(r"^\s*(newsgen build && rsync .*)$", document, "deploy.md")
    place = only(r"\S+:/srv/\S+/$", command, "the command")
    programs = work / "programs"
    programs.mkdir(exist_ok=True)
    if not (programs / "newsgen").exists():
        (programs / "newsgen").symlink_to(newsgen)
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    run = subprocess.run(
        ["bash", "-c", command.replace(place, f"{served}/")], cwd=site, env=environment, capture_output=True, text=True
    )
    if run.returncode:
        sys.exit(f"FAIL nginx: {command}: status {run.returncode}: {run.stderr}")


def files(folder):
    """What a folder holds, but for what is newsgen's own: the stamp and the bytes of each file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(".newsgen"):
            status = path.stat()
            found[name] = ((status.st_ino, status.st_mtime_ns), path.read_bytes())
    return found


# ---- nginx

class Server:
    """nginx with docs/nginx.conf. It inherits a socket that listens already, so that no request comes too early."""

    def __init__(self, work, served):
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        block = (docs / "nginx.conf").read_text()
        for pattern, place in [
            (r"^ *listen 80;$", f"listen 127.0.0.1:{self.port};"),
            (r"^ *listen \[::\]:80;$", ""),
            (r"^ *server_name .*;$", "server_name localhost;"),
            (r"^ *root .*;$", f"root {served};"),
        ]:
            block = block.replace(only(pattern, block, "nginx.conf"), place)
        (work / "site.conf").write_text(block)
        bodies = " ".join(
            f"{kind}_temp_path {work}/{kind};" for kind in ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
        )
        (work / "nginx.conf").write_text(
            f"daemon off; user root; pid {work}/nginx.pid; error_log {work}/error.log; events {{ }}\n"
            f"http {{ include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; {bodies}\n"
            f"include {work}/site.conf; }}\n"
        )
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(
            [program, "-e", work / "error.log", "-c", work / "nginx.conf"],
            env={**os.environ, "NGINX": f"{listening.fileno()};"},
            pass_fds=[listening.fileno()],
        )
        # Should nginx end, nobody listens any more, and a request fails at once.
        listening.close()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, path, method="GET", **headers):
        """One request: status, headers and body of the answer."""
        global answers
        answers += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        names = [name.lower() for name, _ in answer.getheaders()]
        for name in {name for name in names if names.count(name) > 1}:
            findings.append(f"{method} {path}: {names.count(name)} times {name}")
        found = {name.lower(): value for name, value in answer.getheaders()}
        for name, value in HEADERS.items():
            expect(f"{method} {path}: {name}", found.get(name), value)
        connection.close()
        return answer.status, found, body


# ---- what a browser may expect

def address(name):
    return "/" + re.sub(r"(^|/)index\.html$", r"\1", name).replace(" ", "%20")


def content_type(name):
    kind = FEEDS.get(name.rsplit("/", 1)[-1]) or TYPES[pathlib.PurePath(name).suffix]
    return kind if kind == "image/webp" else f"{kind}; charset=utf-8"


def is_fingerprinted(name):
    return re.fullmatch(r"theme/.+\.[0-9a-f]{16}\.[a-z0-9]+", name) is not None


def check_file(server, name, bytes_):
    path = address(name)
    status, headers, body = server.ask(path)
    expect(f"{path}: status", status, 200)
    expect(f"{path}: has the bytes of the file", body == bytes_, True)
    expect(f"{path}: content-type", headers.get("content-type"), content_type(name))
    expect(f"{path}: cache-control", headers.get("cache-control"), IMMUTABLE if is_fingerprinted(name) else SHORT_LIVED)
    if not headers.get("etag") or not headers.get("last-modified"):
        findings.append(f"{path}: no etag, or no last-modified")
        return
    status, again, body = server.ask(path, If_None_Match=headers["etag"])
    expect(f"{path}: status, if it is not another one", (status, body), (304, b""))
    expect(f"{path}: cache-control of a 304", again.get("cache-control"), headers.get("cache-control"))
    status, again, _ = server.ask(path, If_Modified_Since=headers["last-modified"])
    expect(f"{path}: status, if it has not changed", status, 304)
    status, packed, body = server.ask(path, Accept_Encoding="gzip")
    is_text = "charset" in content_type(name)
    is_packed = packed.get("content-encoding") == "gzip"
    if is_packed != (is_text and len(bytes_) >= LONG):
        findings.append(f"{path}: {len(bytes_)} bytes of {content_type(name)} are {'' if is_packed else 'not '}compressed")
    if is_packed:
        expect(f"{path}: has the bytes of the file, compressed", gzip.decompress(body) == bytes_, True)
        expect(f"{path}: vary", packed.get("vary"), "Accept-Encoding")
        status, _, _ = server.ask(path, Accept_Encoding="gzip", If_None_Match=packed.get("etag", ""))
        expect(f"{path}: status, if it is not another one, compressed", status, 304)


def check_missing(server, path, page):
    status, headers, body = server.ask(path)
    expect(f"{path}: status", status, 404)
    expect(f"{path}: shows the site's own page", body == page, True)
    expect(f"{path}: content-type", headers.get("content-type"), "text/html; charset=utf-8")
    expect(f"{path}: cache-control", headers.get("cache-control"), SHORT_LIVED)


def check_site(server, published):
    page = published["404.html"][1]
    folders = {str(parent) for name in published for parent in pathlib.PurePosixPath(name).parents} - {"."}
    for name, (_, bytes_) in published.items():
        if name != "404.html":
            check_file(server, name, bytes_)
    for folder in sorted(folders):
        if folder.startswith(".well-known"):
            continue
        for query in ["", "?a=b"]:
            status, headers, _ = server.ask(f"/{folder}{query}", Host="elsewhere.example:1234")
            expect(f"/{folder}{query}: status and place", (status, headers.get("location")), (301, f"/{folder}/{query}"))
        if f"{folder}/index.html" not in published:
            check_missing(server, f"/{folder}/", page)
    for path in [
        "/404.html", "/nothing", "/nothing/", "/news/nothing.html", "//elsewhere.example", "/theme/style.0000000000000000.css",
        "/.newsgen-files", "/%2enewsgen-files", "/.newsgen/manifest.json", "/news/.~tmp~/index.html", "/.git/config",
        "/news/..%2f.newsgen-files", "/.well-known", "/.well-known/.hidden",
    ]:
        check_missing(server, path, page)
    expect("POST /: status", server.ask("/", method="POST", Content_Length="0")[0], 405)


def check_change(work, site, served, server, change):
    """What `change` changes of the site is all that changes at the server."""
    old_site, old = files(site / "public"), files(served)
    etags = {name: server.ask(address(name))[1].get("etag") for name in old if name != "404.html"}
    change()
    publish(work, site, served)
    new_site_, new = files(site / "public"), files(served)
    expect("the server's files", {name: b for name, (_, b) in new.items()} == {name: b for name, (_, b) in new_site_.items()}, True)
    counts = {"new": 0, "changed": 0, "removed": 0, "same": 0}
    for name in sorted(old_site.keys() | new_site_.keys()):
        if name not in new_site_:
            counts["removed"] += 1
            check_missing(server, address(name), new_site_["404.html"][1])
        elif name not in old_site or old_site[name][1] != new_site_[name][1]:
            counts["changed" if name in old_site else "new"] += 1
            status, _, body = server.ask(address(name))
            expect(f"{name}: status and bytes, after a change", (status, body == new_site_[name][1]), (200, True))
        else:
            counts["same"] += 1
            expect(f"{name}: stamp, where nothing changed", new[name][0], old[name][0])
            if name != "404.html":
                status = server.ask(address(name), If_None_Match=etags[name])[0]
                expect(f"{name}: status, where nothing changed", status, 304)
    return counts


def run(work):
    site, served = work / "site", work / "served"
    served.mkdir()
    new_site(site)
    news = site / "content/news"
    for name in ["to-change", "to-remove"]:
        (news / f"{name}.md").write_text(article(name, name))
    publish(work, site, served)
    expect("what rsync leaves out", [path.name for path in served.glob(".newsgen*")], [])
    published = files(site / "public")
    expect("the server's files", {name: b for name, (_, b) in files(served).items()} == {name: b for name, (_, b) in published.items()}, True)
    for kind, is_kind in {
        "page": lambda name: name.endswith("index.html"),
        "AMP page": lambda name: name.endswith("amp/index.html"),
        "asset with a digest in its name": is_fingerprinted,
        "picture": lambda name: name.endswith(".webp"),
        "feed": lambda name: name.endswith("/atom.xml"),
    }.items():
        if not any(map(is_kind, published)):
            findings.append(f"the site has no {kind}, so none was checked")
    # What may lie there although no recipe puts it there, and what a deploy that died has left.
    for name in [".newsgen-files", ".newsgen/manifest.json", "news/.~tmp~/index.html", ".git/config"]:
        (served / name).parent.mkdir(exist_ok=True)
        (served / name).write_text("secret")

    server = Server(work, served)
    try:
        check_site(server, published)
        (served / "left-over.html").write_text("of another program")

        def change():
            (news / "to-remove.md").unlink()
            (news / "new.md").write_text(article("new", "new"))
            (news / "to-change.md").write_text(article("to-change", "to-change", "Another body."))

        counts = check_change(work, site, served, server, change)
        expect("a file of another program is removed", (served / "left-over.html").exists(), False)
        expect("newsgen's own files stay", (served / ".newsgen/manifest.json").exists(), True)
        for kind, count in counts.items():
            if not count:
                findings.append(f"nothing was {kind} after a change, so that was not checked")
        # Texts of one length, within one second.
        for body in ["A bodY.", "A boDy.", "A bOdy."]:
            check_change(work, site, served, server, lambda: (news / "to-change.md").write_text(article("to-change", "to-change", body)))
    finally:
        server.stop()
    return len(published), counts


signal.signal(signal.SIGTERM, lambda *_: sys.exit("FAIL nginx: told to end"))
with tempfile.TemporaryDirectory(prefix="newsgen-nginx-") as folder:
    try:
        number, counts = run(pathlib.Path(folder))
    except (OSError, http.client.HTTPException) as error:
        log = pathlib.Path(folder) / "error.log"
        print(log.read_text() if log.exists() else "", end="")
        sys.exit(f"FAIL nginx: {type(error).__name__}: {error}")
for finding in findings[:50]:
    print(f"  {finding}")
parts = ", ".join(f"{count} {kind}" for kind, count in counts.items())
print(f"{'FAIL' if findings else 'ok  '} nginx: {len(findings)} findings; {number} files, {answers} answers; a second build: {parts}")
sys.exit(bool(findings))
