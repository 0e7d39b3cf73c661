"""Every answer of the listener: RFC 5321 code, enhanced status code (RFC 3463, 5248), and a sentence for people."""

OK = b"250 2.0.0 OK\r\n"
SENDER_OK = b"250 2.1.0 Sender OK\r\n"
RECIPIENT_OK = b"250 2.1.5 Recipient OK\r\n"
KEPT = b"250 2.6.0 Message is in the archive\r\n"
START_DATA = b"354 End data with <CR><LF>.<CR><LF>\r\n"
START_TLS = b"220 2.0.0 Ready to start TLS\r\n"
BYE = b"221 2.0.0 Goodbye\r\n"
HELP = b"214 2.0.0 This is a mail archive: it keeps every message and delivers none (RFC 5321)\r\n"
CANNOT_VERIFY = b"252 2.5.0 Addresses are not verified; send the message and it is kept\r\n"

SHUTTING_DOWN = b"421 4.3.2 The archive is stopping; try again\r\n"
STORE_AWAY = b"421 4.3.0 The archive's store does not answer here; try another node\r\n"
FAULT = b"421 4.3.0 Something went wrong here; try again\r\n"
IDLE_TOO_LONG = b"421 4.4.2 Idle for too long\r\n"
DATA_TOO_SLOW = b"421 4.4.2 The message took too long\r\n"
TOO_MANY_ERRORS = b"421 4.7.0 Too many errors\r\n"
TOO_MANY_LOGINS = b"421 4.7.0 Too many failed attempts to authenticate\r\n"
NOT_A_PROXY = b"421 4.7.1 Your address is not listed as a proxy of this archive; closing\r\n"
TOO_MANY_CONNECTIONS = b"421 4.7.0 Too many connections; try again\r\n"
NO_CLIENT = b"450 4.7.1 The proxy did not say whose connection this is: no mail is taken over it\r\n"
STORE_UNAVAILABLE = b"451 4.3.0 The archive's store does not answer; try again\r\n"
BEHIND = b"451 4.3.2 The archive has too much to catch up with; try again later\r\n"
NO_ROOM = b"452 4.3.1 The archive is receiving as much as it can; try again\r\n"
DISK_FULL = b"452 4.3.1 The archive's disk is nearly full; try again later\r\n"
TOO_MANY_RECIPIENTS = b"452 4.5.3 Too many recipients in one message; send the others in another\r\n"

UNKNOWN_COMMAND = b"500 5.5.1 Command not recognised\r\n"
LINE_TOO_LONG = b"500 5.5.2 Line too long\r\n"
NO_ARGUMENT = b"501 5.5.4 The command takes no parameter\r\n"
NAME_NEEDED = b"501 5.5.4 Your host name is missing\r\n"
BAD_MAIL = b"501 5.5.4 Syntax: MAIL FROM:<address> [parameters]\r\n"
BAD_RECIPIENT = b"501 5.5.4 Syntax: RCPT TO:<address> [parameters]\r\n"
BAD_PARAMETER = b"501 5.5.4 A parameter's value is not valid\r\n"
BAD_CHUNK = b"501 5.5.4 Syntax: BDAT size [LAST]; closing, as the next command cannot be told from data\r\n"
BAD_BASE64 = b"501 5.5.2 Not valid base64\r\n"
LOGIN_CANCELLED = b"501 5.7.0 Authentication cancelled\r\n"
EMPTY_RECIPIENT = b"501 5.1.3 The recipient's address is empty\r\n"
NOT_OFFERED = b"502 5.5.1 Command not offered here\r\n"
HELLO_FIRST = b"503 5.5.1 Introduce yourself first\r\n"
MAIL_FIRST = b"503 5.5.1 MAIL is needed first\r\n"
RECIPIENT_FIRST = b"503 5.5.1 RCPT is needed first\r\n"
MAIL_TWICE = b"503 5.5.1 A message is under way; end it with RSET\r\n"
DATA_AFTER_CHUNKS = b"503 5.5.1 DATA cannot be mixed with BDAT, nor carry BINARYMIME\r\n"
IN_TRANSACTION = b"503 5.5.1 Not while a message is under way\r\n"
LOGGED_IN = b"503 5.5.1 Authenticated already\r\n"
TLS_ACTIVE = b"503 5.5.1 TLS is active already\r\n"
UNKNOWN_MECHANISM = b"504 5.5.4 Mechanism not known; PLAIN and LOGIN are\r\n"
BARE_LINE_FEED = b"521 5.5.2 A command ended without CR LF; closing\r\n"
LOGIN_NEEDED = b"530 5.7.0 Authentication is needed\r\n"
LOGIN_FAILED = b"535 5.7.8 Name or password is wrong\r\n"
TLS_NEEDED = b"538 5.7.11 STARTTLS is needed before AUTH\r\n"
LOOKS_LIKE_END = b"550 5.5.2 A bare CR or LF in the data could be taken for their end (RFC 5321 section 2.3.8)\r\n"
BARE_LINE_END = b"550 5.5.2 The data hold a bare CR or LF (RFC 5321 section 2.3.8)\r\n"
TOO_LARGE = b"552 5.3.4 The message is larger than SIZE allows\r\n"
STRANGER = b"554 5.7.1 Your address is not among the networks that this archive takes mail from\r\n"
UNKNOWN_PARAMETER = b"555 5.5.4 A parameter is not known here\r\n"

LOGIN_OK = b"235 2.7.0 Authenticated\r\n"
ASK_NAME = b"334 VXNlcm5hbWU6\r\n"  # "Username:"
ASK_PASSWORD = b"334 UGFzc3dvcmQ6\r\n"  # "Password:"
ASK_RESPONSE = b"334 \r\n"


def greeting(hostname: str, *, lmtp: bool) -> bytes:
    """Return the 220 of a new connection."""
    return f"220 {hostname} {'LMTP' if lmtp else 'ESMTP'} Muniment mail archive\r\n".encode()


def hello(hostname: str, extensions: tuple[str, ...] = ()) -> bytes:
    """Return the 250 of HELO (without extensions), EHLO or LHLO."""
    lines = (hostname, *extensions)
    last = len(lines) - 1
    return b"".join(f"250{' ' if n == last else '-'}{line}\r\n".encode() for n, line in enumerate(lines))


def chunk_taken(size_bytes: int) -> bytes:
    """Return the 250 of a BDAT that is not the last."""
    return b"250 2.0.0 %d octets received\r\n" % size_bytes
