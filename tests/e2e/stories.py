"""What four people and an employee do with the demonstration, in French, from sign-in to result.

Each story takes `seat` (opens a window signed in as a role), and `show` (called with a name wherever a picture is worth
taking), and returns what a test asks about. A story may run once on an archive: what it destroys is gone.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.browsing import Visit
from tests.e2e.product import ROOT

Seat = Callable[[str], AbstractContextManager[Visit]]
Show = Callable[[Visit, str], None]
WAIT_SECONDS = 90  # a worker's turn, on a machine that has other work
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Told:
    """What came of a story."""

    facts: dict[str, object] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def leave(self, at: Visit) -> None:
        """Keep what the browser complained about, but for pages that are not there on purpose."""
        self.complaints += [text for text in at.complaints if "404" not in text]


def found(at: Visit, query: str) -> int:
    """Return how many messages a search shows."""
    at.go("/")
    at.page.fill("#q", query)
    at.page.press("#q", "Enter")
    at.page.wait_for_url("**q=*")
    return at.page.locator(".result").count()


def again_until(at: Visit, selector: str) -> None:
    """Load the page again until a worker has done its part."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not at.page.locator(selector).count():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{selector} did not appear on {at.page.url}")
        time.sleep(0.5)
        at.page.reload()


def press(at: Visit, name: str) -> None:
    """Press the button or follow the link of this name, and wait for the page it leads to."""
    at.page.locator("main").get_by_role("button", name=name).or_(
        at.page.locator("main").get_by_role("link", name=name)
    ).first.click()
    at.page.wait_for_load_state("load")


def approve(at: Visit, title: str, reason: str) -> None:
    """Agree to what somebody else asked for."""
    at.go("/approvals/")
    press(at, title)
    at.page.fill("#reason", reason)
    press(at, "Approuver")


def expiry(seat: Seat, show: Show) -> Told:
    """The compliance officer lets expire what is due; counsel approves; it is destroyed and certified."""
    told = Told()
    with seat("compliance") as at:
        told.facts["found before"] = found(at, '"Undelivered Mail Returned to Sender"')
        at.go("/retention/")
        show(at, "retention")
        at.go("/retention/due/")
        show(at, "due")
        at.page.fill("[name=reason]", "Avis techniques de plus de douze mois")
        press(at, "Proposer les 2 messages")
        list_address = at.page.url.removeprefix(at.base)
        press(at, "Demander l’approbation")
        show(at, "list")
        told.leave(at)
    with seat("legal") as at:
        at.go("/approvals/")
        show(at, "approvals")
        press(at, "Détruire 2 messages échus")
        show(at, "approval")
        at.page.fill("#reason", "Vu : notifications automatiques")
        press(at, "Approuver")
        told.leave(at)
    with seat("compliance") as at:
        at.go(list_address)
        at.page.fill("#confirmation", "2")
        press(at, "Détruire ces messages")
        again_until(at, "a[href$=certificate]")
        show(at, "destroyed")
        at.page.click("a[href$=certificate]")
        again_until(at, "pre.source")  # the proof: its entry in the evidence log takes some seconds
        show(at, "certificate")
        told.facts["certificate"] = at.page.locator("main").inner_text()
        at.go("/retention/rules/fr-prospect/change")
        at.page.locator("form:has([value=end]) [name=reason]").fill("Plus de prospection")
        at.page.click("form:has([value=end]) button")
        at.page.wait_for_url("**/retention/changes/**")
        show(at, "rule-change")
        told.facts["found after"] = found(at, '"Undelivered Mail Returned to Sender"')
        told.leave(at)
    return told


def case(seat: Seat, show: Show) -> Told:
    """The lawyer opens a case, has a mailbox opened to it, holds, exports, and the other side checks the export."""
    told = Told()
    with seat("legal") as at:
        at.go("/matters/")
        show(at, "matters")
        at.go("/matters/new")
        at.page.fill("#reference", "MF-218")
        at.page.fill("#name", "Chaiseries Delcourt : marchandise mouillée")
        press(at, "Ouvrir le dossier maintenant")
        matter = at.page.url.removeprefix(at.base)
        at.page.locator("summary", has_text="Demander un dépositaire").click()
        at.page.fill("#address", "yannick.prigent@meridian-freight.example")
        at.page.fill("#custodian-name", "Yannick Prigent")
        at.page.fill("#custodian-reason", "A demandé une bâche neuve en mars")
        press(at, "Demander ce dépositaire")
        told.leave(at)
    with seat("compliance") as at:
        approve(at, "MF-218", "Limité au chef de quai")
        told.leave(at)
    with seat("legal") as at:
        at.go(matter)
        press(at, "Ouvrir maintenant cette messagerie au dossier")
        press(at, "Poser un gel")
        at.page.check("[name=kind][value=query]")
        at.page.fill("#query", "bâche OR toit OR MF-218")
        at.page.fill("#name", "La bâche de la MF-218")
        at.page.fill("#reason", "Litige en vue")
        press(at, "Compter ce qu’il couvre, avant de le poser")
        show(at, "hold-preview")
        press(at, "Poser le gel maintenant")
        told.facts["hold"] = at.page.locator("main").inner_text()
        at.go(f"/?matter={UUID.search(matter)[0]}&q=bâche")
        show(at, "matter-search")
        press(at, "Exporter ces résultats")
        at.page.fill("#name", "La bâche")
        at.page.fill("#purpose", "Réclamation Delcourt")
        press(at, "Faire l’export")
        again_until(at, "a[download]")
        show(at, "export")
        told.facts["verified"] = _verified(at)
        at.go(matter)
        show(at, "matter")
        told.leave(at)
    return told


