"""A browser without pages: requests over TLS through the balancer, from an address of choice, with its cookies."""

import http.client
import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(slots=True)
class Browser:
    """Makes a connection for each request. `plain` asks a web process itself, as the balancer would."""

    port: int
    address: str = "127.0.0.10"
    plain: bool = False
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
        """Return status and text of an answer; cookies are kept."""
        connection = self._connection()
        origin = f"https://localhost:{self.port}"
        sent = {"Host": f"localhost:{self.port}", "Referer": origin + path, "Origin": origin}
        sent |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie", ()):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self.ask("GET", path, **headers)

    def sign_in(self, name: str, password: str, **headers: str) -> int:
        """Return the status of the answer: 302 in, 200 the form again, 429 too many failures."""
        _, form = self.get("/sign-in/")
        fields = {"csrfmiddlewaretoken": TOKEN.search(form)[1], "username": name, "password": password}
        return self.ask("POST", "/sign-in/", urlencode(fields), **headers)[0]

    def _connection(self) -> http.client.HTTPConnection:
        if self.plain:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # made for this run, and by itself
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(self.address, 0), context=context
        )
