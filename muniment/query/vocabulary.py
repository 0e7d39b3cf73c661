"""The names that a query may use: fields, their values, Gmail's words, and limits."""

from muniment.pii.model import Kind
from muniment.query.tree import Field

MAX_LENGTH = 10_000  # characters; a list of some 500 words is 5,000
MAX_DEPTH = 50  # nested parentheses and NOTs; the parser recurses once per level
MAX_WORDS = 1_000
MAX_OPEN_WORDS = 100  # words with *, ? or ~; each reads a part of all words of the archive
MAX_DISTANCE = 50  # words between the sides of w/ and pre/
MAX_PAIRS = 100  # (a OR b …) w/5 (c OR d …)

TERM_FIELDS = {field.value: field for field in Field}
DATE_FIELDS = ("date", "received")
SIZE_FIELDS = ("size",)
GMAIL_FIELDS = ("after", "before", "larger", "smaller", "older_than", "newer_than")
RANGE_FIELDS = frozenset((*DATE_FIELDS, *SIZE_FIELDS, *GMAIL_FIELDS))
ALL_FIELDS = (*TERM_FIELDS, *DATE_FIELDS, *SIZE_FIELDS, *GMAIL_FIELDS)

NEAR_FIELDS = (Field.ANY, Field.SUBJECT, Field.BODY, Field.ATTACHMENT)

ATTACHMENT, PII = "attachment", "pii"
HAS_VALUES = (ATTACHMENT, PII)
# The flags that an index carries (`engines.port.Document.flags`).
IS_VALUES = ("automatic", "bounce", "defective", "encrypted", "forward", "list", "reply", "signed")
ANY_KIND = "*"
PII_VALUES = (ANY_KIND, *(kind.value for kind in Kind))
CLOSED_VALUES = {Field.HAS: HAS_VALUES, Field.IS: IS_VALUES, Field.PII: PII_VALUES}

# A word before a colon that is no field, and that people paste: reply prefixes and URL schemes.
PLAIN_PREFIXES = frozenset(
    "re tr fw fwd aw wg sv vs rv ref http https ftp ftps mailto tel urn doi file imap smtp ldap sip cid mid"
    " news".split()
)
