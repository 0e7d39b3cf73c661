"""The damaged cargo: 312 Delcourt chairs, wet between Nantes and Dover, May to October 2024."""

from demo.letters import Theme
from demo.writing.office import odt, pptx, rtf, xlsx
from demo.writing.packed import png, zip_of
from demo.writing.pdf import pdf

_PHOTO_1 = png("trailer-roof.png", 40, 30, ((90, 90, 96), (60, 62, 70), (180, 176, 160), (140, 120, 90)))
_PHOTO_2 = png("cartons-wet.png", 40, 30, ((150, 120, 80), (120, 96, 64), (96, 76, 52), (70, 60, 50)))

theme = Theme()
theme.new(
    "cargo-01",
    "marguerite",
    "contact",
    "2024-05-02 09:18",
    "Expédition de 312 chaises vers Douvres",
    """
Bonjour,

Nous devons livrer 312 chaises bistrot en hêtre à un hôtel de Folkestone avant le 24 mai. Pouvez-vous enlever la marchandise à Cholet le 14 ? Les cartons ne sont pas gerbables et craignent l'humidité, merci de prévoir une semi bâchée en bon état.

Marguerite Delcourt""",
)
theme.answer(
    "cargo-02",
    "cargo-01",
    "yannick",
    "2024-05-02 14:02",
    """
Bonjour Madame,

C'est noté : enlèvement le mardi 14 mai à 8 h, semi-remorque MF-218, ferry de nuit, livraison Folkestone le 16. Je vous envoie la lettre de voiture la veille.

Yannick Prigent""",
    cc="contact priya",
)
theme.new(
    "cargo-03",
    "yannick",
    "marguerite",
    "2024-05-13 16:40",
    "Lettre de voiture CMR 24-05-1187",
    """
Bonjour Madame,

La lettre de voiture pour demain. Merci de noter vos réserves éventuelles avant la signature du chauffeur.""",
    cc="priya",
    files=(
        pdf(
            "CMR-24-05-1187.pdf",
            "LETTRE DE VOITURE INTERNATIONALE CMR 24-05-1187\nExpéditeur : Chaiseries Delcourt, Cholet\nDestinataire : hôtel The Grey Heron, Folkestone\nMarchandise : 312 chaises bistrot en hêtre, 78 cartons, 1 640 kg\nTracteur 114, semi-remorque MF-218",
        ),
    ),
)
theme.new(
    "cargo-04",
    "priya",
    "hannah",
    "2024-05-16 10:55",
    "MF-218: water in the trailer, Folkestone refuses delivery",
    """
Hannah,

The Grey Heron has refused the chairs. The driver says that the front third of the trailer was wet when he opened it, and about thirty cartons fell apart in his hands. There is a split in the roof, half a metre long, just behind the headboard.

He took pictures. What do I tell Mme Delcourt? She has called twice.

Priya""",
    files=(_PHOTO_1, _PHOTO_2),
)
theme.answer(
    "cargo-05",
    "cargo-04",
    "hannah",
    "2024-05-16 11:10",
    """
Tell her the truth: water ingress, extent unknown, survey tomorrow. Bring everything back to our shed, do not unpack a single carton, and keep the trailer exactly as it is. I am calling Oliver Pennington.

H.""",
)
theme.new(
    "cargo-06",
    "priya",
    "marguerite",
    "2024-05-16 11:32",
    "Your 312 chairs / vos 312 chaises",
    """
Dear Mme Delcourt,

I am sorry to tell you that rain entered the trailer during the crossing and that the hotel refused the delivery this morning. The goods are under cover in our shed in Dover. An independent surveyor will see them tomorrow at 9.

Je suis désolée pour mon français. Hannah vous appelle cet après-midi.

Priya Raman""",
    cc="hannah contact",
)
theme.answer(
    "cargo-07",
    "cargo-06",
    "marguerite",
    "2024-05-16 12:05",
    """
Madame,

C'est une catastrophe : l'hôtel ouvre le 24. J'avais écrit noir sur blanc que la marchandise craint l'humidité ! Je fais les réserves les plus expresses et je vous tiens pour responsables de la totalité, soit 40 560 € hors taxes.

M. Delcourt""",
)
theme.new(
    "cargo-08",
    "hannah",
    "oliver",
    "2024-05-16 12:20",
    "Survey request: beech chairs, water damage, Dover",
    """
Oliver,

Can you come to Packet Yard tomorrow at nine? 78 cartons of beech chairs, rain through a split roof, consignee refused. We need cause, extent and salvage value. Our insurer will want to know whether the split was there before loading.

Hannah""",
    files=(zip_of("photos-MF-218.zip", (_PHOTO_1, _PHOTO_2)),),
)
theme.answer(
    "cargo-09",
    "cargo-08",
    "oliver",
    "2024-05-16 15:44",
    """
Nine o'clock suits. Please have a hygrometer reading of the shed and, if you can, the maintenance card of the trailer.

O. P.""",
)
theme.new(
    "cargo-10",
    "oliver",
    "hannah",
    "2024-05-23 17:30",
    "Preliminary survey report HS/24/311",
    """
Dear Hannah,

My report is attached. In short: 31 cartons (124 chairs) are a loss, 12 more can be dried and re-waxed, 35 are sound. The split follows an old patch that had lifted; the glue is grey with dirt, so it did not happen at sea. Salt test negative: rain, not spray.

I have to write what I see. The roof was not watertight when the trailer was loaded.

Oliver Pennington""",
    cc="claire",
    files=(
        pdf(
            "HS-24-311-preliminary.pdf",
            "HARBOUR SURVEY LLP\nPreliminary report HS/24/311\nTrailer MF-218, 312 beech chairs\nTotal loss: 31 cartons, 124 chairs\nRepairable: 12 cartons, 48 chairs\nCause: lifted patch in the roof sheet, present before loading\nSilver nitrate test: negative",
        ),
    ),
)
theme.forward(
    "cargo-11",
    "cargo-10",
    "hannah",
    "yannick julien",
    "2024-05-24 08:12",
    """
Not good for us. Yannick, what does the maintenance card of MF-218 say? Julien, did we renew the sheet as the yard asked in March?

Hannah""",
    cc="claire",
)
theme.answer(
    "cargo-12",
    "cargo-11",
    "yannick",
    "2024-05-24 09:50",
    """
La fiche dit : « 12/03 rustine toit à reprendre, bâche à changer avant la saison ». J'ai fait la demande d'achat le 13 mars, 1 870 €. Elle n'est jamais revenue signée.

Yannick""",
    files=(
        rtf(
            "fiche-entretien-MF-218.rtf",
            "FICHE D'ENTRETIEN - semi-remorque MF-218\n12/03/2024 : rustine toit décollée, à reprendre. Bâche à changer avant la saison.\n13/03/2024 : demande d'achat 24-0313-07, 1 870 euros, transmise à J. Kerbrat.\n02/05/2024 : sans réponse.",
        ),
    ),
)
theme.answer(
    "cargo-13",
    "cargo-12",
    "julien",
    "2024-05-24 10:31",
    """
J'avais quarante demandes en attente et un budget gelé par la direction. Personne ne m'a dit que c'était urgent. Et, franchement, est-ce qu'on est obligés de transmettre cette fiche à l'assureur ?""",
)
theme.answer(
    "cargo-14",
    "cargo-13",
    "claire",
    "2024-05-24 10:44",
    """
Oui, nous y sommes obligés, et cette question n'aurait pas dû être posée. Personne ne modifie, ne supprime ni ne « retrouve » quoi que ce soit. Je prends le dossier.

Claire""",
)
theme.new(
    "cargo-15",
    "claire",
    "solene",
    "2024-05-27 18:20",
    "Sinistre Delcourt : où nous en sommes",
    """
Solène,

En résumé : bâche signalée en mars, achat non validé, 124 chaises perdues. La convention CMR plafonne l'indemnité à 8,33 DTS par kilo, sauf faute équivalente au dol ; la fiche d'entretien peut faire sauter ce plafond. Je propose de transiger vite, autour de 21 000 €, et de livrer l'hôtel en chaises de remplacement à nos frais.

Deux pages pour le comité de mercredi en pièce jointe.

Claire""",
    files=(
        pptx(
            "sinistre-delcourt.pptx",
            (
                "Sinistre Delcourt\nComité de direction, 29 mai 2024",
                "Les faits\nBâche signalée le 12 mars\nDemande d'achat de 1 870 € sans réponse\n124 chaises perdues, 48 réparables",
                "Proposition\nTransaction à 21 000 €\nChaises de remplacement avant le 24 mai : trop tard\nRevue des 40 demandes d'achat en attente",
            ),
        ),
    ),
)
theme.answer(
    "cargo-16",
    "cargo-15",
    "solene",
    "2024-05-27 21:14",
    """
D'accord pour 21 000. Je veux comprendre pourquoi une dépense de 1 870 € peut nous en coûter vingt mille. On en parle avec Julien mercredi, en tête-à-tête d'abord.

S.""",
)
theme.new(
    "cargo-17",
    "claire",
    "marguerite",
    "2024-05-30 10:05",
    "Proposition amiable - CMR 24-05-1187",
    """
Chère Madame,

Meridian Freight reconnaît que la semi-remorque n'était pas en état d'assurer le transport. Nous vous proposons 21 000 € pour solde de tout compte, et prenons à notre charge le séchage et la finition des 48 chaises réparables.

Je comprends votre colère et vous prie d'accepter nos excuses.""",
    files=(
        odt(
            "protocole-delcourt.odt",
            "PROTOCOLE D'ACCORD\nMeridian Freight verse à Chaiseries Delcourt la somme de 21 000 euros.\nLes 48 chaises réparables sont remises en état aux frais du transporteur.\nLes parties renoncent à toute autre réclamation.",
        ),
    ),
)
theme.answer(
    "cargo-18",
    "cargo-17",
    "marguerite",
    "2024-06-03 08:37",
    """
Chère Madame,

Merci de votre franchise, elle est rare dans votre métier. L'hôtel a retardé son ouverture et me réclame 3 200 € : ajoutez-les et je signe. Mon IBAN pour le virement : FR14 2004 1010 0505 0001 3M02 606.

Marguerite Delcourt""",
)
theme.answer(
    "cargo-19",
    "cargo-18",
    "claire",
    "2024-06-04 09:00",
    """
Accord pour 24 200 €. Thomas prépare le virement dès réception du protocole signé.

Bien à vous""",
    cc="thomas",
)
theme.answer(
    "cargo-20",
    "cargo-19",
    "thomas",
    "2024-06-12 16:25",
    """
Bonjour,

Le virement de 24 200,00 € est parti ce jour, référence SIN-2024-05. J'ai rappelé Mme Delcourt au numéro de sa fiche avant d'enregistrer l'IBAN, comme le veut la procédure.

Thomas""",
    to="claire",
    cc="",
)
theme.new(
    "cargo-21",
    "yannick",
    "dock",
    "2024-06-14 07:15",
    "Bâches : contrôle avant chargement",
    """
Bonjour à tous,

À partir de lundi, aucune semi ne part sans que le chauffeur ait regardé le toit de l'intérieur, portes fermées, en plein jour. On voit tout de suite les trous. La case est ajoutée sur la feuille de départ. Si elle n'est pas cochée, le portail reste fermé, même si la moitié de Cholet attend.

Yannick""",
    listed="dock",
)
theme.answer(
    "cargo-22",
    "cargo-21",
    "hannah",
    "2024-06-14 08:02",
    """
Same rule in Dover from Monday. Gareth has already found two pinholes on MF-204.

Hannah""",
    to="dock",
    cc="",
    listed="dock",
)
theme.new(
    "cargo-23",
    "hannah",
    "claire thomas",
    "2024-07-09 15:10",
    "Salvage of the 124 chairs",
    """
Claire, Thomas,

A reclamation yard in Canterbury offers £620 for the lot. Oliver thinks that it is fair. The list per carton is attached; shall I accept?

Hannah""",
    files=(
        xlsx(
            "salvage-list.xlsx",
            (
                ("Carton", "Chairs", "State"),
                *((f"C-{n:02d}", 4, ("swollen seat", "split back", "stained")[n % 3]) for n in range(1, 32)),
            ),
        ),
    ),
)
theme.answer(
    "cargo-24", "cargo-23", "claire", "2024-07-10 09:05", "Oui, accepte. Demande une facture, l'assureur la voudra."
)
theme.new(
    "cargo-25",
    "marguerite",
    "hannah",
    "2024-10-21 11:00",
    "Des chaises et des excuses",
    """
Chère Hannah,

L'hôtel vient de commander cent chaises de plus, et c'est vous qui les livrerez. Vous avez été la seule, ce jour-là, à me dire d'emblée ce qui s'était passé. Félicitations pour votre mariage, au fait : Yannick a vendu la mèche.

Marguerite Delcourt""",
)
theme.answer(
    "cargo-26",
    "cargo-25",
    "hannah",
    "2024-10-21 11:26",
    """
Dear Marguerite,

You have made my week. Tell me the date and I shall look at that roof myself.

Hannah Okoro (I keep signing the wrong name)""",
)
LETTERS = theme.letters
