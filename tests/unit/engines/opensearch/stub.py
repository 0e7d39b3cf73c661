"""An HTTP server on loopback that answers as a test has written: what a cluster does when it is busy or gone."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Stub(ThreadingHTTPServer):
    """`answers` maps the beginning of a request line to a list of (status, body), of which the last is repeated."""

    daemon_threads = True

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = answers, []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def bulks(self):
        """Return the ids of each bulk request."""
        lines = [body.splitlines() for line, body in self.asked if line.startswith("POST /_bulk")]
        heads = [[json.loads(line) for line in some if line.startswith(b'{"index"')] for some in lines]
        return [[head["index"]["_id"] for head in some] for some in heads]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        line = f"{self.command} {self.path}"
        self.server.asked.append((line, body))
        found = [key for key in self.server.answers if line.startswith(key)]
        answers = self.server.answers[max(found, key=len)] if found else [(404, {"error": {"type": "none"}})]
        status, content = answers.pop(0) if len(answers) > 1 else answers[0]
        sent = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_):
        pass


@contextmanager
def stub(answers):
    """Give a running stub."""
    server = Stub(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
