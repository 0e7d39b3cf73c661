"""What fills every mailbox: the dock list, a ferry strike, meetings, lunch, a blocked printer."""

from demo.letters import Theme
from demo.writing.calendar import invitation
from demo.writing.office import plain, pptx
from demo.writing.packed import png

theme = Theme()
theme.new(
    "everyday-01",
    "yannick",
    "dock",
    "2024-02-12 06:40",
    "Verglas sur le quai 3",
    """
Quai 3 fermé jusqu'à 10 h, c'est une patinoire. Passez par le 5. Le sel arrive avec la camionnette, et le café aussi.

Yannick""",
    listed="dock",
)
theme.answer(
    "everyday-02",
    "everyday-01",
    "julien",
    "2024-02-12 07:05",
    "Je viens à pied. Gardez-moi une tasse.",
    to="dock",
    cc="",
    listed="dock",
)
theme.new(
    "everyday-03",
    "loic",
    "everyone",
    "2024-03-19 12:00",
    "Coupure du courrier jeudi de 20 h à 22 h",
    """
Bonjour,

Le serveur de courrier s'arrête jeudi 21 mars de 20 h à 22 h pour une mise à jour. Rien ne se perd : les messages attendent dehors et entrent ensuite.

The mail server is down on Thursday from 7 to 9 pm, Dover time. Nothing gets lost.

Loïc""",
)
theme.new(
    "everyday-04",
    "solene",
    "everyone",
    "2024-04-02 08:30",
    "Bienvenue à Léa Tanguy",
    """
Bonjour à tous,

Léa rejoint ce matin l'équipe d'affrètement. Elle a corrigé un plan de chargement pendant son entretien d'embauche : vous voilà prévenus. Faites-lui bon accueil.

Solène""",
)
theme.answer(
    "everyday-05",
    "everyday-04",
    "hannah",
    "2024-04-02 08:02",
    "Welcome Léa! The sea is prettier from this side, come and see.",
    to="solene",
    cc="everyone",
)
theme.new(
    "everyday-06",
    "hannah",
    "dock",
    "2024-04-23 05:50",
    "Ferry strike, day one",
    """
Nothing sails before noon and probably nothing after. We have eleven trailers on the apron, three of them reefers with their engines on. From Calais they say Thursday.

Yannick, hold whatever you can hold. Priya is telephoning the customers one by one.

Hannah""",
    listed="dock",
)
theme.answer(
    "everyday-07",
    "everyday-06",
    "yannick",
    "2024-04-23 07:10",
    "Quatre semis retenues ici. Les yaourts partent par le tunnel, j'ai trouvé deux places à 14 h.",
    to="dock",
    cc="",
    listed="dock",
)
theme.answer(
    "everyday-08",
    "everyday-07",
    "priya",
    "2024-04-23 08:45",
    """
All customers told, in order of how loudly they shout. The oyster man was very nice about it. The flower people were not.

Priya""",
    to="dock",
    cc="",
    listed="dock",
)
theme.answer(
    "everyday-09",
    "everyday-08",
    "julien",
    "2024-04-23 10:15",
    "Je débloque 600 € par semi pour le tunnel, mais uniquement pour le froid. Merci à tous.",
    to="dock",
    cc="",
    listed="dock",
)
theme.answer(
    "everyday-10",
    "everyday-09",
    "hannah",
    "2024-04-24 16:30",
    "First boat at 18:00. Everything goes tonight. I am buying chips for the whole yard.",
    to="dock",
    cc="",
    listed="dock",
)
theme.new(
    "everyday-11",
    "thomas",
    "everyone",
    "2024-05-06 09:00",
    "Notes de frais d'avril",
    """
Bonjour,

Les notes de frais d'avril sont attendues pour mercredi midi, justificatifs compris. Un ticket illisible n'est pas un justificatif, même accompagné d'un sourire.

Thomas""",
)
theme.answer(
    "everyday-12",
    "everyday-11",
    "julien",
    "2024-05-06 18:31",
    "Et un restaurant à Calais sans facture mais avec de très bonnes huîtres, on fait comment ?",
    cc="",
)
theme.answer(
    "everyday-13",
    "everyday-12",
    "thomas",
    "2024-05-07 08:02",
    "On le paie soi-même. À combien étiez-vous ? La TVA ne se récupère pas sur les invités mystère.",
)
theme.new(
    "everyday-14",
    "loic",
    "everyone",
    "2024-06-17 14:00",
    "L'imprimante du premier",
    """
L'imprimante du premier étage n'est pas en panne. Quelqu'un y avait rangé une plaque de chocolat. Il faisait 31 degrés.

Loïc""",
    files=(png("imprimante.png", 32, 24, ((200, 200, 204), (80, 48, 30), (86, 52, 32), (190, 190, 196))),),
)
theme.new(
    "everyday-15",
    "solene",
    "claire julien hannah thomas nadia",
    "2024-09-04 10:00",
    "Comité de direction du 12 septembre",
    """
Bonjour,

Ordre du jour : la saison des fruits, le budget d'entretien des remorques (leçon Delcourt), les tarifs transmanche, et le projet d'archive de courrier. Deux heures, pas une de plus.""",
    calendar=invitation(
        "codir-2024-09",
        "20240912T070000Z",
        "20240912T090000Z",
        "Comité de direction",
        "Salle Loire",
        "solene.leguennec@meridian-freight.example",
        ("claire.maubert@meridian-freight.example", "julien.kerbrat@meridian-freight.example"),
    ),
    files=(
        plain(
            "codir-2024-09.ics",
            invitation(
                "codir-2024-09",
                "20240912T070000Z",
                "20240912T090000Z",
                "Comité de direction",
                "Salle Loire",
                "solene.leguennec@meridian-freight.example",
                (),
            ).replace("\r\n", "\n"),
            "text/calendar; charset=utf-8",
        ),
    ),
)
theme.answer(
    "everyday-16",
    "everyday-15",
    "hannah",
    "2024-09-04 09:30",
    """
I shall join by video: it is my last week before the wedding paperwork. On the tariffs I should like to see the arithmetic behind the nineteen per cent.

Hannah""",
)
theme.new(
    "everyday-17",
    "claire",
    "solene",
    "2024-09-13 18:10",
    "Compte rendu du comité du 12 septembre",
    """
Solène,

Relu et prêt. Au point 3, Julien a soutenu que la hausse suivait la surcharge carburant ; Hannah et Thomas ont demandé le calcul ; il devait être fourni sous huit jours. Je l'écris tel quel ?

From the minutes: "the figures will be provided by 20 September".

Claire""",
    files=(
        pptx(
            "codir-2024-09.pptx",
            (
                "Comité de direction\n12 septembre 2024",
                "Budget d'entretien : 64 000 €\nPlus aucune demande sans réponse sous cinq jours",
                "Tarifs transmanche\nHausse de 19 % : calcul à fournir par J. Kerbrat",
            ),
        ),
    ),
)
theme.answer("everyday-18", "everyday-17", "solene", "2024-09-13 20:33", "Tel quel.")
theme.new(
    "everyday-19",
    "nadia",
    "everyone",
    "2024-12-02 08:45",
    "Repas de fin d'année",
    """
Le repas de fin d'année est le vendredi 20 décembre à 12 h 30, à la Cantine du Quai. Dites-moi avant le 12 si vous mangez du poisson, de la viande ou ni l'un ni l'autre.

Nadia""",
)
theme.answer("everyday-20", "everyday-19", "yannick", "2024-12-02 09:01", "Les deux, merci.", cc="")
theme.answer(
    "everyday-21",
    "everyday-19",
    "claire",
    "2024-12-02 09:40",
    "Poisson pour moi. Et une place loin des dossiers.",
    cc="",
)
theme.new(
    "everyday-22",
    "hannah",
    "dock",
    "2025-01-28 06:15",
    "Gale warning, Dover closed to high-sided vehicles",
    """
Force 10 until the evening. Nothing with a curtain leaves the yard today; From Friday we shall be a day behind.

From the harbour office: reopening not before 21:00.

Hannah Okoro""",
    listed="dock",
)
theme.answer(
    "everyday-23",
    "everyday-22",
    "yannick",
    "2025-01-28 07:32",
    "Compris, on bloque au départ. Vous avez arrimé le barnum, cette fois ?",
    to="dock",
    cc="",
    listed="dock",
)
theme.new(
    "everyday-24",
    "claire",
    "everyone",
    "2025-01-15 09:00",
    "Conservation obligatoire des documents / Legal hold",
    """
Bonjour à tous,

Dans le cadre de procédures en cours, il vous est interdit, jusqu'à nouvel ordre, de supprimer ou de modifier tout document ou message relatif à Kühlwerk Technik, à Northgate Haulage ou aux tarifs transmanche depuis le 1er janvier 2024. Cela vaut pour les téléphones personnels s'ils ont servi au travail.

Until further notice you must not delete or change any document or message about Kühlwerk Technik, Northgate Haulage or the Channel tariffs since 1 January 2024. If in doubt, keep it and ask me.

Merci d'accuser réception par retour.

Claire Maubert""",
)
theme.answer(
    "everyday-25", "everyday-24", "yannick", "2025-01-15 09:12", "Reçu. Même les photos de l'imprimante ?", cc=""
)
theme.answer(
    "everyday-26",
    "everyday-24",
    "hannah",
    "2025-01-15 08:31",
    "Acknowledged. Nothing has been deleted on this side, and nothing will be.",
    cc="",
)
theme.answer("everyday-27", "everyday-25", "claire", "2025-01-15 09:20", "Surtout les photos de l'imprimante.")
LETTERS = theme.letters