def _verified(at: Visit) -> str:
    """Fetch the bundle and check it with the core alone, as the other side would; return what the check says."""
    digest = at.page.locator(".copy code").first.inner_text().strip()
    with tempfile.TemporaryDirectory() as folder, at.page.expect_download() as waiting:
        at.page.click("a[download]")
        bundle = Path(folder) / "bundle.zip"
        waiting.value.save_as(bundle)
        command = [sys.executable, "-m", "muniment.verify", str(bundle), "--digest", digest]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return f"{done.returncode} {done.stdout}{done.stderr}"


def erasure(seat: Seat, show: Show) -> Told:
    """The data-protection officer decides about a person's mail and erases it with proof."""
    told = Told()
    with seat("dpo") as at:
        at.go("/personal-data/")
        show(at, "personal-data")
        told.facts["cards before"] = found(at, "pii:card")
        at.go("/requests/")
        show(at, "requests")
        at.page.locator("tr", has_text="Aurélie Sauvage").get_by_role("link").click()
        show(at, "request")
        request = at.page.url.removeprefix(at.base)
        at.go(f"{request}messages")
        show(at, "located")
        for concern in ("sender", "recipient"):
            _decide(at, concern, "erase", "Plus nécessaire depuis la livraison, consentement retiré")
        _decide(at, "mentioned", "restrict", "Gelé pour l’enquête : à revoir à la levée")
        press(at, "Vers le contrôle juridique")
        press(at, "Figer la liste")
        at.page.fill("#approval-reason", "Demande d’effacement fondée")
        press(at, "Demander l’approbation")
        told.leave(at)
    with seat("compliance") as at:
        at.go("/approvals/")
        press(at, "Effacer 7 messages")
        show(at, "erasure-approval")
        page = at.page.url
        press(at, "La page concernée")
        show(at, "erasure-list")
        at.page.goto(page)
        at.page.fill("#reason", "Conforme au registre")
        press(at, "Approuver")
        told.leave(at)
    with seat("dpo") as at:
        at.go(request)
        press(at, "Exécuter l’effacement")
        show(at, "carry-out")
        at.page.fill("#confirmation", "7")
        at.page.click("button.destroy")
        again_until(at, "button[value=close]")
        show(at, "erased")
        at.go(f"{request}certificate")
        show(at, "erasure-certificate")
        told.facts["certificate"] = at.page.locator("main").inner_text()
        told.facts["cards after"] = found(at, "pii:card")
        told.leave(at)
    with seat("compliance") as at:
        told.facts["left for others"] = found(at, "participant:aurelie.sauvage@example.org")
        told.leave(at)
    return told


def _decide(at: Visit, concern: str, choice: str, reason: str) -> None:
    at.page.select_option("#about", concern)
    at.page.select_option("#choice", choice)
    at.page.fill("#decision-reason", reason)
    at.page.click("main form button.primary")
    at.page.wait_for_load_state("load")


def control(seat: Seat, show: Show) -> Told:
    """The auditor reads who did what, has the chain checked, and gets no mail that is not his."""
    told = Told()
    with seat("compliance") as at:
        found(at, "clémence")
        hidden = at.page.locator(".result .subject").first.get_attribute("href")
        told.leave(at)
    with seat("auditor") as at:
        at.go("/audit/")
        press(at, "Vérifier toute la chaîne maintenant")
        show(at, "audit")
        told.facts["chain"] = at.page.locator(".notice-good").count()
        told.facts["acts"] = at.page.locator("main").inner_text()
        told.facts["found"] = found(at, "clémence")
        show(at, "audit-search")
        told.facts["by id"] = _status(at, hidden)
        at.go("/matters/")
        at.page.locator("main").get_by_role("link", name="KT-2024-117").first.click()
        told.facts["matter"] = at.page.locator("main").inner_text()
        told.leave(at)
    return told


def employee(seat: Seat, show: Show) -> Told:
    """The employee finds her own mail and nothing of her colleagues."""
    told = Told()
    with seat("compliance") as at:
        found(at, "clémence")
        hidden = at.page.locator(".result .subject").first.get_attribute("href")
        told.leave(at)
    with seat("employee") as at:
        told.facts["own"] = found(at, "from:hannah.whitlock@meridian-freight.example")
        show(at, "employee")
        told.facts["colleagues'"] = found(at, "clémence")
        told.facts["page"] = at.page.locator("main").inner_text()
        show(at, "employee-nothing")
        told.facts["statuses"] = {
            address: _status(at, address)
            for address in (hidden, "/matters/", "/retention/", "/requests/", "/audit/", "/personal-data/", "/exports/")
        }
        told.leave(at)
    return told


def _status(at: Visit, address: str | None) -> int:
    answer = at.page.goto(f"{at.base}{address}")
    return answer.status if answer else 0
