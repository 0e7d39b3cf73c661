"""A request: who asks for what, since when, where it is, and how it ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from gdpr.states import State


class Right(models.TextChoices):
    """What is asked for."""

    ACCESS = "access", _("access (Article 15)")
    ERASURE = "erasure", _("erasure (Article 17)")


class Channel(models.TextChoices):
    """How the request came: any way counts."""

    FORM = "form", _("web form")
    EMAIL = "email", _("e-mail")
    PAPER = "paper", _("letter")
    ORAL = "oral", _("by word of mouth")
    EMPLOYEE = "employee", _("through an employee")


class RequestState(models.TextChoices):
    """The words for `gdpr.states.State`."""

    RECEIVED = State.RECEIVED.value, pgettext_lazy("request", "received")
    IDENTITY_AWAITED = State.IDENTITY_AWAITED.value, _("waiting for proof of identity")
    QUALIFIED = State.QUALIFIED.value, pgettext_lazy("request", "qualified")
    CLARIFICATION_AWAITED = State.CLARIFICATION_AWAITED.value, _("waiting for a clarification")
    SCOPING = State.SCOPING.value, _("finding the person")
    SEARCHING = State.SEARCHING.value, _("locating messages")
    REVIEW = State.REVIEW.value, _("under review")
    LEGAL_CHECK = State.LEGAL_CHECK.value, _("legal check")
    APPROVAL = State.APPROVAL.value, _("waiting for approval")
    EXECUTING = State.EXECUTING.value, _("being carried out")
    EXECUTION_FAILED = State.EXECUTION_FAILED.value, _("not carried out whole")
    REPLYING = State.REPLYING.value, _("to be answered")
    REFUSED = State.REFUSED.value, pgettext_lazy("request", "refused")
    WITHDRAWN = State.WITHDRAWN.value, pgettext_lazy("request", "withdrawn")
    CLOSED = State.CLOSED.value, pgettext_lazy("request", "closed")
    REOPENED = State.REOPENED.value, pgettext_lazy("request", "opened again")


class IdentityMethod(models.TextChoices):
    """How it was found out that the person is who they say. The documents themselves are never kept."""

    NONE = "", _("not checked yet")
    CHANNEL = "channel", _("an authenticated channel")
    HELD = "held", _("data that is held already")
    DOCUMENT = "document", _("a document that was seen and not kept")
    MANDATE = "mandate", _("a mandate that was seen")


class RefusalGround(models.TextChoices):
    """Why a request is refused as a whole."""

    NONE = "", ""
    NOT_IDENTIFIED = "not-identified", _("the person could not be identified (Articles 11(2) and 12(2))")
    UNFOUNDED = "unfounded", _("manifestly unfounded (Article 12(5))")
    EXCESSIVE = "excessive", _("excessive (Article 12(5))")
    EXEMPT = "exempt", _("an exemption stands against all of it (Articles 15(4) and 17(3))")


class Outcome(models.TextChoices):
    """How a request ended."""

    NONE = "", ""
    GRANTED = "granted", pgettext_lazy("request", "granted")
    PARTIAL = "partial", _("granted in part")
    REFUSED = "refused", pgettext_lazy("request", "refused")
    NOTHING = "nothing", _("nothing was found")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")


class Calendar(models.TextChoices):
    """Whose public holidays count."""

    FRANCE = "fr", _("France")
    ALSACE_MOSELLE = "fr-am", _("France: Alsace and Moselle")


class RequestNumber(models.Model):
    """The last number that was given in a year; its row is locked while the next is given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Request(models.Model):
    """One request of one data subject."""

    id = models.UUIDField(primary_key=True)  # UUIDv7
    number = models.CharField(max_length=12, unique=True)  # "2026-0007"
    right = models.CharField(max_length=8, choices=Right)
    channel = models.CharField(max_length=8, choices=Channel)
    language = models.CharField(max_length=2, choices=[("en", "English"), ("fr", "Français")])
    person_name = models.CharField(max_length=200)
    received_on = models.DateField()  # at the controller: the clock counts from it
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=22, choices=RequestState, default=RequestState.RECEIVED, db_index=True)
    grounds = models.JSONField(default=list)  # letters of Article 17(1), of an erasure
    calendar = models.CharField(max_length=5, choices=Calendar, default=Calendar.FRANCE)
    pauses_count = models.BooleanField(default=True)  # whether the authority accepts that the clock pauses

    identity_method = models.CharField(max_length=8, choices=IdentityMethod, blank=True, default="")
    identity_at = models.DateTimeField(null=True)
    extension_ground = models.CharField(max_length=10, blank=True)  # request_clock.ExtensionGround
    extension_months = models.PositiveSmallIntegerField(default=0)
    extension_told_on = models.DateField(null=True)
    mentions = models.BooleanField(null=True)  # the proportionality decision: null until it is taken
    mentions_reason = models.TextField(blank=True)
    mentions_at = models.DateTimeField(null=True)

    seal = models.CharField(max_length=64, blank=True)  # hex SHA-256 of the frozen list with its decisions
    sealed_at = models.DateTimeField(null=True)
    disposal_id = models.UUIDField(null=True)
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # of an access
    released_at = models.DateTimeField(null=True)

    refusal_ground = models.CharField(max_length=14, choices=RefusalGround, blank=True, default="")
    refusal_text = models.TextField(blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_on = models.DateField(null=True)  # the clock counts from it, once a closed request was opened again
    forgotten_at = models.DateTimeField(null=True)  # when the person's names and addresses were replaced
    left_files_at = models.DateTimeField(null=True)  # when the files of the database were written anew after that

    class Meta:
        indexes = [models.Index(fields=["state", "received_on"], name="requests_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(extension_months=0, extension_told_on__isnull=True))
                | Q(extension_months__in=(1, 2), extension_told_on__isnull=False),
                name="extension_was_told",
            ),
            models.CheckConstraint(
                condition=Q(mentions__isnull=True) | ~Q(mentions_reason=""), name="proportionality_has_its_reason"
            ),
        ]


class RequestEvent(models.Model):
    """One act on a request. A move has two states; another act has the same one twice."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # null: the system
    act = models.CharField(max_length=24)  # gdpr.services.moving.Act
    from_state = models.CharField(max_length=22, choices=RequestState, blank=True)
    to_state = models.CharField(max_length=22, choices=RequestState)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]


class Question(models.Model):
    """A question whose answer the clock waits for."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=13)  # request_clock.PauseKind
    asked_on = models.DateField()
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(answered_on__isnull=True), name="one_open_question_a_request"
            ),
            models.CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=models.F("asked_on")),
                name="answer_after_its_question",
            ),
        ]
