"""Stores in memory, S3 by moto and Azure by azurite, and proxies before them that note, hold up, break and refuse what goes through.

Each proxy has an address of its own, so that a check can tell apart two programs that use one store.
"""
import base64
import dataclasses
import email.utils
import hashlib
import hmac
import html
import http.client
import io
import logging
import pathlib
import re
import socket
import struct
import subprocess
import threading
import time
import urllib.parse
import xml.etree.ElementTree

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

REGION = "us-east-1"
logging.getLogger("werkzeug").setLevel(logging.ERROR)


@dataclasses.dataclass
class Request:
    """What a client asked for. The path is that in the bucket, without the bucket's name."""

    number: int
    method: str
    path: str
    query: dict
    body: bytes
    environ: dict
    began: float = dataclasses.field(default_factory=time.monotonic)
    status: int = 0

    @property
    def writes(self):
        return self.method in ("PUT", "POST", "DELETE")

    @property
    def puts_a_file(self):
        return self.method == "PUT" and not self.path.startswith(".newsgen/")

    @property
    def lists(self):
        return self.method == "GET" and not self.path

    @property
    def deleted(self):
        """The paths that it deletes, one by one or many at once."""
        if self.method == "DELETE":
            return [self.path]
        if self.method == "POST" and "delete" in self.query:
            return [html.unescape(path) for path in re.findall("<Key>(.*?)</Key>", self.body.decode())]
        return []


@dataclasses.dataclass
class Refusal:
    """What a proxy answers in the store's place."""

    status: str
    code: str
    message: str

    def body(self):
        return f'<?xml version="1.0"?><Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>'.encode()


class Denials:
    """The answer to a request to delete that is understood, of which each part is denied."""

    status = "200 OK"

    def __init__(self, request, code):
        self.paths, self.code = request.deleted, code

    def body(self):
        each = "".join(f"<Error><Key>{html.escape(path)}</Key><Code>{self.code}</Code><Message>No.</Message></Error>" for path in self.paths)
        return f'<?xml version="1.0"?><DeleteResult>{each}</DeleteResult>'.encode()


SLOW_DOWN = Refusal("503 Slow Down", "SlowDown", "Please reduce your request rate.")
WRONG_REGION = Refusal("400 Bad Request", "AuthorizationHeaderMalformed", "The authorization header is malformed; expecting 'eu-north-9'")


class Reset(ConnectionError):
    """Raised by a proxy's rules to break the connection at once."""


class Cut(Exception):
    """Raised by a proxy's rules to break the connection in the middle of an answer."""


class Store:
    """One request is carried out at a time, so that conditions of writes hold."""

    # What stands in each address before the bucket's name.
    above = ""

    def __init__(self):
        self.app = create_backend_app("s3")
        self.backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
        self.lock = threading.Lock()
        self.proxies = []

    def proxy(self):
        self.proxies.append(Proxy(self))
        return self.proxies[-1]

    def answer(self, environ, start):
        with self.lock:
            return list(self.app(environ, start))

    def get(self, bucket, path):
        """The bytes of an object, or nothing where there is none: a look past all proxies."""
        with self.lock:
            found = self.backend.get_object(bucket, path)
            return found and found.value

    def objects(self, bucket):
        """All objects of a bucket, by path."""
        with self.lock:
            return {path: key.value for path, key in self.backend.buckets[bucket].keys.items()}

    def age(self, bucket, path, by):
        """Makes an object look older than it is."""
        with self.lock:
            self.backend.get_object(bucket, path).last_modified -= by

    def stop(self):
        for proxy in self.proxies:
            proxy.server.shutdown()
            proxy.server.server_close()


