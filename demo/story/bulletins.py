"""Newsletters and notices that machines send. Each issue has its own news."""

from demo.letters import Theme

_AUTO = (("Auto-Submitted", "auto-generated"),)


def _page(title: str, items: tuple[tuple[str, str], ...], foot: str, pixel: str) -> str:
    """Return the HTML of an issue: tables, inline styles, a remote picture that counts readers."""
    rows = "".join(
        f'<tr><td style="padding:8px 16px;border-top:1px solid #d5dde5"><h2 style="font:bold 16px Georgia">{head}</h2><p>{text}</p></td></tr>\n'
        for head, text in items
    )
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title><style>body{{background:#eef2f5}} h1{{color:#17405e}}</style></head><body>\n"
        f'<table width="600" align="center" bgcolor="#ffffff"><tr><td style="padding:16px"><h1>{title}</h1></td></tr>\n{rows}'
        f'<tr><td style="font-size:11px;color:#666;padding:16px">{foot}</td></tr></table>\n'
        f'<img src="https://{pixel}/open.gif?r=4711" width="1" height="1" alt="">\n</body></html>\n'
    )


TIDE = (
    (
        "2024-02-28 06:00",
        "Tide & Tariff: February freight notes",
        (
            (
                "Channel rates hold their breath",
                "Spot prices between Kent and Pas-de-Calais moved by less than one per cent in four weeks, the calmest February since we began to count.",
            ),
            (
                "Reefer drivers wanted",
                "Hauliers with chilled trailers report eleven vacancies for every hundred seats.",
            ),
        ),
    ),
    (
        "2024-04-30 06:00",
        "Tide & Tariff: after the strike",
        (
            (
                "Two days, nine hundred trailers",
                "The ferry strike of 23 and 24 April left some nine hundred trailers waiting. Chilled goods moved to the tunnel at up to three times the fare.",
            ),
            (
                "Who pays?",
                "Read your conditions: most carriers exclude strikes, few exclude what they could have foreseen.",
            ),
        ),
    ),
    (
        "2024-06-26 06:00",
        "Tide & Tariff: summer fruit, summer trouble",
        (
            (
                "Berries want data",
                "Retailers now ask for a temperature record every five minutes. Makers of loggers cannot keep up with orders.",
            ),
            (
                "Curtain sides under scrutiny",
                "Insurers saw a third more wet-cargo claims this spring; old roof sheets are the usual cause.",
            ),
        ),
    ),
    (
        "2024-08-28 06:00",
        "Tide & Tariff: a bunker surcharge for September",
        (
            (
                "Ferry operators add two per cent",
                "The fuel surcharge rises by about two per cent of the fare on 1 September.",
            ),
            (
                "And hauliers add more",
                "Our readers report offers up to nineteen per cent higher. Coincidence is a wonderful thing.",
            ),
        ),
    ),
    (
        "2024-11-27 06:00",
        "Tide & Tariff: regulators visit the coast",
        (
            (
                "Unannounced inspections",
                "Competition officials have called on hauliers on both sides of the Channel. Nobody has been charged with anything.",
            ),
            ("Keep your diaries", "Counsel advise not to tidy up desks this month."),
        ),
    ),
    (
        "2025-02-26 06:00",
        "Tide & Tariff: the winter in figures",
        (
            ("Gales cost nine days", "Dover closed to high-sided vehicles on nine days, twice the average."),
            ("Rates", "Spot prices fell by eleven per cent in January as soon as three small carriers broke ranks."),
        ),
    ),
)
GAZETTE = (
    (
        "2024-03-12 07:30",
        "La Gazette du Fret n° 311 : le froid sous surveillance",
        (
            (
                "Enregistreurs : la fin du papier",
                "Les assureurs exigent désormais l'enregistrement continu des températures pour les produits surgelés.",
            ),
            (
                "Étalonnage",
                "Un certificat par lot, daté d'avant la livraison : la règle est simple, et rarement suivie.",
            ),
        ),
    ),
    (
        "2024-05-14 07:30",
        "La Gazette du Fret n° 313 : bâches et responsabilités",
        (
            (
                "CMR : quand le plafond saute",
                "La Cour de cassation rappelle que le transporteur qui connaît le défaut de son matériel perd le bénéfice du plafond d'indemnité.",
            ),
            ("Métiers", "Portrait d'une affréteuse de vingt-quatre ans, à Nantes."),
        ),
    ),
    (
        "2024-09-17 07:30",
        "La Gazette du Fret n° 317 : les prix grimpent",
        (
            (
                "Transmanche : +19 %",
                "Trois transporteurs ont relevé leurs tarifs en quinze jours, avec le même motif. Les chargeurs s'étonnent.",
            ),
            ("Agenda", "Journées du froid, à Rennes, les 8 et 9 octobre."),
        ),
    ),
    (
        "2024-11-19 07:30",
        "La Gazette du Fret n° 319 : fraude au virement",
        (
            (
                "Le faux fournisseur",
                "Un transporteur nantais raconte comment un appel téléphonique lui a épargné une perte de 23 000 euros.",
            ),
            ("Droit", "Clause de non-concurrence : la contrepartie doit être versée, même pour un départ volontaire."),
        ),
    ),
    (
        "2025-01-21 07:30",
        "La Gazette du Fret n° 321 : données personnelles",
        (
            (
                "Effacer sans perdre la preuve",
                "Conserver pour un procès et effacer sur demande : deux devoirs que l'on croit contraires.",
            ),
            ("Chiffres", "Les plaintes adressées à la CNIL ont augmenté d'un cinquième en un an."),
        ),
    ),
)
CROSSINGS = (
    ("2024-03-06 03:10", "MF-204", "Calais", "48 palettes de conserves", "à l'heure"),
    ("2024-04-25 02:55", "MF-211", "Ouistreham", "huîtres et bulots", "retard de 41 h (grève)"),
    ("2024-05-16 04:20", "MF-218", "Calais", "312 chaises", "à l'heure, réserve du chauffeur : traces d'eau"),
    (
        "2024-07-18 03:40",
        "MF-230",
        "Caen",
        "fraises, lot enregistreur 4036",
        "à l'heure, consigne +2 °C, relevé -1,8 °C",
    ),
    (
        "2024-08-09 03:05",
        "MF-230",
        "Calais",
        "framboises, lot enregistreur 4036",
        "à l'heure, consigne +2 °C, relevé -2,1 °C",
    ),
    ("2024-10-30 04:02", "MF-204", "Calais", "cent chaises bistrot", "à l'heure, toit contrôlé"),
    ("2025-01-29 22:15", "MF-211", "Calais", "endives", "retard de 14 h (tempête)"),
    ("2025-03-05 03:33", "MF-230", "Ouistreham", "primeurs, enregistreur 5102", "à l'heure, relevé conforme"),
)

theme = Theme()
for when, subject, items in TIDE:
    number = f"bulletin-tide-{when[:7]}"
    plain = (
        "\n\n".join(f"{head.upper()}\n{text}" for head, text in items)
        + "\n\nYou get this letter because you met us at a fair. Unsubscribe: https://tide-and-tariff.example/leave"
    )
    page = _page(
        subject,
        items,
        'You get this letter because you met us at a fair. <a href="https://tide-and-tariff.example/leave">Unsubscribe</a>',
        "count.tide-and-tariff.example",
    )
    theme.new(
        number,
        "tide",
        "hannah",
        when,
        subject,
        plain,
        html=page,
        headers=(("List-Unsubscribe", "<https://tide-and-tariff.example/leave>"), ("Precedence", "bulk")),
    )
for when, subject, items in GAZETTE:
    number = f"bulletin-gazette-{when[:7]}"
    plain = (
        "\n\n".join(f"{head}\n{text}" for head, text in items)
        + "\n\nSe désabonner : https://gazette-du-fret.example/adieu"
    )
    page = _page(
        subject,
        items,
        'Se désabonner : <a href="https://gazette-du-fret.example/adieu">ici</a>',
        "stats.gazette-du-fret.example",
    )
    theme.new(
        number,
        "gazette",
        "claire",
        when,
        subject,
        plain,
        html=page,
        headers=(("List-Id", "La Gazette du Fret <lettre.gazette-du-fret.example>"), ("Precedence", "bulk")),
    )
for when, trailer, port, load, remark in CROSSINGS:
    theme.new(
        f"bulletin-crossing-{when[:10]}",
        "robot",
        "dock",
        when,
        f"Traversée {trailer} : arrivée à Douvres",
        f"Semi-remorque : {trailer}\nPort de départ : {port}\nChargement : {load}\nÉtat : {remark}\n\nMessage automatique, ne pas répondre.",
        listed="dock",
        headers=_AUTO,
    )
for when, amount, label in (
    ("2024-06-12 18:00", "24 200,00", "SIN-2024-05"),
    ("2024-07-31 18:00", "20 435,20", "KT 24-0611"),
    ("2025-03-24 18:00", "17 500,00", "KT transaction, crédit"),
):
    theme.new(
        f"bulletin-bank-{when[:10]}",
        "bank",
        "accounts",
        when,
        f"Avis d'opération {label}",
        f"Bonjour,\n\nUne opération de {amount} € a été enregistrée sur votre compte se terminant par 2606.\nRéférence : {label}\n\nNous ne vous demanderons jamais votre code par courriel.\n\nBanque de l'Estuaire",
        headers=_AUTO,
    )
LETTERS = theme.letters
