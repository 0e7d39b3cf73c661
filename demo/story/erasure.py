"""A customer asks for erasure: Aurélie Sauvage's removal to Kent, August 2024 to January 2025."""

from demo.letters import Theme
from demo.writing.office import plain, rtf
from demo.writing.packed import png
from demo.writing.pdf import pdf

theme = Theme()
theme.new(
    "erasure-01",
    "aurelie",
    "contact",
    "2024-08-05 21:03",
    "Déménagement de Rezé à Canterbury",
    """
Bonjour,

Je déménage le 28 août de Rezé à Canterbury, un deux-pièces, 22 m³, au quatrième sans ascenseur des deux côtés (je sais). Faites-vous encore le groupage pour les particuliers ?

Aurélie Sauvage
12 rue des Chalands, 44400 Rezé""",
)
theme.answer(
    "erasure-02",
    "erasure-01",
    "priya",
    "2024-08-06 09:10",
    """
Bonjour Aurélie,

Yes, we do, once a fortnight: pick-up on the 28th, delivery on the 30th, €1,480 with insurance. I need a list of what you bring for the customs form, and a copy of your passport.

Priya Raman""",
    cc="contact",
)
theme.answer(
    "erasure-03",
    "erasure-02",
    "aurelie",
    "2024-08-06 20:44",
    """
Parfait. Voici la liste et la photo de mon passeport. Pour l'acompte, prenez ma carte : 4111 1111 1111 1111, fin 09/27. Et j'ai un genou abîmé par une opération, je ne pourrai rien porter moi-même.

Aurélie""",
    files=(
        plain("liste.txt", "1 lit, 1 sommier, 1 table ronde\n41 cartons de livres\n1 violoncelle (fragile !)\n1 vélo"),
        png("passeport.png", 48, 32, ((120, 30, 40), (130, 36, 46), (215, 200, 170), (120, 30, 40))),
    ),
)
theme.answer(
    "erasure-04",
    "erasure-03",
    "priya",
    "2024-08-07 08:58",
    """
Thank you, but please never send a card number by e-mail! I have taken the deposit through the secure page instead and asked the two lads for the stairs. The cello travels in the cab.

Priya""",
)
theme.new(
    "erasure-05",
    "priya",
    "aurelie",
    "2024-09-03 14:20",
    "Your invoice / votre facture 24-1902",
    """
Bonjour Aurélie,

Here is the invoice. I hope that the cello has settled in.

Priya""",
    cc="accounts",
    files=(
        pdf(
            "facture-24-1902.pdf",
            "MERIDIAN FREIGHT\nFacture 24-1902 du 3 septembre 2024\nMme Aurélie Sauvage, Canterbury\nDéménagement groupage, 22 m3 : 1 480,00 euros\nAcompte reçu : 444,00 euros\nReste dû : 1 036,00 euros",
        ),
    ),
)
theme.new(
    "erasure-06",
    "aurelie",
    "contact",
    "2024-11-04 22:15",
    "Suppression de mes données (article 17 RGPD)",
    """
Madame, Monsieur,

Depuis mon déménagement, je reçois vos offres de garde-meuble toutes les semaines, et une société de Boulogne que je ne connais pas m'a appelée par mon prénom en citant vos services. Je n'ai rien demandé de tout cela.

Sur le fondement de l'article 17 du RGPD, je vous demande d'effacer toutes les données me concernant, notamment la copie de mon passeport, mon numéro de carte et ce que j'ai écrit sur ma santé. Je demande aussi, au titre de l'article 15, la liste de ce que vous détenez et de ceux à qui vous l'avez transmis.

Vous avez un mois.

Aurélie Sauvage""",
)
theme.forward(
    "erasure-07",
    "erasure-06",
    "priya",
    "privacy",
    "2024-11-05 08:40",
    """
Loïc, Claire, this came to the contact box last night. I remember her well (cello, knee, fourth floor). What do I answer?

Priya""",
    cc="loic",
)
theme.answer(
    "erasure-08",
    "erasure-06",
    "loic",
    "2024-11-05 10:02",
    """
Madame,

Nous avons bien reçu votre demande le 4 novembre 2024 et l'avons enregistrée sous le numéro DP-2024-017. Vous aurez notre réponse avant le 4 décembre. Vous êtes dès à présent retirée de tous nos envois.

Votre adresse étant celle que nous connaissons, aucune pièce d'identité ne vous est demandée.

Loïc Daniélou
Délégué à la protection des données""",
    cc="contact",
)
theme.new(
    "erasure-09",
    "loic",
    "claire",
    "2024-11-05 10:30",
    "DP-2024-017 : ce qu'on a sur Mme Sauvage",
    """
Claire,

Premier inventaire, dans quatre endroits : la boîte contact (5 messages, dont passeport, carte et santé), la comptabilité (facture 24-1902), le fichier de prospection, et ta boîte pour la présente demande.

À effacer tout de suite : prospection, passeport, carte, santé. À garder : la facture, dix ans (article L. 123-22 du code de commerce). La difficulté est le gel ordonné en octobre : si la « société de Boulogne » est Northgate, ses messages sont peut-être une preuve.""",
    cc="priya",
)
theme.answer(
    "erasure-10",
    "erasure-09",
    "claire",
    "2024-11-06 09:18",
    """
Bonne question. Le gel couvre Julien, Hannah et la liste Quai ; aucun message de Mme Sauvage n'y est, sauf si Julien a exporté le fichier de prospection. Vérifie. Si ce n'est pas le cas, on efface. L'article 17, paragraphe 3, point e, ne s'invoque pas par confort.

Claire""",
)
theme.answer(
    "erasure-11",
    "erasure-10",
    "loic",
    "2024-11-12 16:44",
    """
Vérifié : le fichier de prospection a été consulté par Julien le 21 octobre, avec export. Mme Sauvage y est, ligne 214, nom et téléphone seulement. Je conserve donc cette seule ligne sous gel et j'efface le reste.

Loïc""",
)
theme.new(
    "erasure-12",
    "loic",
    "aurelie",
    "2024-11-28 15:00",
    "Réponse à votre demande DP-2024-017",
    """
Madame,

Nous avons effacé le 27 novembre 2024 : la copie de votre passeport, les messages qui contenaient votre numéro de carte et des informations de santé, et votre fiche de prospection.

Nous conservons : la facture 24-1902 jusqu'au 31 décembre 2034 (obligation comptable) ; votre nom et votre numéro de téléphone dans un extrait conservé pour la défense de nos droits en justice. Nous n'avons transmis vos données à aucun tiers, mais un ancien salarié a pu le faire sans autorisation, et nous avons ouvert une procédure.

Vous pouvez saisir la CNIL.

Loïc Daniélou""",
    cc="privacy",
    files=(
        pdf(
            "DP-2024-017-inventaire.pdf",
            "Inventaire DP-2024-017\n1. Messages : 5, dont 3 effacés\n2. Facture 24-1902 : conservée jusqu'au 31/12/2034\n3. Fiche de prospection : effacée\n4. Extrait sous gel : nom, téléphone",
        ),
        rtf(
            "vos-droits.rtf",
            "Vos droits : accès, rectification, effacement, limitation, opposition, portabilité.\nRéclamation : Commission nationale de l'informatique et des libertés.",
        ),
    ),
)
theme.answer(
    "erasure-13",
    "erasure-12",
    "aurelie",
    "2024-11-29 19:20",
    """
Monsieur,

Merci, c'est clair, et je ne m'attendais pas à tant de précision. Dites à Priya que le violoncelle va très bien.

A. Sauvage""",
)
theme.new(
    "erasure-14",
    "loic",
    "claire solene",
    "2025-01-20 11:00",
    "Bilan 2024 des demandes de droits",
    """
Bonjour,

Dix-neuf demandes en 2024 : onze accès, six effacements, deux oppositions. Délai moyen : 17 jours. Deux prolongations. Aucune plainte à la CNIL à notre connaissance.

Le point faible : nous répondons bien, mais nous cherchons à la main, boîte par boîte. Il nous faut une archive où l'on cherche une fois.

Loïc""",
)
theme.answer(
    "erasure-15",
    "erasure-14",
    "solene",
    "2025-01-20 12:42",
    "Convaincue. Un devis pour mars ? Et que l'effacement se prouve, pas seulement la conservation.",
)
LETTERS = theme.letters
