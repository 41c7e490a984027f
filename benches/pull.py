#!/usr/bin/env python3
"""How long `newsgen pull` takes when feeds have nothing new.

    benches/pull.py [--feeds 200] [--hosts 1] [--documents 0] [--runs 5] [--newsgen target/release/newsgen]

A server on this machine has feeds of 20 items each. The first pull writes their documents; the others, which are
measured, get status 304. Fails if one of them changes a byte.
"""

import argparse
import hashlib
import pathlib
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--feeds", type=int, default=200)
arguments.add_argument("--hosts", type=int, default=1)
arguments.add_argument("--documents", type=int, default=0, help="more documents of the site")
arguments.add_argument("--runs", type=int, default=5)
arguments.add_argument("--newsgen", default="target/release/newsgen")
options = arguments.parse_args()


class Feeds(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("If-None-Match") == '"1"':
            self.send_response(304)
            self.end_headers()
            return
        feed = self.path.strip("/")
        items = "".join(
            f"<item><title>Item {n} of {feed}</title><link>https://feed{feed}.example/{n}</link>"
            f"<description>What item {n} is about, in a few words.</description>"
            f"<pubDate>{1 + n:02} Nov 2026 10:00:00 GMT</pubDate></item>"
            for n in range(20)
        )
        body = f'<rss version="2.0"><channel><title>Feed {feed}</title>{items}</channel></rss>'.encode()
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def files(root):
    return {
        path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).digest())
        for path in root.rglob("*")
        if path.is_file()
    }


ports = []
for _ in range(options.hosts):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ports.append(server.server_address[1])

with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
    root = pathlib.Path(folder)
    sources = "".join(
        f'[[source]]\nfeed = "http://127.0.0.1:{ports[n % len(ports)]}/{n}"\n' for n in range(options.feeds)
    )
    (root / "site.toml").write_text(
        'title = "Bench"\nbase_url = "https://bench.example/"\nid = "https://bench.example/"\n'
        f"[net]\nallow_private = true\n{sources}"
    )
    (root / "content").mkdir()
    for n in range(options.documents):
        (root / "content" / f"{n}.md").write_text(
            f"---\ntitle: Article {n}\npublishedDateTime: 2026-01-01T10:00:00Z\n"
            f"originalUrl: https://www.provider.example/{n}\nprovider:\n  domain: provider.example\n---\n"
        )
    command = [str(pathlib.Path(options.newsgen).resolve()), "pull"]
    start = time.perf_counter()
    subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"first pull: {time.perf_counter() - start:.2f} s, {len(files(root))} files")
    before, times = files(root), []
    for _ in range(options.runs):
        start = time.perf_counter()
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    assert files(root) == before, "a pull without news changed files"
    times.sort()
    print(f"nothing new: {times[len(times) // 2]:.3f} s (median of {len(times)}), 0 changed bytes")
