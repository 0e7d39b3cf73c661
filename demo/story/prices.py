"""The price-fixing hint: Julien Kerbrat and the commercial director of a competitor, April to October 2024."""

from demo.letters import Theme
from demo.writing.office import xlsx
from demo.writing.packed import locked_zip

theme = Theme()
theme.new(
    "prices-01",
    "ewan",
    "julien",
    "2024-04-11 17:20",
    "Good to see you in Calais",
    """
Julien,

Good dinner, better oysters. We did agree on one thing that evening: nobody makes money on the Channel at eleven hundred a trailer. Shall we keep talking? I am at the Antwerp fair in May.

Ewan""",
)
theme.answer(
    "prices-02",
    "prices-01",
    "julien",
    "2024-04-12 08:15",
    """
Ewan,

Great evening. Yes, let us talk, but by telephone or on the other address. My English is better after oysters anyway.

Julien""",
)
theme.new(
    "prices-04",
    "julien-home",
    "julien",
    "2024-05-23 07:02",
    "TR : the weather in September",
    """
pour moi-même, à regarder au bureau

> J,
>
> As discussed in Antwerp. We go to 1,340 on 2 September for everything that is not
> under contract. If you follow within the fortnight nobody will find it odd, the ferry
> people put up their fuel surcharge on the 1st and we both point at them.
>
> You leave Harlow and the flower people to me, I leave Cholet and the strawberries to you.
>
> E""",
)
theme.new(
    "prices-05",
    "julien",
    "hannah priya",
    "2024-08-26 09:30",
    "Nouveaux tarifs transmanche au 9 septembre",
    """
Bonjour,

À compter du 9 septembre, le tarif de base passe de 1 120 à 1 335 € par semi-remorque pour tous les clients hors contrat. Motif à donner : la surcharge carburant des ferries. La grille est jointe. Pas de dérogation sans mon accord.

Julien""",
    files=(
        xlsx(
            "grille-transmanche-2024-09.xlsx",
            (
                ("Liaison", "Ancien", "Nouveau"),
                ("Nantes-Douvres", 1120, 1335),
                ("Cholet-Douvres", 1160, 1375),
                ("Angers-Folkestone", 1190, 1400),
            ),
        ),
    ),
)
theme.answer(
    "prices-06",
    "prices-05",
    "hannah",
    "2024-08-26 09:02",
    """
Julien,

That is nineteen per cent for a surcharge that costs us about two. Harlow Flowers is out of contract and Northgate quoted them 1,340 last week, they forwarded it to me. If we are to compete, this is the moment to stay at 1,180.

Hannah""",
)
theme.answer(
    "prices-07",
    "prices-06",
    "julien",
    "2024-08-26 12:40",
    """
Hannah, laisse Harlow. Ce n'est pas notre territoire en ce moment. Applique la grille.""",
    cc="",
)
theme.answer(
    "prices-08",
    "prices-07",
    "hannah",
    "2024-08-26 12:05",
    """
What do you mean by "not our territory"? They are nine miles from my desk.

H.""",
    cc="",
    bcc="claire",
)
theme.answer(
    "prices-09", "prices-08", "julien", "2024-08-26 13:31", "On en parle de vive voix. Pas par courriel.", cc=""
)
theme.new(
    "prices-10",
    "ewan",
    "julien",
    "2024-09-10 16:05",
    "Thank you for the punctuality",
    """
Saw your new card on the counter at Harlow. Very punctual. I owe you oysters.

Let me know when you want to look at the winter, the figures are in the locked file. Usual word, the boat's name.

Ewan""",
    files=(
        locked_zip(
            "winter.zip",
            xlsx("winter.xlsx", (("Lane", "Floor"), ("Nantes-Dover", 1340), ("Rennes-Poole", 1290))),
            "gwennol",
        ),
    ),
)
theme.answer(
    "prices-11",
    "prices-10",
    "julien",
    "2024-09-10 18:22",
    """
Please not on this address. Call me.

J.""",
)
theme.forward(
    "prices-12",
    "prices-10",
    "hannah",
    "claire",
    "2024-10-08 10:14",
    """
Claire,

Julien asked me to look after his inbox while he is off sick, and this was in it. I did not go looking. Together with what he wrote to me on 26 August about Harlow it makes me uneasy. I think that you need to see it, and I would rather not discuss it with anybody else.

Hannah""",
    enclosed=True,
)
theme.answer(
    "prices-13",
    "prices-12",
    "claire",
    "2024-10-08 10:41",
    """
Hannah,

You did the right thing. Please do not reply to him, do not delete or move anything, and do not open the attachment. I will come to Dover on Thursday.

Claire""",
)
theme.new(
    "prices-14",
    "claire",
    "thiriet",
    "2024-10-08 14:55",
    "Urgent : possible entente, article L. 420-1",
    """
Cher Maître,

Confidentiel. J'ai sous les yeux des messages entre notre directeur des achats et le directeur commercial d'un concurrent. Ils évoquent un prix plancher, des dates de hausse coordonnées et un partage de clientèle. L'un d'eux au moins est passé par une boîte personnelle.

Pouvons-nous nous voir demain ? Je pense à la procédure de clémence, et d'abord à geler les preuves.

Claire Maubert""",
)
theme.answer(
    "prices-15",
    "prices-14",
    "thiriet",
    "2024-10-08 20:12",
    """
Chère Madame,

Demain 8 h 30 à mon cabinet. D'ici là : gel de toutes les boîtes concernées, sans en avertir l'intéressé ; copie intégrale, avec les adresses en copie cachée ; aucun échange interne par écrit sur le fond. Pour la clémence, le rang d'arrivée compte : chaque jour aussi.

G. Thiriet""",
)
theme.new(
    "prices-16",
    "claire",
    "loic",
    "2024-10-09 12:02",
    "Conservation légale : boîtes Kerbrat et Okoro",
    """
Loïc,

Merci de suspendre dès maintenant toute purge automatique sur les boîtes de Julien Kerbrat et de Hannah Okoro (ancienne adresse Whitlock comprise), ainsi que sur la liste Quai, du 1er janvier 2024 à aujourd'hui. Motif : procédure. Tu n'en parles à personne, pas même à Nadia.

Claire""",
)
theme.answer(
    "prices-17",
    "prices-16",
    "loic",
    "2024-10-09 12:35",
    """
C'est fait à 12 h 31. J'ai vérifié les deux adresses de Hannah. Pour mémoire, la boîte personnelle de Julien nous échappe : nous n'avons que ce qui est entré ou sorti de chez nous.

Loïc""",
)
LETTERS = theme.letters
