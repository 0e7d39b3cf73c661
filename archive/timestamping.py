"""Carry requests to a time-stamping authority over HTTP (RFC 3161 section 3.4): one short POST with a time limit."""

import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from muniment.errors import Transient
from muniment.log.timestamps import MAX_RESPONSE_BYTES

TIME_LIMIT_SECONDS: Final = 10.0  # authorities answer within a second or two; nothing waits for this
_CHUNK_BYTES: Final = 8_192


class AuthorityUnavailable(Transient):
    """The authority did not answer, not in time, or not with a time-stamp."""


class HttpPost:
    """Posts requests to one address. No proxy, no redirect, no cookie; certificates are those the system trusts.

    Each wait for the network ends after the time limit, and so does the reading of an answer.
    """

    def __init__(self, url: str, *, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> None:
        """Take an http or https address; raise `ValueError` for any other."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise ValueError("the address must be like https://tsa.example/path, without a name or password")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._limit = time_limit_seconds

    def __call__(self, request: bytes) -> bytes:
        """Return the answer to a request (both DER); raise `AuthorityUnavailable`."""
        ends = time.monotonic() + self._limit
        connection = (HTTPSConnection if self._secure else HTTPConnection)(self._host, self._port, timeout=self._limit)
        try:
            connection.request("POST", self._target, request, {"Content-Type": "application/timestamp-query"})
            return self._read(connection.getresponse(), ends)
        except (OSError, HTTPException) as error:
            raise AuthorityUnavailable(f"the time-stamping authority {self._host} does not answer: {error}") from error
        finally:
            connection.close()

    def _read(self, response: HTTPResponse, ends: float) -> bytes:
        kind = response.headers.get_content_type()
        if response.status != HTTPStatus.OK or kind != "application/timestamp-reply":
            raise AuthorityUnavailable(
                f"the time-stamping authority {self._host} answered {response.status} with {kind}: "
                "is the address right?"
            )
        found = b""
        while chunk := response.read1(_CHUNK_BYTES):
            found += chunk
            if len(found) > MAX_RESPONSE_BYTES or time.monotonic() > ends:
                raise AuthorityUnavailable(
                    f"the time-stamping authority {self._host} answers too much or too slowly: {len(found)} bytes yet"
                )
        return found
