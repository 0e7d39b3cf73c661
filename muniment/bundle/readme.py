"""The README of a bundle: how an expert checks it by hand, in French and English. The same in every bundle."""

from typing import Final

README: Final = """\
EXPORT DE MESSAGES (English below)
==================================

Ce dossier se vérifie sans le logiciel qui l'a fait. Décompressez-le, puis :

1. Les fichiers. Comparez l'empreinte de SHA256SUMS avec celle qui vous a été
   remise à part (lettre, procès-verbal), puis vérifiez tous les fichiers :

       sha256sum SHA256SUMS
       sha256sum -c SHA256SUMS

   Un fichier présent mais absent de SHA256SUMS a été ajouté. Si l'empreinte de
   SHA256SUMS ne vous a pas été remise à part, cette étape ne montre que la
   cohérence du dossier, non son origine.

2. Les messages. messages/NNNNNN.eml contient les octets reçus, inchangés.
   items.jsonl a une ligne par message ; pour chaque observation (« sighting ») :
   SHA-256, MD5, taille, source, date de capture, enveloppe, preuve.

3. Le scellement. « commitment » est le SHA-256 du sel suivi du message :

       (printf '%s' SEL | xxd -r -p; cat messages/000001.eml) | sha256sum

4. Le segment. La feuille est SHA-256(00 || commitment). Pour chaque empreinte de
   « path », dans l'ordre : si la place est impaire, ou la dernière de son niveau,
   SHA-256(01 || empreinte || courante), sinon SHA-256(01 || courante || empreinte) ;
   puis la place est divisée par deux (un dernier nœud sans voisin monte tel quel :
   RFC 9162, section 2.1.3.2). Le résultat doit être « root ».

5. Le journal de preuve, si le dossier a log/checkpoint : l'entrée « log » de la
   preuve est dans le journal signé. La clé log/key vient du dossier lui-même :
   comparez-la avec celle que l'organisation publie.

Avec le logiciel, sans réseau :   python -m muniment.verify DOSSIER.zip

Ce que le dossier ne montre pas : que la recherche a tout trouvé (voir
« coverage » dans manifest.json), ni ce qui manque (exceptions.jsonl dit
pourquoi). MIH (EDRM MIH 1.0) rapproche des copies entre logiciels ; ce n'est
pas une preuve. Les deux valeurs sont calculées avec et sans chevrons.


EXPORT OF MESSAGES
==================

This bundle can be checked without the software that made it. Unpack it, then:

1. The files. Compare the digest of SHA256SUMS with the one that was given to you
   apart from the bundle (a letter, a record), then check every file:

       sha256sum SHA256SUMS
       sha256sum -c SHA256SUMS

   A file that is present but not in SHA256SUMS was added. Where no digest of
   SHA256SUMS was given to you apart, this step shows only that the bundle is
   consistent, not where it comes from.

2. The messages. messages/NNNNNN.eml holds the bytes as received, unchanged.
   items.jsonl has one line for each message; for each sighting: SHA-256, MD5,
   size, source, time of capture, envelope, proof.

3. The seal. "commitment" is the SHA-256 of the salt followed by the message:

       (printf '%s' SALT | xxd -r -p; cat messages/000001.eml) | sha256sum

4. The segment. The leaf is SHA-256(00 || commitment). For each hash of "path", in
   order: if the place is odd, or the last of its level, SHA-256(01 || hash ||
   current), else SHA-256(01 || current || hash); then the place is halved (a last
   node without a neighbour moves up as it is: RFC 9162, section 2.1.3.2). The
   result must be "root".

5. The evidence log, where the bundle has log/checkpoint: the "log" entry of the
   proof is in the signed log. The key log/key comes from the bundle itself:
   compare it with the one that the organisation publishes.

With the software, without a network:   python -m muniment.verify BUNDLE.zip

What the bundle does not show: that the search found everything (see "coverage"
in manifest.json), nor what is not here (exceptions.jsonl says why). MIH (EDRM
MIH 1.0) matches copies across products; it is no proof. Its two values are made
with and without angle brackets.
"""
