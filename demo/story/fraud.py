"""An invoice fraud attempt: a look-alike domain asks for a new bank account, October 2024."""

from demo.letters import Theme
from demo.writing.office import plain, xlsx
from demo.writing.pdf import pdf

theme = Theme()
theme.new(
    "fraud-01",
    "bastian",
    "accounts",
    "2024-07-03 09:00",
    "Invoice 24-0611, lot 1",
    """
Dear colleagues,

please find the invoice for lot 1, the penalty for 16 days is already deducted. Bank: DE89 3704 0044 0532 0130 00.

Bastian Roth""",
    files=(
        pdf(
            "Invoice-24-0611.pdf",
            "Kühlwerk Technik GmbH\nInvoice 24-0611\n80 Polaris 4, lot 1: EUR 32,960.00\nPenalty clause 4, 8 %: EUR -2,636.80\nAdvance 30 %: EUR -9,888.00\nDue: EUR 20,435.20\nIBAN DE89 3704 0044 0532 0130 00",
        ),
    ),
)
theme.answer(
    "fraud-02",
    "fraud-01",
    "thomas",
    "2024-07-04 10:11",
    """
Bonjour,

Facture enregistrée, échéance au 31 juillet. Merci d'avoir déduit la pénalité sans qu'on vous le demande, cela nous change.

Thomas Vasseur""",
)
theme.new(
    "fraud-03",
    "bastian",
    "accounts",
    "2024-08-30 10:20",
    "Invoice 24-0871, lot 2",
    """
Dear colleagues,

enclosed the invoice for lot 2, EUR 23,072.00, payable in 45 days. Same bank as always.

Bastian Roth""",
    files=(
        pdf(
            "Invoice-24-0871.pdf",
            "Kühlwerk Technik GmbH\nInvoice 24-0871\n80 Polaris 4, lot 2\nDue: EUR 23,072.00\nIBAN DE89 3704 0044 0532 0130 00",
        ),
    ),
)
theme.new(
    "fraud-04",
    "imposter",
    "accounts",
    "2024-10-14 08:02",
    "Re: Invoice 24-0871, lot 2 - new bank details",
    """
Dear colleagues,

please note that our house bank closes our account because of an audit. The open invoice 24-0871 must be paid to our new account, today if possible, as our director is very angry about the suspended payment:

Kuehlwerk Technik, IBAN GB82 WEST 1234 5698 7654 32

Please treat this confidentially until the audit is finished. I am in meetings all the day and can not be phoned.

Bastian Roth""",
    files=(
        pdf(
            "Bank-change-notice.pdf",
            "KUEHLWERK TECHNIK\nNotice of change of bank account\nNew IBAN: GB82 WEST 1234 5698 7654 32\nOur old account must not be used any more",
        ),
    ),
    headers=(("Reply-To", "payments@kuehlvverk.example"),),
)
theme.answer(
    "fraud-05",
    "fraud-04",
    "thomas",
    "2024-10-14 09:36",
    """
Bonjour Monsieur Roth,

Tout changement de compte passe par un rappel de notre part au numéro de votre fiche. Je vous appelle donc à Kassel ce matin.

Thomas Vasseur""",
)
theme.answer(
    "fraud-06",
    "fraud-05",
    "imposter",
    "2024-10-14 09:51",
    """
Dear Thomas,

I say that I can not be phoned. Mr Kerbrat has agreed with me already, you can ask him, but he is ill. If it is not paid by noon we stop the data service for all your trailers.

Bastian""",
)
theme.forward(
    "fraud-07",
    "fraud-06",
    "thomas",
    "claire loic",
    "2024-10-14 10:05",
    """
Vous me dites si je me trompe, mais regardez l'adresse : kuehlvverk, avec deux v. Et depuis quand Roth m'appelle-t-il Thomas ?

J'ai eu le vrai au téléphone : il tombe des nues, leur banque n'a pas changé.""",
)
theme.answer(
    "fraud-08",
    "fraud-07",
    "loic",
    "2024-10-14 10:24",
    """
Bien vu ! Domaine déposé il y a quatre jours. Quelqu'un connaît nos factures en attente et l'absence de Julien : la fuite vient peut-être d'une boîte chez Kühlwerk. J'ai bloqué le domaine et je garde les originaux avec leurs en-têtes.

Ne réponds plus, Thomas.

Loïc""",
)
theme.answer(
    "fraud-09",
    "fraud-08",
    "claire",
    "2024-10-14 11:00",
    """
Bravo Thomas. Je dépose plainte cet après-midi et je préviens la banque et M. Roth. Pas un centime n'est parti, je vous en remercie tous les deux.

Claire""",
)
theme.new(
    "fraud-10",
    "claire",
    "bastian",
    "2024-10-14 15:12",
    "Somebody writes in your name",
    """
Dear Mr Roth,

Whatever stands between us on lot 2, you should know this: somebody who knows our invoices wrote this morning from kuehlvverk.example and asked for payment to a British account. The message is enclosed as we got it. Please have your mailboxes checked.

Claire Maubert""",
    cc="thomas",
    files=(
        plain(
            "headers.txt",
            "Received: from unknown (198.51.100.77) by mx.meridian-freight.example\nReturn-Path: <b.roth@kuehlvverk.example>\nReply-To: <payments@kuehlvverk.example>",
        ),
    ),
)
theme.answer(
    "fraud-11",
    "fraud-10",
    "bastian",
    "2024-10-15 09:45",
    """
Dear Mrs Maubert,

thank you, this was fair of you. Our IT found a forwarding rule in my own mailbox which I never made; it copied everything with the word "invoice" to somebody since August. It is removed, and I am ashamed.

Bastian Roth""",
)
theme.new(
    "fraud-12",
    "loic",
    "everyone",
    "2024-10-16 09:00",
    "Fraude au virement : ce qui vient de nous arriver",
    """
Bonjour à tous,

Lundi, un escroc a failli nous prendre 23 072 €. Ce qui nous a sauvés : Thomas a décroché son téléphone. Trois réflexes :

- un changement d'IBAN se vérifie toujours par un appel au numéro connu ;
- lisez l'adresse lettre à lettre, « vv » n'est pas « w » ;
- l'urgence et le secret sont des signaux d'alarme, pas des arguments.

In English: call before you pay, read the domain twice, distrust hurry and secrecy.

Loïc""",
)
theme.answer(
    "fraud-13", "fraud-12", "hannah", "2024-10-16 08:20", "Drinks for Thomas are on Dover.", to="loic", cc="everyone"
)
theme.new(
    "fraud-14",
    "thomas",
    "solene",
    "2024-12-18 18:02",
    "Clôture : écritures à valider",
    """
Solène,

Avant la clôture, trois écritures à valider : l'indemnité Delcourt (24 200 €), la provision Kühlwerk (23 417,60 €) et la contrepartie de non-concurrence de Julien, que Claire me demande de suspendre.

Thomas""",
    cc="claire",
    files=(
        xlsx(
            "ecritures-cloture-2024.xlsx",
            (
                ("Compte", "Libellé", "Débit", "Crédit"),
                ("6718", "Indemnité Delcourt", 24200, 0),
                ("1511", "Provision litige Kühlwerk", 0, 23417.6),
                ("6414", "Contrepartie non-concurrence", 4150, 0),
            ),
        ),
    ),
)
LETTERS = theme.letters
