"""The filing 申请: owned by the place of intake. Its revisions are frozen; a trigger refuses every change of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.cases.rules.lifecycle.case import CloseReason
from tongban.cases.rules.lifecycle.filing import FilingFacts, Status
from tongban.cases.rules.modes import IDENTITY_METHODS, Channel, Mode

from .pinned import PinnedItem
from .words import iff, known, rule

_UNSENT = Q(status__in=["draft", "discarded"])


class Filing(PinnedItem):
    """What an applicant asks for, from draft to conclusion. ``version`` is for compare-and-set."""

    id = models.UUIDField(primary_key=True)
    number = models.TextField(null=True, unique=True, help_text="办件编号 the applicant keeps; null while a draft")
    official_number = models.TextField(null=True, help_text="国家统一办件编号, if an authority gives one")
    status = models.TextField()
    version = models.PositiveIntegerField(default=1)
    mode = models.TextField(help_text="办理方式")
    channel = models.TextField(help_text="self: 本人; window: 窗口代收")
    applicant_ref = models.TextField(null=True, help_text="the person's reference; null if a window filed for them")
    started_by = models.TextField(help_text="reference of the actor")
    applicant_sealed = models.BinaryField(help_text="name, id_number, mobile")
    id_number_index = models.TextField(help_text="blind index of the identity number")
    intake_region = models.CharField(max_length=6, help_text="收件地")
    anchor_region = models.CharField(max_length=6, help_text="the place that makes an authority competent")
    releasing_region = models.CharField(max_length=6, null=True, help_text="转出地")
    competent_node = models.TextField(help_text="业务属地 node")
    competent_region = models.CharField(max_length=6, help_text="region of the authority that decides")
    window = models.TextField(null=True, help_text="窗口")
    draft_sealed = models.BinaryField(null=True, help_text="answers while a draft")
    revision = models.PositiveSmallIntegerField(default=0, help_text="last frozen revision; 0: none yet")
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    status_since = models.DateTimeField(help_text="when the status began")
    delivered_at = models.DateTimeField(null=True, help_text="送达")
    delivery_method = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)
    close_reason = models.TextField(null=True)
    decline_reason = models.TextField(null=True)

    class Meta:
        constraints = [
            rule("filing_status_known", "a filing has a known status", known("status", Status)),
            rule("filing_mode_known", "a filing has a known mode", known("mode", Mode)),
            rule(
                "filing_window_iff_proxy",
                "a window files in proxy mode, and only there",
                known("channel", Channel) & iff(Q(channel="window"), Q(mode="proxy")),
            ),
            rule(
                "filing_draft_has_no_number",
                "a draft has no number, no revision and no day of submission; anything sent has all three",
                (_UNSENT & Q(number__isnull=True, revision=0, submitted_at__isnull=True))
                | (~_UNSENT & Q(number__isnull=False, revision__gte=1, submitted_at__isnull=False)),
            ),
            rule(
                "filing_draft_answers_only_in_draft",
                "loose answers exist in a draft only; afterwards there are frozen revisions",
                Q(status="draft") | Q(draft_sealed__isnull=True),
            ),
            rule(
                "filing_concluded_has_reason",
                "a concluded filing says why, and only a concluded one",
                iff(Q(status="concluded"), Q(close_reason__isnull=False))
                & (Q(close_reason__isnull=True) | known("close_reason", CloseReason)),
            ),
            rule(
                "filing_declined_has_reason",
                "a declined filing says why, and only a declined one",
                iff(Q(status="declined"), Q(decline_reason__isnull=False)),
            ),
            rule(
                "filing_joint_cannot_be_withdrawn",
                "a joint filing cannot be withdrawn",
                ~Q(mode="joint", status="withdrawal_requested"),
            ),
            rule(
                "filing_joint_has_releasing_region",
                "a joint filing names the releasing place",
                ~Q(mode="joint") | Q(releasing_region__isnull=False),
            ),
            rule(
                "filing_delivered_has_method",
                "a delivered result has an instant and a method: a window hands over, else it is electronic",
                Q(delivered_at__isnull=True, delivery_method__isnull=True)
                | (
                    Q(delivered_at__isnull=False, delivery_method__isnull=False)
                    & (Q(delivery_method="window", channel="window") | Q(delivery_method="electronic", channel="self"))
                ),
            ),
            rule(
                "filing_has_applicant",
                "a person files in their own name; at a window the clerk is the one who started it",
                Q(channel="window") | Q(applicant_ref__isnull=False),
            ),
            rule("filing_version_from_one", "versions count from one", Q(version__gte=1)),
        ]
        indexes = [
            models.Index(fields=["applicant_ref", "-started_at"], name="filing_of_person"),
            models.Index(fields=["id_number_index"], name="filing_by_id_number"),
            models.Index(
                fields=["intake_region", "started_at"], name="filing_at_window", condition=Q(channel="window")
            ),
        ]

    def facts(
        self,
        *,
        owner: str,
        checks: FilingChecks | None = None,
        open_round: int | None = None,
        case_known: bool = False,
        outcome: str | None = None,
    ) -> FilingFacts:
        """The row and what its mirror says, frozen for the rules."""
        return FilingFacts(
            filing_id=self.id,
            owner=owner,
            status=Status(self.status),
            mode=self.mode,
            channel=self.channel,
            applicant=self.applicant_ref,
            intake_region=self.intake_region,
            window=self.window,
            checks_recorded=checks is not None,
            checks_failed=tuple(sorted(k for k, ok in checks.formal.items() if not ok)) if checks else (),
            open_round=open_round,
            case_known=case_known,
            outcome=outcome,
            delivered=self.delivered_at is not None,
        )


class FilingRevision(models.Model):
    """What the applicant said, once and for all. Complete, never a difference to the one before."""

    id = models.UUIDField(primary_key=True)
    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    content_sealed = models.BinaryField(
        null=True, help_text="applicant, answers, point_answers, filenames, salt; null once erased"
    )
    content_digest = models.TextField(help_text="sha-256 over salt and content")
    attachments = models.JSONField(default=list, help_text="key, digest, media_type, size")
    answers_round = models.PositiveSmallIntegerField(null=True, help_text="the correction round it answers")
    frozen_at = models.DateTimeField()
    frozen_by = models.TextField(help_text="reference of the actor")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "number"], name="revision_number_once"),
            rule(
                "revision_first_answers_nothing",
                "the first revision answers no correction, every later one answers one",
                (Q(number=1) & Q(answers_round__isnull=True)) | (Q(number__gt=1) & Q(answers_round__isnull=False)),
            ),
            rule(
                "revision_digest_shape",
                "a content digest is sha-256:<hex>",
                Q(content_digest__regex=r"^sha-256:[0-9a-f]{64}$"),
            ),
        ]


class FilingChecks(models.Model):
    """形式审查 and 身份核验 at the window (R-081): the last recording before sending. Never a decision."""

    filing = models.OneToOneField(Filing, on_delete=models.PROTECT, primary_key=True, related_name="checks")
    formal = models.JSONField(help_text="material key → in order")
    identity_method = models.TextField(help_text="how the person was identified")
    window = models.TextField(null=True)
    checked_at = models.DateTimeField()
    checked_by = models.TextField(help_text="reference of the clerk")

    class Meta:
        constraints = [
            rule(
                "checks_are_both_recorded",
                "the identity check names its method",
                known("identity_method", IDENTITY_METHODS),
            ),
        ]
