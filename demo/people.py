"""Who writes: the people of the story, their addresses over time, and the mail program each of them uses."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Program(StrEnum):
    """How a person's mail program writes a text."""

    FLOWED = "flowed"  # plain text, format=flowed, UTF-8 in 8bit
    OUTLOOK = "outlook"  # text and HTML, windows-1252 in quoted-printable
    WEBMAIL = "webmail"  # text and HTML, UTF-8 in base64
    LATIN = "latin"  # plain text, ISO-8859-1 in quoted-printable
    PLAIN = "plain"  # plain text, UTF-8 in quoted-printable


class Zone(StrEnum):
    """Where a person writes from."""

    PARIS = "Europe/Paris"
    LONDON = "Europe/London"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or a shared mailbox. `earlier` is the name and address used before `changed_at`."""

    name: str
    address: str
    title: str = ""
    phone: str = ""
    french: bool = True
    program: Program = Program.PLAIN
    zone: Zone = Zone.PARIS
    earlier: tuple[str, str] = ("", "")
    changed_at: datetime = datetime.min

    def face(self, when: datetime) -> tuple[str, str]:
        """Return (name, address) as they were at that time."""
        return self.earlier if when < self.changed_at else (self.name, self.address)

    def addresses(self) -> tuple[str, ...]:
        """Return every address that the person ever had."""
        return tuple(address for address in (self.address, self.earlier[1]) if address)


HOUSE = "meridian-freight.example"
NANTES = "Meridian Freight, 14 quai des Gabares, 44000 Nantes"
DOVER = "Meridian Freight, 3 Packet Yard, Dover"
HANNAH_MARRIED_AT = datetime(2024, 9, 16)

PEOPLE = {
    "claire": Person(
        name="Claire Maubert",
        address=f"claire.maubert@{HOUSE}",
        title=f"Directrice juridique et conformité\n{NANTES}",
        phone="02 61 91 04 12",
        program=Program.FLOWED,
    ),
    "julien": Person(
        name="Julien Kerbrat",
        address=f"julien.kerbrat@{HOUSE}",
        title=f"Directeur des achats transport\n{NANTES}",
        phone="06 39 98 41 07",
        program=Program.OUTLOOK,
    ),
    "hannah": Person(
        name="Hannah Okoro",
        address=f"hannah.okoro@{HOUSE}",
        title=f"Branch Manager\n{DOVER}",
        phone="01632 960 118",
        french=False,
        program=Program.OUTLOOK,
        zone=Zone.LONDON,
        earlier=("Hannah Whitlock", f"hannah.whitlock@{HOUSE}"),
        changed_at=HANNAH_MARRIED_AT,
    ),
    "solene": Person(
        name="Solène Le Guennec",
        address=f"solene.leguennec@{HOUSE}",
        title=f"Présidente\n{NANTES}",
        phone="02 61 91 04 01",
        program=Program.WEBMAIL,
    ),
    "thomas": Person(
        name="Thomas Vasseur",
        address=f"thomas.vasseur@{HOUSE}",
        title=f"Responsable comptable\n{NANTES}",
        phone="02 61 91 04 33",
        program=Program.LATIN,
    ),
    "nadia": Person(
        name="Nadia Benhaddou",
        address=f"nadia.benhaddou@{HOUSE}",
        title=f"Directrice des ressources humaines\n{NANTES}",
        phone="02 61 91 04 20",
    ),
    "yannick": Person(
        name="Yannick Prigent",
        address=f"yannick.prigent@{HOUSE}",
        title=f"Chef de quai\n{NANTES}",
        phone="06 39 98 12 55",
        program=Program.LATIN,
    ),
    "priya": Person(
        name="Priya Raman",
        address=f"priya.raman@{HOUSE}",
        title=f"Customer Service\n{DOVER}",
        phone="01632 960 131",
        french=False,
        zone=Zone.LONDON,
    ),
    "loic": Person(
        name="Loïc Daniélou",
        address=f"loic.danielou@{HOUSE}",
        title=f"Informatique, délégué à la protection des données\n{NANTES}",
        phone="02 61 91 04 44",
        program=Program.FLOWED,
    ),
    "ewan": Person(
        name="Ewan Strachan",
        address="e.strachan@northgate-haulage.example",
        title="Commercial Director\nNorthgate Haulage, Hull",
        phone="01632 960 742",
        french=False,
        program=Program.WEBMAIL,
        zone=Zone.LONDON,
    ),
    "marguerite": Person(
        name="Marguerite Delcourt",
        address="m.delcourt@chaiseries-delcourt.example",
        title="Gérante\nChaiseries Delcourt, Cholet",
        phone="02 61 91 77 20",
        program=Program.WEBMAIL,
    ),
    "bastian": Person(
        name="Bastian Roth",
        address="b.roth@xn--khlwerk-n2a.example",
        title="Vertrieb / Sales\nKühlwerk Technik GmbH, Kassel",
        phone="+33 1 99 00 52 18 (French office)",
        french=False,
    ),
    "oliver": Person(
        name="Oliver Pennington",
        address="pennington@harbour-survey.example",
        title="Marine Cargo Surveyor\nHarbour Survey LLP",
        phone="07700 900 461",
        french=False,
        zone=Zone.LONDON,
    ),
    "aurelie": Person(
        name="Aurélie Sauvage",
        address="aurelie.sauvage@example.org",
        phone="06 39 98 77 31",
        program=Program.WEBMAIL,
    ),
    "thiriet": Person(
        name="Gaspard Thiriet",
        address="g.thiriet@thiriet-associes.example",
        title="Avocat à la cour\nThiriet & Associés",
        phone="01 99 00 18 60",
        program=Program.FLOWED,
    ),
    "julien-home": Person(name="Julien K.", address="jk.voilier@example.net", program=Program.WEBMAIL),
    "imposter": Person(
        name="Bastian Roth",
        address="b.roth@kuehlvverk.example",
        title="Vertrieb / Sales\nKuehlwerk Technik GmbH",
        french=False,
        program=Program.WEBMAIL,
    ),
    "accounts": Person(name="Comptabilité fournisseurs", address=f"accounts@{HOUSE}"),
    "contact": Person(name="Service client Meridian", address=f"contact@{HOUSE}"),
    "privacy": Person(name="Données personnelles", address=f"privacy@{HOUSE}"),
    "postmaster": Person(name="Mail Delivery System", address=f"postmaster@{HOUSE}", french=False),
    "robot": Person(name="Meridian Quai", address=f"no-reply@{HOUSE}"),
    "everyone": Person(name="Tous", address=f"tous@{HOUSE}"),
    "dock": Person(name="Liste Quai", address=f"quai@listes.{HOUSE}"),
    "tide": Person(name="Tide & Tariff", address="editor@tide-and-tariff.example", french=False),
    "gazette": Person(name="La Gazette du Fret", address="lettre@gazette-du-fret.example"),
    "bank": Person(name="Banque de l'Estuaire", address="alertes@banque-estuaire.example"),
    "denis": Person(name="Denis Morvan", address=f"denis.morvan@{HOUSE}", program=Program.WEBMAIL),
    "candidate": Person(
        name="Léa Tanguy", address="lea.tanguy@example.com", program=Program.WEBMAIL, phone="06 39 98 60 14"
    ),
}
# Who gets what is sent to a shared address.
MEMBERS = {
    "everyone": ("claire", "julien", "hannah", "solene", "thomas", "nadia", "yannick", "priya", "loic"),
    "dock": ("yannick", "julien", "hannah", "priya"),
    "accounts": ("accounts",),
    "contact": ("contact",),
    "privacy": ("claire",),
}
