"""What each role does in its first five minutes: the steps of the guided page."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import Role

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: where, what it shows, and what there is to see of it in the demonstration."""

    do: Text
    shows: Text
    page: str  # the name of its address
    link: Text
    demo: Text = ""
    query: str = ""  # what is searched for, in the demonstration only

    @property
    def address(self) -> str:
        return reverse(self.page)

    @property
    def demo_address(self) -> str:
        return f"{reverse('search')}?{urlencode({'q': self.query})}" if self.query else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """The steps of one role."""

    role: Role
    aim: Text
    steps: tuple[Step, ...]

    @property
    def title(self) -> Text:
        return self.role.label


WALKS: Final = (
    Walk(
        role=Role.COMPLIANCE,
        aim=_("Let expire what is due, and nothing else, with a second person and a certificate."),
        steps=(
            Step(
                do=_("See what has outlived its rule."),
                shows=_("Each message with the rule that let it go and the day. What is held is not among them."),
                page="retention-due",
                link=_("What is due"),
                demo=_("Technical notices are due. The press bulletins are too, and are on a list already."),
            ),
            Step(
                do=_("Choose, say why, and propose."),
                shows=_("A frozen list with its digest. Nothing is destroyed before somebody else has approved it."),
                page="retention-disposals",
                link=_("Destructions"),
                demo=_("The list of press bulletins waits for counsel: sign in as Gaspard Thiriet to approve it."),
            ),
            Step(
                do=_("Once it is approved, destroy and open the certificate."),
                shows=_("What was destroyed, under which rules, who agreed, and the proof in the evidence log."),
                page="retention-disposals",
                link=_("Destructions"),
            ),
            Step(
                do=_("Open any message and its page “Retention”."),
                shows=_("Why it is still here and until when, in words: its rule, the law behind it, its holds."),
                page="search",
                link=_("Search"),
                demo=_("The oyster letters are held for an investigation, whatever their rule says."),
                query="huîtres OR oysters",
            ),
            Step(
                do=_("Answer what others ask of you."),
                shows=_("Each request says what it will do, who asks and why, before you agree or refuse."),
                page="approvals",
                link=_("Approvals"),
                demo=_("Counsel asks to open the mail of Yannick Prigent, the dock foreman."),
            ),
        ),
    ),
    Walk(
        role=Role.LEGAL,
        aim=_("Open a case, keep its mail, find the documents and hand them over so that they prove themselves."),
        steps=(
            Step(
                do=_("Open a matter, or a new one."),
                shows=_("Members, the people whose mail it is about, holds, shared searches, exports, history."),
                page="matters",
                link=_("Matters"),
                demo=_("Two are open: Kühlwerk’s loggers, and “the oysters”. Counsel sees their mail and no other."),
            ),
            Step(
                do=_("Ask for a custodian."),
                shows=_("Mail of another person is opened by two people, never by one."),
                page="approvals",
                link=_("Approvals"),
            ),
            Step(
                do=_("Place a hold: on people, on a query, or on messages."),
                shows=_("From then on nobody can destroy what it covers. What arrives later and matches is held too."),
                page="matters",
                link=_("Matters"),
                demo=_("Three holds stand, one of each kind."),
            ),
            Step(
                do=_("Search in the matter and export what is found."),
                shows=_("A ZIP with each message as received, its digests and proofs, checked offline by one command."),
                page="exports",
                link=_("Exports"),
                demo=_("An export of the loggers’ matter is ready to be fetched."),
            ),
        ),
    ),
    Walk(
        role=Role.DPO,
        aim=_("Find a person’s data in all mail, decide with reasons, erase with proof, in time."),
        steps=(
            Step(
                do=_("See which personal data the mail holds."),
                shows=_("Counts by kind, time, source and mailbox, and how much was looked through. Never the values."),
                page="personal-data",
                link=_("Personal data"),
            ),
            Step(
                do=_("Search by kind."),
                shows=_("Messages with a card number, a bank account, a social-security number."),
                page="search",
                link=_("Search"),
                demo=_("A customer has sent the number of her card."),
                query="pii:card",
            ),
            Step(
                do=_("Open a request."),
                shows=_("Its deadline, the person’s addresses, the messages located, and what is proposed about each."),
                page="requests",
                link=_("Requests"),
                demo=_(
                    "Aurélie Sauvage asks for erasure: one message is to be erased, an invoice kept, a held one "
                    "restricted, the rest waits for a decision. Denis Morvan asks for access: a few days are left."
                ),
            ),
            Step(
                do=_("Decide about each message, freeze the list and ask for approval."),
                shows=_("Neither what a hold keeps nor what a law keeps can be erased; a second person agrees."),
                page="requests",
                link=_("Requests"),
            ),
            Step(
                do=_("After the days in which it can be stopped, carry it out."),
                shows=_("The certificate, the letter to the person, and a search that finds nothing any more."),
                page="requests",
                link=_("Requests"),
            ),
        ),
    ),
    Walk(
        role=Role.AUDITOR,
        aim=_("Check who did what, and that nobody changed the record, without reading anybody’s mail."),
        steps=(
            Step(
                do=_("Read the audit trail and filter it."),
                shows=_("Every sign-in, search, view, export, hold, approval, destruction and refusal. Never content."),
                page="audit",
                link=_("Audit"),
                demo=_("All that you see in this demonstration was done by its people: here is each act."),
            ),
            Step(
                do=_("Have the chain computed anew."),
                shows=_("Each entry is bound to the one before it: a change, a gap or a cut would be named."),
                page="audit",
                link=_("Audit"),
            ),
            Step(
                do=_("Search for somebody else’s mail."),
                shows=_("Nothing: an auditor sees the mail that was granted, and the attempt is in the audit trail."),
                page="search",
                link=_("Search"),
                demo=_("Thomas Vasseur was granted the suppliers’ invoices, not the letters to counsel."),
                query="clémence",
            ),
            Step(
                do=_("Read rules, destructions and the register of requests."),
                shows=_("What was decided and on which grounds, with certificates; nothing can be changed."),
                page="retention",
                link=_("Retention"),
            ),
        ),
    ),
    Walk(
        role=Role.ADMINISTRATOR,
        aim=_("Keep the system running and say who may see what, and see no mail."),
        steps=(
            Step(
                do=_("Search for anything."),
                shows=_("Nothing is found, whatever was granted: administrators see no mail."),
                page="search",
                link=_("Search"),
            ),
            Step(
                do=_("See how the archive is."),
                shows=_("What is stored, what waits to be searchable, what could not be read and why."),
                page="status",
                link=_("Status"),
            ),
            Step(
                do=_("Read the audit trail."),
                shows=_("Acts and their outcome, without the words that people searched for."),
                page="audit",
                link=_("Audit"),
            ),
        ),
    ),
    Walk(
        role=Role.EMPLOYEE,
        aim=_("Find your own mail again, and nobody else’s."),
        steps=(
            Step(
                do=_("Search your mail."),
                shows=_("Results at once, with the words marked, by sender, time and kind of file."),
                page="search",
                link=_("Search"),
                demo=_("Hannah Okoro married in September 2024: mail of both her addresses is hers."),
                query="from:hannah.whitlock@meridian-freight.example OR from:hannah.okoro@meridian-freight.example",
            ),
            Step(
                do=_("Search for a word that only a colleague wrote."),
                shows=_("No result, no count, no hint: what is not yours is as if it were not there."),
                page="search",
                link=_("Search"),
                demo=_("The general counsel wrote of leniency to the lawyer; Hannah has no part in it."),
                query="clémence",
            ),
            Step(
                do=_("Open a message and its page “Proof”."),
                shows=_("It is opened and compared with its seal while you wait."),
                page="search",
                link=_("Search"),
                query="loggers",
            ),
        ),
    ),
)
