"""Threads that send mail to an archive and remember what was answered 250."""

import random
import smtplib
import threading
import time
from contextlib import suppress
from hashlib import sha256

from benchmarks.faults.place import message

SENDERS = 6
STEADY_PAUSE = 0.05  # seconds between a sender's messages, where not capture but what follows it is killed


class Senders:
    """Threads that send distinct messages as fast as they are answered, and note which were answered 250."""

    def __init__(self, port: int, *, seed: int, pause: float = 0.0) -> None:
        self.port = port
        self._pause = pause
        self.acknowledged: list[str] = []
        self.sent: list[str] = []
        self._stop = threading.Event()
        self._numbers = iter(range(10**9))
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(f"{seed}/{place}"),)) for place in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, chooser: random.Random) -> None:
        while not self._stop.is_set():
            with suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
                while not self._stop.is_set():
                    with self._lock:
                        number = next(self._numbers)
                    raw = message(number, chooser)
                    digest = sha256(raw).hexdigest()
                    self.sent.append(digest)
                    client.sendmail("ann@corp.example", ["bob@corp.example"], raw, mail_options=["BODY=8BITMIME"])
                    self.acknowledged.append(digest)
                    time.sleep(self._pause)
            time.sleep(0.02)
