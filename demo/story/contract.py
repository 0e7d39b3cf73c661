"""The supplier contract that goes wrong: temperature loggers from Kühlwerk Technik, February to June 2024."""

from demo.letters import Theme
from demo.writing.calendar import invitation
from demo.writing.office import docx, plain
from demo.writing.pdf import pdf

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
LETTERS = theme.letters
