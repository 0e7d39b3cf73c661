"""The supplier contract that goes wrong: temperature loggers from Kühlwerk Technik, March 2024 to March 2025."""

from demo.letters import Theme
from demo.writing.calendar import invitation
from demo.writing.office import docx, plain, xlsx
from demo.writing.pdf import locked_pdf, pdf, torn_pdf

CONTRACT = """Contract KT-2024-117
between Kühlwerk Technik GmbH, Kassel, and Meridian Freight, Nantes
1. The supplier delivers 240 temperature loggers "Polaris 4" in three lots: 3 June, 1 July, 2 September 2024.
2. Accuracy: plus or minus 0.5 °C from -25 °C to +15 °C, calibrated and certified by lot.
3. Price: EUR 412.00 per logger, EUR 98,880.00 in all; 30 % on signature, the rest per lot.
4. Late delivery: 0.5 % of the lot per day, up to 8 %.
5. A defect that spoils goods under transport is borne by the supplier up to EUR 150,000.
6. Law: France. Court: tribunal de commerce de Nantes."""

theme = Theme()
theme.new(
    "contract-01",
    "bastian",
    "julien",
    "2024-02-05 10:04",
    "Offer Polaris 4 loggers for your reefer fleet",
    """
Dear Mr Kerbrat,

thank you for your visit to our stand. As promised, our offer for 240 loggers of the type Polaris 4, with gateway and two years of data service. The calibration certificates come with each lot.

We can hold the price until the end of March. If you sign before, I can talk to our director about the data service.

Kind regards from Kassel""",
    files=(
        pdf(
            "Offer-KT-2024-117.pdf",
            "Kühlwerk Technik GmbH\nOffer KT-2024-117, 5 February 2024\n240 Polaris 4 loggers at EUR 428.00\nGateway and data service, 24 months: included\nValid until 31 March 2024",
        ),
    ),
)
theme.answer(
    "contract-02",
    "contract-01",
    "julien",
    "2024-02-06 08:51",
    """
Bonjour Monsieur Roth,

Merci pour l'offre. À 428 € l'unité nous sommes au-dessus de notre budget : notre assureur nous impose l'enregistrement en continu, pas de nous ruiner. Si vous descendez à 410 €, je présente le dossier à notre présidente cette semaine.

Cordialement,
Julien Kerbrat""",
)
theme.answer(
    "contract-03",
    "contract-02",
    "bastian",
    "2024-02-08 16:20",
    """
Dear Mr Kerbrat,

I have fought for you: EUR 412 with payment of 30 % on signature. Below that I would have to ask the factory to leave out the calibration, and that you surely do not want.

May I send the draft of the contract?""",
)
theme.forward(
    "contract-04",
    "contract-03",
    "julien",
    "claire",
    "2024-02-09 09:30",
    """
Claire, tu peux regarder leur projet de contrat quand il arrive ? Je voudrais signer avant le 8 mars. Je trouve la clause sur les marchandises avariées essentielle après l'affaire des crevettes.

Julien""",
    cc="solene",
)
theme.answer(
    "contract-05",
    "contract-04",
    "claire",
    "2024-02-12 11:15",
    """
Julien,

Je regarde. Trois points à ne pas lâcher : pénalités de retard, plafond de responsabilité d'au moins 150 000 € pour la marchandise perdue, et droit français. Ne leur verse rien avant la signature, s'il te plaît : l'an dernier nous avons couru après un acompte pendant sept mois.

Claire""",
)
theme.new(
    "contract-06",
    "claire",
    "bastian",
    "2024-02-26 14:40",
    "Contract KT-2024-117: our comments",
    """
Dear Mr Roth,

Please find our marked-up draft. We have added a ceiling of liability for spoiled goods (clause 5) and made the late-delivery penalty run per day. Everything else is close to your model.

Could you let us have your agreement by Monday 4 March? Mme Le Guennec signs on the 8th.""",
    cc="julien",
    files=(docx("KT-2024-117-draft-2.docx", CONTRACT),),
)
theme.answer(
    "contract-07",
    "contract-06",
    "bastian",
    "2024-02-29 17:55",
    """
Dear Mrs Maubert,

clause 5 made our insurer cough, but he agrees. We accept the draft as it stands. I only ask that the third lot may come on 2 September because of our works holidays in August.""",
)
theme.new(
    "contract-08",
    "solene",
    "bastian",
    "2024-03-08 15:02",
    "Contrat KT-2024-117 signé",
    """
Monsieur,

Vous trouverez ci-joint le contrat signé. Je compte sur le respect des dates : nos campagnes de fruits rouges commencent mi-juin et nos clients ne nous pardonneront pas un second été sans relevés.

Bien à vous""",
    cc="julien claire",
    files=(pdf("KT-2024-117-signed.pdf", CONTRACT + "\nSigned in Nantes, 8 March 2024: S. Le Guennec"),),
)
theme.new(
    "contract-09",
    "julien",
    "yannick hannah",
    "2024-03-11 08:30",
    "Réunion de lancement Polaris 4",
    """
Bonjour à vous deux,

Je vous propose jeudi 14 à 10 h (9 h à Douvres) pour organiser la pose des enregistreurs. Yannick, prévois la liste des semi-remorques par ordre de révision.""",
    calendar=invitation(
        "polaris-kickoff",
        "20240314T090000Z",
        "20240314T100000Z",
        "Lancement Polaris 4",
        "Salle Loire et visioconférence",
        "julien.kerbrat@meridian-freight.example",
        ("yannick.prigent@meridian-freight.example", "hannah.whitlock@meridian-freight.example"),
    ),
)
theme.answer(
    "contract-10",
    "contract-09",
    "hannah",
    "2024-03-11 08:05",
    """
Fine for me. I will bring Gareth from the yard, he fits the brackets.

Could the boxes ship straight to Dover for the eighty units we take? No sense in sending them across the Channel twice.

Hannah""",
)
theme.new(
    "contract-11",
    "bastian",
    "julien",
    "2024-06-04 11:12",
    "First lot: small delay",
    """
Dear Mr Kerbrat,

the first lot was planned for yesterday. Our supplier of batteries is late and I must ask you for some patience: we will ship on 17 June. I regret it.""",
)
theme.answer(
    "contract-12",
    "contract-11",
    "julien",
    "2024-06-04 11:40",
    """
Monsieur Roth,

Quinze jours de retard sur le premier lot, prévenus le lendemain de l'échéance... La clause 4 s'applique. Je dois expliquer cela à des producteurs de fraises.

J. Kerbrat""",
    cc="claire yannick",
)
theme.answer(
    "contract-13",
    "contract-12",
    "claire",
    "2024-06-05 09:10",
    """
Dear Mr Roth,

For the record: the penalty of clause 4 (0.5 % of the lot per day) runs from 4 June 2024. We will set it off against the invoice for lot 1. Please confirm the new date in writing.

Claire Maubert""",
    to="bastian",
    cc="julien yannick",
)
theme.answer(
    "contract-14",
    "contract-13",
    "bastian",
    "2024-06-07 15:33",
    """
Dear Mrs Maubert,

confirmed: shipping on 17 June, at your dock on 19 June. The penalty is noted. I hope that we remain partners and not accountants.""",
)
theme.new(
    "contract-15",
    "yannick",
    "julien",
    "2024-06-20 07:48",
    "Enregistreurs : réception du lot 1",
    """
Salut Julien,

On a reçu 78 boîtes sur 80. Deux sont cassées, le coin est enfoncé, photos à l'appui. Et il n'y a pas un seul certificat d'étalonnage dans les cartons. J'en mets quand même douze en service demain, sinon la campagne part sans rien.

Yannick""",
    cc="dock",
    files=(
        plain(
            "reception-lot-1.txt",
            "Bon de réception 2024-0620-A\nAttendu : 80   Reçu : 78   Cassés : 2\nCertificats d'étalonnage : néant\nContrôlé par : Y. Prigent",
        ),
    ),
)
theme.answer(
    "contract-16",
    "contract-15",
    "julien",
    "2024-06-20 08:20",
    """
Mets-les en service. Les certificats suivront, Roth me l'a promis au téléphone hier soir. Pas la peine de bloquer la saison pour du papier.""",
    cc="",
)
theme.answer(
    "contract-17",
    "contract-16",
    "yannick",
    "2024-06-20 08:34",
    """
Comme tu veux, mais je note que c'est ta décision : sans certificat, la consigne qualité dit non.""",
    cc="",
)
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