class Azure:
    """A store of Azure's, by azurite: another process, in the one account that it knows."""

    ACCOUNT = "devstoreaccount1"
    # Known to everybody, and of no use but here.
    KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
    above = "/" + ACCOUNT

    def __init__(self, folder):
        program = pathlib.Path(__file__).resolve().parent.parent / "node_modules/azurite/dist/src/blob/main.js"
        # Connections are kept for longer than a deploy and its check leave them alone.
        options = ["--blobPort", "0", "--blobKeepAliveTimeout", "600", "--inMemoryPersistence", "--disableTelemetry", "--silent",
            "--skipApiVersionCheck"]
        self.process = subprocess.Popen(["node", program, *options], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.server, self.local, said = None, threading.local(), []
        for line in self.process.stdout:
            said.append(line)
            if listens := re.search(r"listens on http://(\S+)", line):
                self.server = listens[1]
                break
        if not self.server:
            raise RuntimeError(f"azurite does not start: {''.join(said)}")
        self.proxies = []

    def proxy(self):
        self.proxies.append(Proxy(self))
        return self.proxies[-1]

    def ask(self, method, target, body=b"", headers=()):
        # Each thread keeps its connection.
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection(self.server, timeout=60)
        self.local.connection.request(method, target, body, dict(headers))
        found = self.local.connection.getresponse()
        return found, found.read()

    def answer(self, environ, start):
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers |= {name.replace("_", "-"): environ[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)}
        found, body = self.ask(environ["REQUEST_METHOD"], environ["RAW_URI"], environ["wsgi.input"].read(), headers)
        hops = ("transfer-encoding", "connection", "keep-alive")
        kept = [(name, value) for name, value in found.getheaders() if name.lower() not in hops]
        if found.getheader("content-length") is None:
            kept.append(("Content-Length", str(len(body))))
        start(f"{found.status} {found.reason}", kept)
        return [body]

    def create(self, container, is_public):
        """Makes a container that everybody may read, or nobody."""
        target = f"{self.above}/{container}"
        said = {"x-ms-blob-public-access": "container"} if is_public else {}
        said |= {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
        lines = ["PUT", *[""] * 11, *(f"{name}:{value}" for name, value in said.items()), f"/{self.ACCOUNT}{target}", "restype:container"]
        signature = hmac.digest(base64.b64decode(self.KEY), "\n".join(lines).encode(), "sha256")
        said["Authorization"] = f"SharedKey {self.ACCOUNT}:{base64.b64encode(signature).decode()}"
        found, body = self.ask("PUT", f"{target}?restype=container", headers=said)
        if found.status != 201:
            raise RuntimeError(f"azurite makes no container: {body}")
        return container

    def get(self, container, path):
        """An object's bytes and its headers, past all proxies."""
        found, body = self.ask("GET", f"{self.above}/{container}/{urllib.parse.quote(path)}")
        return body, found.headers

    def objects(self, container):
        """All objects of a container, by path."""
        _, body = self.ask("GET", f"{self.above}/{container}?restype=container&comp=list")
        paths = [name.text for name in xml.etree.ElementTree.fromstring(body.decode("utf-8-sig")).iter("Name")]
        return {path: self.get(container, path)[0] for path in paths}

    def stop(self):
        for proxy in self.proxies:
            proxy.server.shutdown()
            proxy.server.server_close()
        self.process.kill()
        self.process.wait()


def half(parts):
    """Half of an answer, and then the connection breaks."""
    whole = b"".join(parts)
    yield whole[:len(whole) // 2]
    raise Reset


class Connection(WSGIRequestHandler):
    def connection_dropped(self, error, environ=None):
        self.close_connection = True
        if isinstance(error, Reset):
            # Closed like this the other end meets an error, not the end of an answer.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.close(self.connection.detach())


class Proxy:
    """A door to the store. `before` sees each request before it is passed on and may answer it by a refusal; `after` sees
    it when the store has carried it out and the client does not know yet, and may raise a Cut. Both may wait or raise a Reset."""

    def __init__(self, store):
        self.store = store
        self.changed = threading.Condition()
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Connection)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.endpoint = self.address + store.above
        self.active = 0
        self.credentials = None
        self.begin()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def begin(self, before=None, after=None):
        """Forgets all requests, and takes new rules."""
        nothing = lambda request: None
        self.before, self.after, self.requests = before or nothing, after or nothing, []

    def __call__(self, environ, start):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        path = urllib.parse.unquote(environ["RAW_URI"].partition("?")[0]).removeprefix(self.store.above).lstrip("/").partition("/")[2]
        query = dict(urllib.parse.parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        with self.changed:
            self.active += 1
            request = Request(len(self.requests) + 1, environ["REQUEST_METHOD"], path, query, body, environ)
            self.requests.append(request)
            self.changed.notify_all()
        try:
            return self.carry_out(request, start)
        finally:
            # Of the many files that are sent it is not kept what they hold.
            request.environ, request.body = None, body if request.method == "POST" else None
            with self.changed:
                self.active -= 1
                self.changed.notify_all()

    def carry_out(self, request, start):
        refusal = self.refusal(request) or self.before(request)
        if refusal:
            request.status = int(refusal.status[:3])
            start(refusal.status, [("Content-Type", "application/xml"), ("Content-Length", str(len(refusal.body())))])
            return [refusal.body()]
        answers = []
        parts = self.store.answer(request.environ, lambda *answer: answers.append(answer))
        request.status = int(answers[-1][0][:3])
        try:
            self.after(request)
        except Cut:
            parts = half(parts)
        start(*answers[-1])
        return parts

    def refusal(self, request):
        """Refuses a request that is not signed with the credentials that this proxy knows, if it knows any."""
        if not self.credentials:
            return None
        environ = request.environ
        said = dict(re.findall(r"(\w+)=([^,\s]+)", environ.get("HTTP_AUTHORIZATION", "")))
        if said.get("Credential", "").partition("/")[0] != self.credentials[0]:
            return Refusal("403 Forbidden", "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
        value = lambda name: environ.get("HTTP_" + name.upper().replace("-", "_")) or environ.get(name.upper().replace("-", "_"), "")
        headers = {name: value(name) for name in said["SignedHeaders"].split(";")}
        signed = botocore.awsrequest.AWSRequest(
            request.method, self.address + environ["RAW_URI"], headers, request.body)
        signed.context["timestamp"] = headers.get("x-amz-date")
        signer = botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(*self.credentials), "s3", REGION)
        canonical = signer.canonical_request(signed)
        digest = headers.get("x-amz-content-sha256")
        is_right = said["Signature"] == signer.signature(signer.string_to_sign(signed, canonical), signed)
        if is_right and digest in (hashlib.sha256(request.body).hexdigest(), "UNSIGNED-PAYLOAD"):
            return None
        return Refusal("403 Forbidden", "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")

    def wait_until(self, holds, seconds):
        """Waits until something holds of this proxy, looking whenever a request begins or ends; whether it came to hold."""
        with self.changed:
            return self.changed.wait_for(lambda: holds(self), seconds)

    def wait_until_calm(self):
        """Waits for what a killed client has still asked for."""
        self.wait_until(lambda proxy: proxy.active == 0, 30)
