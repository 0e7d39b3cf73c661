"""A time-stamping authority made with `openssl ts`, in a folder or behind a local address."""

import subprocess
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509

from muniment.log.timestamps import Rfc3161Stamper, StampVerifier

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = {digests}
accuracy = secs:1
ess_cert_id_alg = sha256
"""
EXTENSIONS = (
    "extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\nbasicConstraints = CA:FALSE\n"
)


class Authority:
    """An `openssl ts` authority of its own in a folder; called, it answers requests."""

    def __init__(self, folder, digests="sha256"):
        self.folder = folder
        folder.mkdir()
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(CONFIG.format(folder=folder, digests=digests))
        (folder / "extensions").write_text(EXTENSIONS)
        self.openssl("req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=Root -days 30")
        self.openssl("req -new -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr -subj /CN=Stamps")
        self.openssl("x509 -req -in tsa.csr -CA root.pem -CAkey root.key -extfile extensions -out tsa.pem -days 30")
        self.root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())

    def openssl(self, arguments):
        subprocess.run(["openssl", *arguments.split()], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def __call__(self, request):
        (self.folder / "request").write_bytes(request)
        self.openssl("ts -reply -config config -section one -queryfile request -out response")
        return (self.folder / "response").read_bytes()

    def stamper(self):
        return Rfc3161Stamper(self, StampVerifier([self.root]))


@contextmanager
def serving(answer, *, status=200, kind="application/timestamp-reply"):
    """Serve an authority on a free port of this machine; yield its address. `answer` is called with each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            with suppress(BrokenPipeError):  # whoever asked has given up
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_args):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
