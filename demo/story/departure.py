"""The departing employee: Julien Kerbrat leaves, October to December 2024, and takes a list with him."""

from demo.letters import Theme
from demo.writing.calendar import invitation
from demo.writing.office import docx, plain, xlsx
from demo.writing.pdf import pdf

_CLIENTS = (
    ("Client", "Contact", "Téléphone", "Tarif", "Échéance"),
    ("Chaiseries Delcourt", "Marguerite Delcourt", "02 61 91 77 20", 1375, "2025-05"),
    ("Harlow Flowers", "Jenny Marsh", "01632 960 377", 1335, "hors contrat"),
    ("Fraises du Sillon", "Erwan Cadoret", "02 61 91 63 08", 1160, "2025-04"),
    ("The Grey Heron", "Night desk", "01632 960 290", 1400, "2025-01"),
    ("Conserverie Ty Mor", "Gaëlle Abgrall", "02 61 91 40 66", 1120, "2025-09"),
)

theme = Theme()
theme.new(
    "departure-01",
    "julien",
    "solene",
    "2024-10-17 18:48",
    "Démission",
    """
Solène,

Après neuf ans, j'ai décidé de quitter Meridian. Ma lettre est jointe. Mon préavis est de trois mois, mais je souhaiterais partir le 29 novembre si tu en es d'accord.

Je garde un excellent souvenir de nos débuts sur le quai.

Julien""",
    cc="nadia",
    files=(
        docx(
            "lettre-de-demission.docx",
            "Nantes, le 17 octobre 2024\nMadame la Présidente,\nJe vous informe de ma décision de démissionner de mes fonctions de directeur des achats transport.\nJe sollicite une réduction de mon préavis, avec un départ le 29 novembre 2024.\nJulien Kerbrat",
        ),
    ),
)
theme.answer(
    "departure-02",
    "departure-01",
    "solene",
    "2024-10-18 09:15",
    """
Julien,

J'accuse réception. Nadia reviendra vers toi pour le préavis et la clause de non-concurrence. Nous nous voyons lundi.

Solène""",
)
theme.answer(
    "departure-03",
    "departure-02",
    "nadia",
    "2024-10-21 10:00",
    """
Bonjour Julien,

Pour mémoire, ta clause de non-concurrence court douze mois sur la façade Manche, avec la contrepartie prévue à l'article 11 de ton contrat. Peux-tu me dire chez qui tu vas ? Ce n'est pas de la curiosité, c'est la clause.

Nadia""",
    to="julien",
)
theme.answer(
    "departure-04",
    "departure-03",
    "julien",
    "2024-10-21 11:47",
    """
Nadia,

Un projet personnel, dans la voile. Rien qui touche au fret.

Julien""",
    cc="solene",
)
theme.new(
    "departure-05",
    "nadia",
    "julien",
    "2024-10-22 14:00",
    "Entretien de départ",
    """
Bonjour Julien,

Je te propose le 27 novembre à 15 h pour l'entretien et la remise du matériel : ordinateur, téléphone, badge, carte carburant.""",
    calendar=invitation(
        "exit-jk",
        "20241127T140000Z",
        "20241127T150000Z",
        "Entretien de départ J. Kerbrat",
        "Bureau RH",
        "nadia.benhaddou@meridian-freight.example",
        ("julien.kerbrat@meridian-freight.example",),
    ),
)
theme.new(
    "departure-06",
    "julien",
    "yannick",
    "2024-11-08 17:31",
    "Fichier clients pour la passation",
    """
Salut Yannick,

Comme convenu, le fichier clients à jour pour mon successeur, avec les tarifs et les dates de fin de contrat. Range-le sur le partage, s'il te plaît.

Julien""",
    bcc="julien-home",
    files=(xlsx("clients-transmanche-2024-11.xlsx", _CLIENTS),),
)
theme.answer(
    "departure-07",
    "departure-06",
    "yannick",
    "2024-11-08 17:50",
    "Bien reçu, c'est sur le partage. Tu vas nous manquer au baby-foot.",
)
theme.new(
    "departure-08",
    "julien",
    "julien-home",
    "2024-11-12 19:22",
    "divers",
    """
coordonnées chauffeurs + contacts ferries

pas besoin d'imprimer""",
    files=(
        plain(
            "contacts.csv",
            "nom;role;telephone\nGareth Pugh;quai Douvres;01632 960 144\nMaëlle Corre;fret ferry;02 61 91 35 90\nJenny Marsh;Harlow Flowers;01632 960 377",
            "text/csv; charset=utf-8",
        ),
    ),
)
theme.new(
    "departure-09",
    "ewan",
    "julien",
    "2024-11-14 16:10",
    "January",
    """
Julien,

The board says yes. Start on 6 January as head of Channel freight, office in Boulogne. I know what your contract says about twelve months; our lawyer is relaxed about it.

Bring the oysters. And whatever else is light to carry.

Ewan""",
)
theme.answer(
    "departure-10",
    "departure-09",
    "julien",
    "2024-11-14 18:55",
    """
Delighted. The rest by telephone, please!

J.""",
)
theme.new(
    "departure-11",
    "loic",
    "claire",
    "2024-11-15 09:08",
    "Alerte : envoi vers une boîte personnelle",
    """
Claire,

La règle posée le 9 octobre a relevé deux envois avec pièce jointe depuis la boîte de Julien vers jk.voilier@example.net : le 8 novembre en copie cachée (fichier clients, 5 lignes avec tarifs) et le 12 novembre (contacts de chauffeurs, donc données personnelles).

En tant que DPO, je note une violation possible au sens de l'article 33 : peu de personnes, risque faible, mais à consigner au registre.

Loïc""",
)
theme.answer(
    "departure-12",
    "departure-11",
    "claire",
    "2024-11-15 09:31",
    """
Merci. Consigne-la, je qualifie avec Me Thiriet avant midi. Les 72 heures courent depuis 9 h 08. Laisse ses accès ouverts, mais sans droit d'export.

C.""",
)
theme.answer(
    "departure-13",
    "departure-12",
    "loic",
    "2024-11-15 11:20",
    """
Fait. Fiche 2024-03 au registre des violations : six personnes concernées, coordonnées professionnelles, pas de donnée sensible. Mon avis : pas de notification à la CNIL, mais une mise en demeure de restituer.

Loïc""",
)
theme.new(
    "departure-14",
    "claire",
    "julien",
    "2024-11-25 17:00",
    "Restitution de données",
    """
Julien,

Nous savons que deux fichiers de l'entreprise ont été envoyés à une adresse personnelle les 8 et 12 novembre. Je te demande de les supprimer et de l'attester par écrit avant ton départ. Le modèle d'attestation est joint.

Cette demande ne préjuge d'aucune suite.

Claire Maubert""",
    cc="nadia",
    files=(
        pdf(
            "attestation-restitution.pdf",
            "ATTESTATION\nJe soussigné Julien Kerbrat atteste avoir supprimé les fichiers reçus à titre personnel\nles 8 et 12 novembre 2024, et n'en avoir conservé ni transmis aucune copie.",
        ),
    ),
)
theme.answer(
    "departure-15",
    "departure-14",
    "julien",
    "2024-11-26 08:03",
    """
Claire,

C'était pour travailler de la maison. Je signe ton attestation si cela te rassure. Je trouve le procédé blessant.

Julien""",
)
theme.new(
    "departure-16",
    "julien",
    "everyone",
    "2024-11-29 16:30",
    "Au revoir !",
    """
Chers collègues,

C'est mon dernier jour. Merci pour ces neuf années, les nuits de grève, les galettes de janvier et le quai gelé de 2018. Un verre vous attend à la capitainerie à partir de 18 heures.

Dear Dover, thank you for your patience with my English.

Bon vent à tous !
Julien""",
)
theme.answer(
    "departure-17",
    "departure-16",
    "priya",
    "2024-11-29 15:52",
    "Bon vent, Julien! We kept your mug.",
    to="julien",
    cc="",
)
theme.answer(
    "departure-18",
    "departure-16",
    "yannick",
    "2024-11-29 17:05",
    "J'apporte les huîtres. Trois douzaines, c'est assez ?",
    to="julien",
    cc="everyone",
)
theme.new(
    "departure-19",
    "claire",
    "solene",
    "2025-01-13 09:40",
    "J. Kerbrat chez Northgate",
    """
Solène,

Un client m'a montré sa nouvelle carte de visite : « Head of Channel Freight, Northgate Haulage », Boulogne. Il est donc en violation de sa clause, et nous savons à présent ce que valait l'attestation : Harlow et la Conserverie Ty Mor ont reçu une offre à dix euros sous notre tarif.

Je propose le référé. Les messages sont conservés, avec la preuve de leur date.

Claire""",
    cc="nadia",
    bcc="thiriet",
)
theme.answer("departure-20", "departure-19", "solene", "2025-01-13 10:02", "D'accord. Et tant pis pour les huîtres.")
LETTERS = theme.letters
