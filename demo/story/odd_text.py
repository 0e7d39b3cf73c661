"""Messages with odd characters, charsets and header fields, as the mail gateway kept them."""

from demo.writing.raw import Odd, crlf

MESSAGES = (
    Odd(
        "undeclared-latin-1",
        crlf(
            """From: quai3@meridian-freight.example
To: accounts@meridian-freight.example
Subject: Pesee du 4 juin
Date: Tue, 4 Jun 2024 11:02:00 +0200
Message-ID: <pesee-0604@quai3.meridian-freight.example>

Pesée n° 118 : écart de 240 kg à l'entrée, contrôlé à la bascule
du port. Le chauffeur a préféré décharger trois palettes.
""",
            "iso-8859-1",
        ),
    ),
    Odd(
        "declared-utf-8-is-cp1252",
        crlf(
            """From: Gaelle Abgrall <g.abgrall@conserverie-tymor.example>
To: contact@meridian-freight.example
Subject: =?windows-1252?Q?Bo=EEtes_caboss=E9es?=
Date: Fri, 19 Jul 2024 09:40:00 +0200
Message-ID: <tymor-19072024@conserverie-tymor.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour, deux palettes arrivées cabossées – environ 90 boîtes, soit 310 €.
« Rien de grave », dit le client, mais je préfère vous l’écrire.
""",
            "cp1252",
        ),
    ),
    Odd(
        "declared-ascii-is-utf-8",
        crlf(
            """From: Jenny Marsh <jenny@harlow-flowers.example>
To: hannah.whitlock@meridian-freight.example
Subject: Northgate quoted us 1,340
Date: Wed, 21 Aug 2024 15:12:00 +0100
Message-ID: <harlow-0821@harlow-flowers.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 8bit

Hannah, Northgate want £1,340 from September – that’s up from £1,090.
Can you do better? I’d hate to leave you lot. Jenny
""",
            "utf-8",
        ),
    ),
    Odd(
        "iso-2022-jp",
        crlf(
            """From: =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= <yamada@yokohama-lines.example>
To: contact@meridian-freight.example
Subject: =?ISO-2022-JP?B?GyRCQSVAUUZ8RHgbKEI=?=
Date: Mon, 7 Oct 2024 10:15:00 +0900
Message-ID: <20241007.yamada@yokohama-lines.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=ISO-2022-JP
Content-Transfer-Encoding: 7bit

お世話になっております。十月の船積日程をお送りします。
ナント向けの冷凍コンテナは二本です。よろしくお願いします。
山田
""",
            "iso2022_jp",
        ),
    ),
    Odd(
        "gb18030-spam",
        crlf(
            """From: "Warehouse Best Price" <offer@cheap-pallets.example>
To: contact@meridian-freight.example
Subject: =?GB18030?B?y9zBz83QxczTxbvd?=
Date: Sun, 8 Sep 2024 02:11:00 +0800
Message-ID: <0908-77213@cheap-pallets.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=gb18030
Content-Transfer-Encoding: 8bit

尊敬的客户:我们公司提供塑料托盘和木箱,价格优惠,质量保证。
欢迎来电咨询,本月订购享受九折优惠。
""",
            "gb18030",
        ),
    ),
    Odd(
        "utf-7",
        crlf(
            """From: port-notice@harbour-board.example
To: contact@meridian-freight.example
Subject: Notice 44/2024
Date: Thu, 12 Sep 2024 08:00:00 +0000
Message-ID: <notice44@harbour-board.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-7
Content-Transfer-Encoding: 7bit

Quai ferm+AOk- le 14 septembre. Redevance : 35 +IKw- par semi-remorque.
""",
            "ascii",
        ),
    ),
    Odd(
        "encoded-word-split-in-mid-character",
        crlf(
            """From: =?utf-8?B?U29sw6huZSBMZSBHdWVubmVj?= <solene.leguennec@meridian-freight.example>
To: claire.maubert@meridian-freight.example
Subject: =?utf-8?B?UsOpY2FwaXR1bGF0aWYsIMOpdMM=?= =?utf-8?B?qSAyMDI0?=
Date: Mon, 26 Aug 2024 19:03:00 +0200
Message-ID: <recap-ete@meridian-freight.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Claire, peux-tu me faire le récapitulatif de l'été ? Une page, avec les
chiffres du froid. Merci.
""",
            "utf-8",
        ),
    ),
    Odd(
        "eight-bit-headers",
        crlf(
            """From: Erwan Cadoret, Fraises du Sillon <e.cadoret@fraises-du-sillon.example>
To: Hélène à l'affrètement <contact@meridian-freight.example>
Subject: Fraises : température relevée à l'arrivée
Date: Fri, 2 Aug 2024 06:31:00 +0200
Message-ID: <fraises-0802@fraises-du-sillon.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour, votre écran disait moins deux, mon thermomètre disait plus deux et
demi, et les fraises étaient de mon avis. Qui a raison ?
""",
            "utf-8",
        ),
    ),
    Odd(
        "no-date",
        crlf(
            """From: scanner@meridian-freight.example
To: accounts@meridian-freight.example
Subject: Scan 0007
Message-ID: <scan0007@scanner.meridian-freight.example>

Document de 1 page. Le module d'horloge du scanner est en panne.
""",
            "utf-8",
        ),
    ),
    Odd(
        "no-message-id",
        crlf(
            """From: fax@meridian-freight.example
To: contact@meridian-freight.example
Subject: Fax received from 01632 960 290
Date: Tue, 15 Oct 2024 05:12:44 +0100

One page. The Grey Heron asks for delivery before breakfast.
""",
            "utf-8",
        ),
    ),
    Odd(
        "two-subjects",
        crlf(
            """From: planning@meridian-freight.example
To: contact@meridian-freight.example
Subject: Planning semaine 41
Subject: Planning semaine 42 (corrige)
Date: Fri, 4 Oct 2024 17:00:00 +0200
Message-ID: <planning-s42@meridian-freight.example>

Le planning de la semaine 41 est annule et remplace par celui de la 42.
""",
            "ascii",
        ),
    ),
    Odd(
        "date-that-cannot-be",
        crlf(
            """From: gate@harbour-board.example
To: contact@meridian-freight.example
Subject: Gate log
Date: Wed, 31 Feb 2024 25:61:00 +9900
Message-ID: <gate-feb@harbour-board.example>

Trailer MF-204 in at 05:12, out at 05:57.
""",
            "ascii",
        ),
    ),
    Odd(
        "right-to-left-and-emoji",
        crlf(
            """From: Yousef <yousef@tangier-citrus.example>
To: contact@meridian-freight.example
Subject: =?utf-8?B?2LTYrdmG2Kkg2KfZhNio2LHYqtmC2KfZhCDwn42K?=
Date: Mon, 16 Dec 2024 10:20:00 +0100
Message-ID: <citrus-1216@tangier-citrus.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

السلام عليكم، ستصل شحنة البرتقال يوم الخميس إلى نانت.
Oranges on Thursday, 22 pallets 🍊 keep at +4 °C please.
""",
            "utf-8",
        ),
    ),
)
