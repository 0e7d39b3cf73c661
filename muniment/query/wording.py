"""The words that an explanation is made of, in English and in French."""

from dataclasses import dataclass

from muniment.query.refusals import Language
from muniment.query.tree import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One language. A clause follows “Messages that …”; `{value}` is quoted, `{place}` says where or is empty."""

    language: Language
    whole: str
    everything: str
    any_message: str
    negation: str
    joined_and: str
    joined_or: str
    quoted: str
    word: str
    plain: str  # a word with digits or punctuation, which has no inflections
    exact: str
    wildcard: str
    fuzzy: tuple[str, str]  # one letter, two letters
    phrase: str
    near: str
    near_ordered: str
    near_no_words: str
    near_no_words_ordered: str
    near_one_word: str
    near_one_word_ordered: str
    places: dict[Field, str]
    fields: dict[Field, str]
    flags: dict[str, str]
    has_attachment: str
    has_personal_data: str
    alike: tuple[str, str, str]  # added to the value of a field: wildcard, fuzzy, exact
    dated: dict[str, tuple[str, str, str, str]]  # one day, from and to, from, to
    sizes: tuple[str, str, str, str]  # exactly, from and to, at least, at most
    day: str
    first_day: str
    months: tuple[str, ...]
    units: tuple[str, str, str, str]  # bytes, KiB, MiB, GiB
    thousands: str


_ENGLISH = Wording(
    language="en",
    whole="Messages that {clause}.",
    everything="Every message.",
    any_message="are any message",
    negation="are not among those that {clause}",
    joined_and=" and that ",
    joined_or=" or that ",
    quoted="“{value}”",
    word="contain {value} or an inflection of it{place}",
    plain="contain {value}{place}",
    exact="contain {value} exactly as written{place}",
    wildcard="contain a word of the form {value}{place}",
    fuzzy=(
        "contain {value} or a word that differs by one letter{place}",
        "contain {value} or a word that differs by up to two letters{place}",
    ),
    phrase="contain the words {value} in a row{place}",
    near="contain {left} and {right} with at most {distance} words between them{place}",
    near_ordered="contain {left} and after it {right} with at most {distance} words between them{place}",
    near_one_word="contain {left} and {right} with at most one word between them{place}",
    near_one_word_ordered="contain {left} and after it {right} with at most one word between them{place}",
    near_no_words="contain {left} and {right} side by side{place}",
    near_no_words_ordered="contain {left} and directly after it {right}{place}",
    places={
        Field.ANY: "",
        Field.SUBJECT: " in the subject",
        Field.BODY: " in the body",
        Field.ATTACHMENT: " in an attachment or its name",
    },
    fields={
        Field.FROM: "are from {value}",
        Field.TO: "are addressed to {value}",
        Field.CC: "are copied to {value}",
        Field.BCC: "are blind-copied to {value}",
        Field.PARTICIPANT: "have {value} as sender or recipient",
        Field.FILENAME: "have an attachment named {value}",
        Field.FILETYPE: "have an attachment of the type {value}",
        Field.SOURCE: "came from the source {value}",
        Field.CUSTODIAN: "belong to the custodian {value}",
        Field.LIST: "came through the mailing list {value}",
        Field.THREAD: "belong to the thread {value}",
        Field.MESSAGEID: "have the Message-ID {value}",
        Field.LANG: "are written in the language {value}",
        Field.LABEL: "carry the label {value}",
        Field.PII: "contain personal data of the kind {value}",
    },
    flags={
        "automatic": "were sent by a machine",
        "bounce": "are delivery reports",
        "defective": "are malformed",
        "encrypted": "are encrypted",
        "forward": "are forwards",
        "list": "came through a mailing list",
        "reply": "are replies",
        "signed": "are signed",
    },
    has_attachment="have an attachment",
    has_personal_data="contain personal data of any kind that is looked for",
    alike=(" (* and ? stand for other letters)", " (or up to {distance} letters different)", " (exactly as written)"),
    dated={
        "date": (
            "are dated {first}",
            "are dated from {first} to {last}",
            "are dated {first} or later",
            "are dated {last} or earlier",
        ),
        "received": (
            "were received on {first}",
            "were received from {first} to {last}",
            "were received on {first} or later",
            "were received on {last} or earlier",
        ),
    },
    sizes=(
        "have a size of {least}",
        "have a size from {least} to {most}",
        "have a size of at least {least}",
        "have a size of at most {most}",
    ),
    day="{day} {month} {year}",
    first_day="{day} {month} {year}",
    months=tuple(
        "January February March April May June July August September October November December".split(),
    ),
    units=("bytes", "KB", "MB", "GB"),
    thousands=",",
)

_FRENCH = Wording(
    language="fr",
    whole="Les messages qui {clause}.",
    everything="Tous les messages.",
    any_message="sont n’importe quel message",
    negation="ne sont pas parmi ceux qui {clause}",
    joined_and=" et qui ",
    joined_or=" ou qui ",
    quoted="« {value} »",
    word="contiennent {value} ou une de ses formes{place}",
    plain="contiennent {value}{place}",
    exact="contiennent {value} exactement comme écrit{place}",
    wildcard="contiennent un mot de la forme {value}{place}",
    fuzzy=(
        "contiennent {value} ou un mot qui en diffère d’une lettre{place}",
        "contiennent {value} ou un mot qui en diffère d’au plus deux lettres{place}",
    ),
    phrase="contiennent les mots {value} à la suite{place}",
    near="contiennent {left} et {right} séparés d’au plus {distance} mots{place}",
    near_ordered="contiennent {left} puis {right} séparés d’au plus {distance} mots{place}",
    near_one_word="contiennent {left} et {right} séparés d’au plus un mot{place}",
    near_one_word_ordered="contiennent {left} puis {right} séparés d’au plus un mot{place}",
    near_no_words="contiennent {left} et {right} côte à côte{place}",
    near_no_words_ordered="contiennent {left} immédiatement suivi de {right}{place}",
    places={
        Field.ANY: "",
        Field.SUBJECT: " dans l’objet",
        Field.BODY: " dans le corps",
        Field.ATTACHMENT: " dans une pièce jointe ou son nom",
    },
    fields={
        Field.FROM: "viennent de {value}",
        Field.TO: "sont adressés à {value}",
        Field.CC: "sont en copie à {value}",
        Field.BCC: "sont en copie cachée à {value}",
        Field.PARTICIPANT: "ont {value} pour expéditeur ou destinataire",
        Field.FILENAME: "ont une pièce jointe nommée {value}",
        Field.FILETYPE: "ont une pièce jointe du type {value}",
        Field.SOURCE: "proviennent de la source {value}",
        Field.CUSTODIAN: "appartiennent au détenteur {value}",
        Field.LIST: "sont passés par la liste de diffusion {value}",
        Field.THREAD: "appartiennent au fil {value}",
        Field.MESSAGEID: "ont le Message-ID {value}",
        Field.LANG: "sont écrits dans la langue {value}",
        Field.LABEL: "portent l’étiquette {value}",
        Field.PII: "contiennent des données personnelles du type {value}",
    },
    flags={
        "automatic": "ont été envoyés par une machine",
        "bounce": "sont des avis de remise",
        "defective": "sont mal formés",
        "encrypted": "sont chiffrés",
        "forward": "sont des transferts",
        "list": "sont passés par une liste de diffusion",
        "reply": "sont des réponses",
        "signed": "sont signés",
    },
    has_attachment="ont une pièce jointe",
    has_personal_data="contiennent des données personnelles d’un type recherché",
    alike=(
        " (* et ? remplacent d’autres lettres)",
        " (ou jusqu’à {distance} lettres différentes)",
        " (exactement comme écrit)",
    ),
    dated={
        "date": (
            "sont datés du {first}",
            "sont datés du {first} au {last}",
            "sont datés du {first} ou d’après",
            "sont datés du {last} ou d’avant",
        ),
        "received": (
            "ont été reçus le {first}",
            "ont été reçus du {first} au {last}",
            "ont été reçus le {first} ou après",
            "ont été reçus le {last} ou avant",
        ),
    },
    sizes=(
        "ont une taille de {least}",
        "ont une taille de {least} à {most}",
        "ont une taille d’au moins {least}",
        "ont une taille d’au plus {most}",
    ),
    day="{day} {month} {year}",
    first_day="1er {month} {year}",
    months=tuple(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    ),
    units=("octets", "Ko", "Mo", "Go"),
    thousands="\N{NO-BREAK SPACE}",
)

WORDINGS: dict[Language, Wording] = {"en": _ENGLISH, "fr": _FRENCH}
