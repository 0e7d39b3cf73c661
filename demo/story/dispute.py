"""The dispute over lot 2: loggers that read too cold, September 2024 to March 2025."""

from demo.letters import Theme
from demo.writing.office import docx, plain, xlsx
from demo.writing.pdf import locked_pdf, pdf, torn_pdf

theme = Theme()
theme.new(
    "contract-18",
    "hannah",
    "yannick julien",
    "2024-09-18 16:45",
    "Loggers 4031 to 4044 disagree with the thermometer",
    """
Both,

We ran a simple test: fourteen loggers from lot 2 in the cold store overnight, next to the reference thermometer. Store at -18.2 °C all night. The loggers say between -21.6 and -22.4. That is four degrees too cold, every one of them, so a reefer that drifts to -14 would still look perfect on screen.

Readings attached. I would stop using lot 2 until somebody can explain this.

Hannah (new name, same me)""",
    cc="priya",
    files=(
        plain(
            "cold-store-test.csv",
            "logger,reference_c,reading_c\n"
            + "\n".join(f"{4031 + n},-18.2,{-21.6 - (n * 37 % 9) / 10:.1f}" for n in range(14)),
            "text/csv; charset=utf-8",
        ),
    ),
)
theme.answer(
    "contract-19",
    "contract-18",
    "yannick",
    "2024-09-19 06:58",
    """
Pareil ici : j'ai testé six boîtes du lot 2, toutes à moins quatre. Le lot 1 est bon. On a roulé tout le mois d'août avec ces trucs.""",
)
theme.answer(
    "contract-20",
    "contract-19",
    "julien",
    "2024-09-19 10:22",
    """
Pas d'affolement. J'appelle Roth. En attendant, on n'écrit pas n'importe quoi par courriel, d'accord ? Appelez-moi.""",
)
theme.answer(
    "contract-21",
    "contract-20",
    "hannah",
    "2024-09-19 09:41",
    """
Julien, with respect, this has to be in writing: two customers have had goods travel on lot 2 since July. I am copying Claire.

Hannah""",
    to="julien",
    cc="yannick claire",
)
theme.new(
    "contract-22",
    "claire",
    "bastian",
    "2024-09-23 10:00",
    "KT-2024-117: defective calibration, lot 2",
    """
Dear Mr Roth,

Tests at both our sites show that the loggers of lot 2 read about four degrees below the true temperature. No calibration certificate was ever delivered for any lot, contrary to clause 2.

We suspend payment of invoice 24-0871 and the acceptance of lot 3, and ask for your engineer on site before 30 September. We reserve all our rights.""",
    cc="julien solene",
    files=(
        xlsx(
            "lot-2-measurements.xlsx",
            (
                ("Logger", "Reference °C", "Reading °C", "Site"),
                (4031, -18.2, -21.6, "Dover"),
                (4032, -18.2, -22.3, "Dover"),
                (4101, -20.0, -24.1, "Nantes"),
                (4102, -20.0, -23.9, "Nantes"),
            ),
        ),
    ),
)
theme.answer(
    "contract-23",
    "contract-22",
    "bastian",
    "2024-09-25 18:03",
    """
Dear Mrs Maubert,

our laboratory finds no fault. It could be that the boxes were mounted near the evaporator. I send the certificates that you miss; please excuse the delay, they were in a wrong folder.""",
    files=(torn_pdf("Calibration-lot-2.pdf", "Calibration certificate\nLot 2, loggers 4031 to 4110"),),
)
theme.answer(
    "contract-24",
    "contract-23",
    "claire",
    "2024-09-26 09:12",
    """
Dear Mr Roth,

The file that you sent does not open: it seems to be cut short. And the loggers in our test lay on a shelf, two metres from any evaporator.

Please send the certificates again, with the date on which they were drawn up.""",
)
theme.answer(
    "contract-25",
    "contract-24",
    "bastian",
    "2024-09-30 12:30",
    """
Dear Mrs Maubert,

here the certificates again, as a protected file. The password goes to Mr Kerbrat by telephone.""",
    files=(
        locked_pdf(
            "Calibration-lot-2-protected.pdf", "Calibration certificate, lot 2\nDrawn up on 27 September 2024", "kassel"
        ),
    ),
)
theme.forward(
    "contract-26",
    "contract-25",
    "claire",
    "thiriet",
    "2024-10-01 08:40",
    """
Cher Maître,

Le certificat du lot 2 aurait été établi après nos réclamations. J'aimerais votre avis sur une mise en demeure et sur l'article 1103 du code civil. Consultation confidentielle, naturellement.

Bien à vous,
Claire Maubert""",
    enclosed=True,
)
theme.answer(
    "contract-27",
    "contract-26",
    "thiriet",
    "2024-10-03 19:05",
    """
Chère Madame,

Confidentiel - correspondance entre avocat et client.

Le certificat postérieur à la livraison ne purge pas le manquement. Je vous conseille une mise en demeure sous quinzaine, puis, faute de réponse, une expertise in futurum (article 145 du code de procédure civile). Conservez l'intégralité des échanges, y compris les relevés bruts des enregistreurs et les messages internes, même embarrassants.

Votre bien dévoué,
Gaspard Thiriet""",
)
theme.answer(
    "contract-28",
    "contract-27",
    "claire",
    "2024-10-04 09:22",
    """
Merci. Il y a bien un message interne embarrassant : notre directeur des achats a fait mettre le lot 1 en service sans certificat. Je vous l'envoie par porteur.

C. M.""",
)
theme.new(
    "contract-29",
    "claire",
    "bastian",
    "2024-12-02 10:30",
    "Mise en demeure - contrat KT-2024-117",
    """
Monsieur,

Par la présente, nous vous mettons en demeure de remplacer sous quinze jours les 80 enregistreurs du lot 2 et de nous verser la somme de 23 417,60 € au titre des clauses 4 et 5 du contrat du 8 mars 2024.

À défaut, nous saisirons le tribunal de commerce de Nantes. Le présent courriel double une lettre recommandée avec avis de réception.""",
    cc="solene",
    bcc="thiriet",
    files=(
        pdf(
            "mise-en-demeure-KT-2024-117.pdf",
            "Nantes, le 2 décembre 2024\nLettre recommandée avec avis de réception\nObjet : mise en demeure, contrat KT-2024-117\nSomme réclamée : 23 417,60 euros",
        ),
    ),
)
theme.answer(
    "contract-30",
    "contract-29",
    "bastian",
    "2024-12-11 16:48",
    """
Dear Mrs Maubert,

our director proposes to meet. We could replace lot 2 and pay EUR 12,000 without admission of any fault. Mr Kerbrat always told us that a solution among merchants would be found.""",
    cc="",
)
theme.new(
    "contract-31",
    "claire",
    "bastian",
    "2025-03-14 11:20",
    "Protocole transactionnel signé",
    """
Monsieur,

Vous trouverez ci-joint le protocole signé par Mme Le Guennec : remplacement du lot 2, indemnité de 17 500 €, confidentialité. Le virement est attendu sous dix jours sur le compte habituel, dont je vous rappelle les quatre derniers caractères : 2606.

Je vous remercie d'avoir préféré cette issue.""",
    cc="solene thomas",
    files=(
        docx(
            "protocole-transactionnel.docx",
            "PROTOCOLE TRANSACTIONNEL\nEntre Kühlwerk Technik GmbH et Meridian Freight\nArticle 1. Remplacement des 80 enregistreurs du lot 2 avant le 30 avril 2025.\nArticle 2. Indemnité forfaitaire de 17 500 euros.\nArticle 3. Confidentialité.",
        ),
    ),
)
LETTERS = theme.letters
