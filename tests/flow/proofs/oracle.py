"""What has to be true of a life of messages, told naively: sets of sightings, no database, no index, no keys."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter of the small world: all that rules, holds and requests can ask of it."""

    key: int
    sender: str
    to: str
    word: str
    year: int  # sent on 15 June of it


@dataclass(slots=True)
class Held:
    """A hold. `sightings` only for one on messages."""

    kind: str
    value: str
    sightings: set = field(default_factory=set)


@dataclass(slots=True)
class Oracle:
    """The naive truth. A message is a mail with its living sightings."""

    living: dict = field(default_factory=dict)  # sighting → (mail, custodian)
    destroyed: set = field(default_factory=set)
    holds: dict = field(default_factory=dict)  # id → Held
    years: int | None = None  # the one rule: kept so many years; None: no rule

    def captured(self, sighting, mail, custodian):
        known = self.message(mail)
        for hold in self.holds.values():
            if hold.sightings & known:
                hold.sightings.add(sighting)
        self.living[sighting] = (mail, custodian)

    def message(self, mail):
        """Return the living sightings of a mail."""
        return {sighting for sighting, (one, _) in self.living.items() if one is mail}

    def addresses(self, mail):
        return {mail.sender, mail.to} | {self.living[one][1] for one in self.message(mail)}

    def held(self, mail):
        mine = self.message(mail)
        return any(
            hold.value in self.addresses(mail)
            if hold.kind == "custodians"
            else hold.value == mail.word
            if hold.kind == "query"
            else bool(hold.sightings & mine)
            for hold in self.holds.values()
        )

    def due(self, mail, today):
        return self.years is not None and today > date(mail.year + self.years, 6, 15)

    def mails(self):
        return {mail for mail, _ in self.living.values()}
