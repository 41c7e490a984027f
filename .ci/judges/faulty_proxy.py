"""An S3 store in memory, by moto, and proxies before it that note, hold up, break and refuse what goes through them.

Each proxy has an address of its own, so that a judge can tell apart two programs that use one store.
"""
import dataclasses
import hashlib
import html
import io
import logging
import re
import socket
import struct
import threading
import urllib.parse

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


SLOW_DOWN = Refusal("503 Slow Down", "SlowDown", "Please reduce your request rate.")


class Reset(ConnectionError):
    """Raised by a proxy's rules to break the connection at once."""


class Cut(Exception):
    """Raised by a proxy's rules to break the connection in the middle of an answer."""


class Store:
    """One request is carried out at a time, so that conditions of writes hold."""

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
        path = urllib.parse.unquote(environ["RAW_URI"].partition("?")[0]).lstrip("/").partition("/")[2]
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
