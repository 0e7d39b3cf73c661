"""What a query can be refused for, said in English and in French."""

from typing import Literal

from muniment.errors import Refused

Language = Literal["en", "fr"]

# key → (English, French). Every sentence says what was wrong and what to write instead.
SENTENCES: dict[str, tuple[str, str]] = {
    "too-long": (
        "The query has {length} characters; {limit} is the most.",
        "La requête compte {length} caractères ; le maximum est {limit}.",
    ),
    "too-deep": (
        "Parentheses and NOT are nested more than {limit} deep.",
        "Les parenthèses et les NOT sont imbriqués sur plus de {limit} niveaux.",
    ),
    "too-many-words": (
        "The query has more than {limit} words.",
        "La requête compte plus de {limit} mots.",
    ),
    "too-many-open-words": (
        "The query has more than {limit} words with *, ? or ~.",
        "La requête compte plus de {limit} mots avec *, ? ou ~.",
    ),
    "nothing": (
        "There is no word to look for: write at least one letter or digit.",
        "Il n’y a aucun mot à chercher : écrivez au moins une lettre ou un chiffre.",
    ),
    "quote-open": (
        "This quotation mark is never closed.",
        "Ce guillemet n’est jamais fermé.",
    ),
    "parenthesis-open": (
        "This parenthesis is never closed.",
        "Cette parenthèse n’est jamais fermée.",
    ),
    "parenthesis-close": (
        "This parenthesis closes nothing.",
        "Cette parenthèse ne ferme rien.",
    ),
    "parenthesis-empty": (
        "There is nothing between these parentheses.",
        "Il n’y a rien entre ces parenthèses.",
    ),
    "operand-missing": (
        "{operator} needs something to look for after it.",
        "{operator} doit être suivi de ce qu’il faut chercher.",
    ),
    "operand-missing-before": (
        "{operator} needs something to look for before it.",
        "{operator} doit être précédé de ce qu’il faut chercher.",
    ),
    "field-unknown": (
        "There is no field “{name}”. The fields are: {fields}. To look for the text itself, put it in quotation marks.",
        (
            "Il n’y a pas de champ « {name} ». Les champs sont : {fields}. "
            "Pour chercher le texte lui-même, mettez-le entre guillemets."
        ),
    ),
    "field-empty": (
        "“{name}:” needs a value after the colon.",
        "« {name}: » doit être suivi d’une valeur.",
    ),
    "field-group": (
        "“{name}:” takes one value, not a group.",
        "« {name}: » prend une seule valeur, pas un groupe.",
    ),
    "field-unavailable": (
        "This archive cannot search “{name}:”.",
        "Cette archive ne sait pas chercher « {name}: ».",
    ),
    "personal-data-refused": (
        (
            "“{name}” is for compliance officers, lawyers and the data-protection officer: others cannot search by "
            "what personal data messages hold."
        ),
        (
            "« {name} » est réservé aux responsables conformité, aux juristes et au délégué à la protection des "
            "données : les autres ne peuvent pas chercher selon les données personnelles que contiennent les messages."
        ),
    ),
    "value-unknown": (
        "“{value}” is not a value of “{name}:”. The values are: {values}.",
        "« {value} » n’est pas une valeur de « {name}: ». Les valeurs sont : {values}.",
    ),
    "date-malformed": (
        "“{value}” is not a date. Write 2024, 2024-03, 2024-03-31, 2024-01-01..2024-03-31 or >2024-03-31.",
        "« {value} » n’est pas une date. Écrivez 2024, 2024-03, 2024-03-31, 2024-01-01..2024-03-31 ou >2024-03-31.",
    ),
    "age-malformed": (
        "“{value}” is not an age. Write a number and d, w, m or y, such as 10d or 1y.",
        (
            "« {value} » n’est pas un âge. Écrivez un nombre suivi de d (jours), w (semaines), m (mois) ou y (ans), "
            "par exemple 10d ou 1y."
        ),
    ),
    "size-malformed": (
        "“{value}” is not a size. Write 500kb, >5mb or 10kb..1mb.",
        "« {value} » n’est pas une taille. Écrivez 500kb, >5mb ou 10kb..1mb.",
    ),
    "range-reversed": (
        "The range “{value}” ends before it begins.",
        "L’intervalle « {value} » finit avant de commencer.",
    ),
    "exact-phrase": (
        "= goes before one word; a phrase in quotation marks is never stemmed anyway.",
        "= se place devant un seul mot ; une phrase entre guillemets n’est jamais réduite à ses racines.",
    ),
    "fuzzy-distance": (
        "After ~ write 1 or 2: how many letters may differ.",
        "Après ~, écrivez 1 ou 2 : le nombre de lettres qui peuvent différer.",
    ),
    "fuzzy-alone": (
        "~ cannot be joined to =, * or ? in one word.",
        "~ ne peut pas se combiner avec =, * ou ? dans un même mot.",
    ),
    "fuzzy-one-word": (
        "~ works on one word, without punctuation inside: “{value}” is several.",
        "~ s’applique à un seul mot, sans ponctuation : « {value} » en contient plusieurs.",
    ),
    "near-operand": (
        "{operator} joins two words or phrases, or groups of them joined by OR.",
        "{operator} relie deux mots ou expressions, ou des groupes de ceux-ci reliés par OR.",
    ),
    "near-chain": (
        "{operator} joins two sides only: write (a w/5 b) AND (b w/5 c).",
        "{operator} ne relie que deux termes : écrivez (a w/5 b) AND (b w/5 c).",
    ),
    "near-fuzzy": (
        "~ cannot be used beside {operator}.",
        "~ ne peut pas être employé avec {operator}.",
    ),
    "near-fields": (
        "Both sides of {operator} must be in the same field: write {name}:(a w/5 b).",
        "Les deux côtés de {operator} doivent être dans le même champ : écrivez {name}:(a w/5 b).",
    ),
    "near-field": (
        "{operator} works in the text: any, subject, body or attachment, not in “{name}:”.",
        "{operator} s’emploie dans le texte : any, subject, body ou attachment, pas dans « {name}: ».",
    ),
    "near-distance": (
        "{operator}: the distance may be at most {limit} words.",
        "{operator} : la distance est au plus de {limit} mots.",
    ),
    "near-many": (
        "{operator} joins more than {limit} pairs of words: use smaller groups.",
        "{operator} relie plus de {limit} paires de mots : employez des groupes plus petits.",
    ),
    "too-broad": (
        "“{value}” stands for too many words: write more letters.",
        "« {value} » représente trop de mots : écrivez plus de lettres.",
    ),
}


class QueryError(Refused):
    """A query that is not understood, or that this engine cannot answer.

    `start` and `end` are offsets in characters into the query text; `key` and `arguments` make the sentence.
    """

    def __init__(self, key: str, *, start: int, end: int, **arguments: str | int) -> None:
        self.key = key
        self.start = start
        self.end = end
        self.arguments = arguments
        super().__init__(self.sentence("en"))

    def sentence(self, language: Language = "en") -> str:
        """Say what is wrong and what to write instead."""
        english, french = SENTENCES[self.key]
        return (french if language == "fr" else english).format(**self.arguments)
