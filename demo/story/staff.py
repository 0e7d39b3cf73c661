"""Human resources: pay, sick leave, a candidate, a name that changes. Personal data, all of it made up.

The NIR and IBAN are the specimens that public documentation uses.
"""

from demo.letters import Theme
from demo.writing.office import docx, odt, xlsx
from demo.writing.pdf import locked_pdf, pdf

theme = Theme()
theme.new(
    "staff-01",
    "candidate",
    "nadia",
    "2024-02-19 20:17",
    "Candidature au poste d'affréteuse",
    """
Madame,

Titulaire d'un BTS gestion des transports, je termine un contrat de deux ans chez un commissionnaire de Lorient. Votre annonce m'a plu parce qu'elle parle d'abord des gens et ensuite des camions.

Je suis disponible à partir du 2 avril. Mes prétentions : 2 150 € brut sur treize mois.

Léa Tanguy""",
    files=(
        odt(
            "CV-Lea-Tanguy.odt",
            "Léa Tanguy\nNée le 14 juillet 1999\nlea.tanguy@example.com - 06 39 98 60 14\nBTS gestion des transports, Lorient, 2020\nAnglais courant, espagnol scolaire, breton à la maison",
        ),
    ),
)
theme.answer(
    "staff-02",
    "staff-01",
    "nadia",
    "2024-02-21 09:05",
    """
Bonjour Mademoiselle,

Merci pour votre candidature. Pouvez-vous passer mardi 27 à 14 h ? Vous verriez aussi Yannick Prigent, notre chef de quai, qui a ses propres questions sur les plans de chargement.

Nadia Benhaddou""",
)
theme.forward(
    "staff-03",
    "staff-01",
    "nadia",
    "yannick",
    "2024-02-21 09:09",
    """
Yannick, tu la reçois avec moi ? Merci de ne pas garder le CV après l'entretien : deux ans maximum, et seulement chez moi.

Nadia""",
)
theme.answer(
    "staff-04",
    "staff-03",
    "yannick",
    "2024-02-27 16:30",
    "Elle a trouvé l'erreur dans mon plan de chargement en quatre minutes. Prends-la.",
)
theme.new(
    "staff-05",
    "nadia",
    "candidate",
    "2024-03-01 11:30",
    "Votre embauche chez Meridian Freight",
    """
Chère Léa,

C'est oui ! Votre contrat est joint, pour un début le mardi 2 avril. Pour la paie, il me faut votre numéro de sécurité sociale et un RIB. Merci de les déposer sur le coffre-fort du salarié plutôt que par courriel.

Nadia""",
    files=(
        docx(
            "contrat-tanguy.docx",
            "CONTRAT DE TRAVAIL À DURÉE INDÉTERMINÉE\nSalariée : Léa Tanguy\nEmploi : affréteuse, groupe 5\nRémunération : 2 150 euros brut par mois, treize mois\nPériode d'essai : deux mois",
        ),
    ),
)
theme.answer(
    "staff-06",
    "staff-05",
    "candidate",
    "2024-03-01 12:48",
    """
Merci, je suis ravie ! Je n'arrive pas à ouvrir le coffre-fort depuis mon téléphone, alors voici directement :

Numéro de sécurité sociale : 2 69 05 49 588 157 80
IBAN : FR76 3000 6000 0112 3456 7890 189

À bientôt,
Léa""",
)
theme.answer(
    "staff-07",
    "staff-06",
    "nadia",
    "2024-03-01 14:10",
    """
Bien reçu, mais cela ne devrait vraiment pas circuler ainsi : je supprime votre message dès que c'est saisi. (Et oui, je dis la même chose au directeur.)

Nadia""",
    cc="loic",
)
theme.new(
    "staff-08",
    "nadia",
    "thomas",
    "2024-03-25 10:12",
    "Variables de paie - mars 2024",
    """
Thomas,

Les variables de mars : heures supplémentaires, paniers, absences. Le fichier contient les numéros de sécurité sociale, merci de ne pas l'ouvrir dans le train.

Nadia""",
    files=(
        xlsx(
            "variables-paie-2024-03.xlsx",
            (
                ("Matricule", "Nom", "NIR", "Heures sup", "Absence"),
                ("M-041", "Morvan Denis", "255081416802538", 6.5, ""),
                ("M-057", "Corlay Anne", "269054958815780", 0, "maladie 3 j"),
                ("M-062", "Prigent Yannick", "", 11, ""),
            ),
        ),
    ),
)
theme.answer(
    "staff-09",
    "staff-08",
    "thomas",
    "2024-03-25 17:41",
    """
Intégré. Pour M-057, la case « maladie » est déjà un renseignement de santé : le code « absence A2 » me suffit. Bulletins vendredi.

Thomas""",
)
theme.new(
    "staff-10",
    "denis",
    "nadia",
    "2024-06-10 07:22",
    "Arrêt de travail",
    """
Bonjour Nadia,

Le docteur m'arrête trois semaines : hernie discale, il parle d'une opération. L'avis est joint. Je préfère que l'équipe ne sache pas pourquoi.

Denis Morvan
NIR 2 55 08 14 168 025 38""",
    files=(
        pdf(
            "avis-arret-de-travail.pdf",
            "AVIS D'ARRÊT DE TRAVAIL\nAssuré : MORVAN Denis, 2 55 08 14 168 025 38\nDu 10 juin 2024 au 30 juin 2024 inclus\nSorties autorisées",
        ),
    ),
)
theme.answer(
    "staff-11",
    "staff-10",
    "nadia",
    "2024-06-10 08:55",
    """
Soigne-toi bien, Denis. Personne ne saura la cause ; Yannick aura seulement les dates.

Nadia""",
)
theme.new(
    "staff-12",
    "nadia",
    "yannick",
    "2024-06-10 09:00",
    "Absence de Denis",
    """
Yannick, Denis est absent jusqu'au 30 juin. Merci de ne pas poser de question dans les vestiaires. Tu peux prendre un intérimaire.""",
)
theme.answer("staff-13", "staff-12", "yannick", "2024-06-10 09:14", "OK. On lui garde son gilet.")
theme.new(
    "staff-14",
    "denis",
    "nadia",
    "2024-07-22 19:40",
    "Ce qui s'est passé vendredi",
    """
Nadia,

Depuis mon retour, un collègue de l'équipe de nuit m'appelle « le touriste » devant les chauffeurs, et vendredi on a mis une béquille sur mon casier. J'ai d'abord ri. Je ne ris plus. Je ne veux pas d'histoires, je veux que cela s'arrête.

Denis""",
)
theme.answer(
    "staff-15",
    "staff-14",
    "nadia",
    "2024-07-23 08:15",
    """
Denis,

Merci de me l'avoir écrit. Je te reçois aujourd'hui à l'heure que tu veux. Je suis tenue d'agir, mais rien ne sera fait sans que tu sois prévenu avant.

Nadia""",
)
theme.new(
    "staff-16",
    "nadia",
    "claire",
    "2024-07-23 12:30",
    "Signalement - strictement confidentiel",
    """
Claire,

J'ai un signalement pour propos humiliants liés à l'état de santé d'un salarié, équipe de nuit. J'ouvre une enquête avec le référent harcèlement. Le compte rendu est protégé, mot de passe par SMS.

Nadia""",
    files=(locked_pdf("compte-rendu-entretien.pdf", "Compte rendu d'entretien du 23 juillet 2024", "galerne"),),
)
theme.answer(
    "staff-17",
    "staff-16",
    "claire",
    "2024-07-23 13:10",
    """
Bien. Deux enquêteurs, dix jours, audition des deux parties. Et le dossier ne vit que dans un endroit.

Claire""",
)
theme.new(
    "staff-18",
    "hannah",
    "nadia loic",
    "2024-09-02 09:12",
    "My new name from 16 September",
    """
Nadia, Loïc,

As you know (everybody knows, Yannick knows) Sam and I got married on Saturday. From 16 September I shall be Hannah Okoro. Could the address change with me, and the old one still reach me? Half of Kent has it on a business card.

Hannah Whitlock, for two more weeks""",
)
theme.answer(
    "staff-19",
    "staff-18",
    "loic",
    "2024-09-02 11:40",
    """
Félicitations ! Le 16 au matin : hannah.okoro@meridian-freight.example, l'ancienne adresse reste en alias pendant deux ans. Les archives gardent les deux, c'est la même personne pour l'annuaire.

Loïc""",
)
theme.answer(
    "staff-20",
    "staff-18",
    "nadia",
    "2024-09-02 11:52",
    """
Toutes mes félicitations, Hannah ! Envoie-moi l'acte de mariage par le coffre-fort (le coffre-fort !) et je mets le contrat et la mutuelle à jour.

Nadia""",
)
theme.new(
    "staff-21",
    "nadia",
    "everyone",
    "2024-12-09 09:00",
    "Entretiens annuels et galette",
    """
Bonjour à tous, hello everyone,

Les entretiens annuels auront lieu du 13 au 31 janvier ; le formulaire tient sur une page. La galette est le vendredi 10 janvier à 16 h sur le quai, et à Douvres le même jour (Priya choisit le gâteau).

Annual reviews: 13 to 31 January. Twelfth-night cake: 10 January, 3 pm in Dover.

Nadia""",
)
theme.new(
    "staff-22",
    "nadia",
    "solene claire",
    "2025-02-10 17:25",
    "Index égalité et bilan social",
    """
Bonjour,

L'index de l'égalité professionnelle est à 88 sur 100, deux points de mieux. Le point faible reste le retour de congé maternité. La synthèse est jointe, à publier avant le 1er mars.

Nadia""",
    files=(
        xlsx(
            "index-egalite-2025.xlsx",
            (
                ("Indicateur", "Points", "Maximum"),
                ("Écart de rémunération", 38, 40),
                ("Écart d'augmentations", 35, 35),
                ("Retour de maternité", 0, 15),
                ("Dix plus hautes rémunérations", 15, 10),
            ),
        ),
    ),
)
LETTERS = theme.letters
