"""Retention rules as values: what they cover, how long, on which ground, and what happens at the end.

A term is counted from a day (the start), which belongs to no year of it: five years from 15 March 2021 are kept through
15 March 2026, and the message is due on the 16th (Regulation 1182/71 Article 3; Code civil 2228 and 2229).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from muniment.policy.calendar import MONTHS_A_YEAR, YearEnd, add_days, add_months
from muniment.policy.facts import Event
from muniment.policy.predicates import Predicate
from muniment.policy.words import SaidNo, Text

MAX_YEARS = 500  # more is “for ever”, which a rule says by its action
_RULE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Clock(StrEnum):
    """From when a term is counted."""

    SENT = "sent"  # the Date field; the capture where that is missing or absurd
    CAPTURED = "captured"  # each sighting's own day
    EVENT = "event"  # a departure, the end of a contract …


class Action(StrEnum):
    """What happens when the term has ended."""

    DISPOSE = "dispose"
    REVIEW = "review"  # a person decides, message by message
    KEEP_FOR_EVER = "keep-for-ever"  # the definitive phase


class Force(StrEnum):
    """What kind of ground a rule stands on."""

    DUTY = "duty"  # a law obliges to keep at least so long
    CLAIMS = "claims"  # a limitation period: one may keep that long, to establish or defend claims
    LIMIT = "limit"  # a law sets an upper limit
    RECOMMENDATION = "recommendation"  # a supervisory authority's
    POLICY = "policy"  # the organisation's own choice


class Origin(StrEnum):
    """Whose law it is. Only Union and Member State law can refuse an erasure (GDPR Article 17(3)(b))."""

    UNION = "union"
    MEMBER_STATE = "member-state"
    THIRD_COUNTRY = "third-country"
    NONE = "none"  # no law: recommendations and the organisation's own choice


class Checked(StrEnum):
    """How far the citation was checked. All need a lawyer's signature before they are relied on."""

    TEXT = "text"  # the wording was read
    EXCERPT = "excerpt"  # read in an excerpt or a summary
    RECALLED = "recalled"  # known to the author, not read again: check before quoting
    OWN = "own"  # nothing to check: the organisation's own choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The ground of a rule."""

    citation: str  # "C. com. L123-22"
    force: Force
    origin: Origin
    checked: Checked
    note: Text | None = None  # what the text leaves open and the rule had to choose

    def __post_init__(self) -> None:
        if not self.citation.strip():
            raise SaidNo(
                Text(
                    en="A rule needs its ground: cite the law or the recommendation, or say that it is your policy.",
                    fr="Une règle doit avoir son fondement : citez la loi ou la recommandation, ou indiquez que c’est "
                    "votre politique.",
                )
            )
        if self.force in {Force.DUTY, Force.CLAIMS, Force.LIMIT} and self.origin is Origin.NONE:
            raise SaidNo(
                Text(
                    en="“{citation}” is given as law, but not whose law: say Union, Member State or third country.",
                    fr="« {citation} » est donné comme loi, sans dire de qui : Union, État membre ou pays tiers.",
                ),
                citation=self.citation,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A length of time. With `year_end`, counted from the close of the year in which the start lies."""

    years: int = 0
    months: int = 0
    days: int = 0
    year_end: YearEnd | None = None

    def __post_init__(self) -> None:
        if min(self.years, self.months, self.days) < 0:
            raise SaidNo(Text(en="A term cannot be negative.", fr="Une durée ne peut être négative."))
        if self.years + self.months / MONTHS_A_YEAR + self.days / 365 > MAX_YEARS:
            raise SaidNo(
                Text(
                    en="A term is at most {years} years; for longer, choose to keep for ever.",
                    fr="Une durée est de {years} ans au plus ; au-delà, choisissez la conservation définitive.",
                ),
                years=MAX_YEARS,
            )

    def kept_through(self, start: date) -> date:
        """Return the last day of the term."""
        base = self.year_end.on_or_after(start) if self.year_end else start
        return add_days(add_months(base, self.years * MONTHS_A_YEAR + self.months), self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One version of one rule.

    `active` is how long the message stays in the active store, from the same start as `term`; then it is in
    intermediate archiving until `term` ends. None: active to the end. `cap` is for a term counted from an event: when
    the event is still unknown that long after the capture, a person must look.
    """

    id: str
    version: int
    valid_from: date
    valid_until: date | None = None  # the last day on which it is a rule; None: until a later version or retirement
    name: Text
    scope: Predicate
    term: Term
    clock: Clock
    event: Event | None = None
    active: Term | None = None
    cap: Term | None = None
    action: Action
    source: Source
    priority: int = 0
    definitive_ground: str = ""  # the decision of public interest that keeping for ever needs

    def __post_init__(self) -> None:
        if not _RULE_ID.fullmatch(self.id):
            raise SaidNo(
                Text(
                    en="“{rule}” cannot name a rule: use small letters, digits and hyphens, at most 63.",
                    fr="« {rule} » ne peut nommer une règle : minuscules, chiffres et traits d’union, 63 au plus.",
                ),
                rule=self.id,
            )
        if self.version < 1:
            raise SaidNo(
                Text(
                    en="Rule {rule} has version {version}: versions are counted from 1.",
                    fr="La règle {rule} porte la version {version} : les versions se comptent à partir de 1.",
                ),
                rule=self.id,
                version=self.version,
            )
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise SaidNo(
                Text(en="Rule {rule} would end before it begins.", fr="La règle {rule} finirait avant de commencer."),
                rule=self.id,
            )
        if (self.clock is Clock.EVENT) != (self.event is not None):
            raise SaidNo(
                Text(
                    en="Rule {rule} must name an event exactly when its term is counted from one.",
                    fr="La règle {rule} doit nommer un événement si sa durée court de lui, et alors seulement.",
                ),
                rule=self.id,
            )
        if self.cap is not None and self.clock is not Clock.EVENT:
            raise SaidNo(
                Text(
                    en="Rule {rule} has a cap, which only a term counted from an event needs.",
                    fr="La règle {rule} a un délai maximal, dont seule une durée qui court d’un événement a besoin.",
                ),
                rule=self.id,
            )
        if (self.action is Action.KEEP_FOR_EVER) != bool(self.definitive_ground.strip()):
            raise SaidNo(
                Text(
                    en="Rule {rule} must state a ground of public interest exactly when it keeps for ever: "
                    "no rule reaches definitive archiving by default.",
                    fr="La règle {rule} doit indiquer un motif d’intérêt public si elle conserve définitivement, et "
                    "alors seulement : aucune règle ne mène d’elle-même à l’archivage définitif.",
                ),
                rule=self.id,
            )

    @property
    def label(self) -> str:
        """Return `id@version`, as certificates and the log cite it."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The rules of a day, in the order of their ids; `dormant` are the other rules, each in its nearest version."""

    rules: tuple[Rule, ...]
    dormant: tuple[Rule, ...]


def in_force(rules: Iterable[Rule], today: date) -> InForce:
    """Choose of each rule the version that has begun last; that one counts unless it has ended.

    So today's rule is applied to mail of any age, and a version that ended does not bring an older one back.
    Refused when one version of a rule is given twice.
    """
    versions: dict[str, list[Rule]] = {}
    for rule in rules:
        versions.setdefault(rule.id, []).append(rule)
    current: list[Rule] = []
    dormant: list[Rule] = []
    for rule_id in sorted(versions):
        known = versions[rule_id]
        if len({rule.version for rule in known}) < len(known):
            raise SaidNo(
                Text(
                    en="Rule {rule} is given twice in the same version: give each version a number of its own.",
                    fr="La règle {rule} est donnée deux fois dans la même version : numérotez chaque version.",
                ),
                rule=rule_id,
            )
        begun = [rule for rule in known if rule.valid_from <= today]
        if not begun:
            dormant.append(min(known, key=lambda rule: (rule.valid_from, rule.version)))
            continue
        latest = max(begun, key=lambda rule: (rule.valid_from, rule.version))
        ended = latest.valid_until is not None and latest.valid_until < today
        (dormant if ended else current).append(latest)
    return InForce(rules=tuple(current), dormant=tuple(dormant))
