"""The case 办件: owned by the competent place. With it the filing as it was received, and the correction rounds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tongban.cases.rules.corrections import POINT_CODES
from tongban.cases.rules.lifecycle.case import CaseFacts, CloseReason, Status
from tongban.cases.rules.modes import Channel, Mode
from tongban.cases.rules.reception import Decline

from .clocks import ClockFields
from .pinned import PinnedItem
from .words import iff, known, rule


class FilingCopy(models.Model):
    """One revision of a filing as another node sent it. Kept also when no case was opened."""

    id = models.UUIDField(primary_key=True)
    filing_id = models.UUIDField()
    filing_number = models.TextField()
    revision = models.PositiveSmallIntegerField()
    sender = models.TextField(help_text="收件地 node")
    content_sealed = models.BinaryField(null=True, help_text="what was let to leave; null once erased")
    content_digest = models.TextField()
    attachments = models.JSONField(default=list)
    checks = models.JSONField(null=True, help_text="what the window looked at, in proxy mode")
    answers_round = models.PositiveSmallIntegerField(null=True)
    said_at = models.DateTimeField(help_text="when it was frozen at its owner")
    received_at = models.DateTimeField()
    declined_reason = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing_id", "revision"], name="copy_of_revision_once"),
            rule(
                "copy_declined_for_a_known_reason",
                "what was declined was declined for a reason that its sender can read",
                Q(declined_reason__isnull=True) | known("declined_reason", Decline),
            ),
        ]


class Case(PinnedItem, ClockFields):
    """What the authority does about one filing. Receipt is not acceptance."""

    id = models.UUIDField(primary_key=True)
    filing_id = models.UUIDField()
    filing_number = models.TextField()
    official_number = models.TextField(null=True, help_text="办件编号 of the department's own system")
    status = models.TextField()
    version = models.PositiveIntegerField(default=1)
    mode = models.TextField()
    channel = models.TextField()
    intake_node = models.TextField()
    intake_region = models.CharField(max_length=6)
    anchor_region = models.CharField(max_length=6)
    releasing_region = models.CharField(max_length=6, null=True)
    region = models.CharField(max_length=6, help_text="region of the authority that accepts and decides")
    authority = models.TextField(null=True, help_text="受理机关")
    department = models.TextField(null=True)
    applicant_sealed = models.BinaryField()
    id_number_index = models.TextField()
    revision = models.PositiveSmallIntegerField(help_text="the revision being reviewed")
    rounds = models.PositiveSmallIntegerField(default=0, help_text="correction rounds so far")
    correction_from = models.TextField(null=True, help_text="status an open correction returns to")
    received_at = models.DateTimeField()
    accepted_on = models.DateField(null=True)
    deemed = models.BooleanField(default=False, help_text="视为受理")
    plan = models.JSONField(null=True, help_text="joint: steps with their node and region")
    outcome = models.TextField(null=True)
    reasons = models.JSONField(default=list, help_text="reason codes of denying or not accepting")
    result_sealed = models.BinaryField(null=True, help_text="result or wording of the reasons")
    decided_on = models.DateField(null=True)
    delivery_method = models.TextField(null=True)
    delivered_at = models.DateTimeField(null=True)
    withdrawal_heard_position = models.PositiveIntegerField(
        null=True, help_text="chain position of the last wish to withdraw that was answered"
    )
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing_id"], name="case_per_filing"),
            rule("case_status_known", "a case has a known status", known("status", Status)),
            rule("case_mode_known", "a case has a known mode", known("mode", Mode)),
            rule(
                "case_window_iff_proxy",
                "a case came through a window in proxy mode, and only there",
                known("channel", Channel) & iff(Q(channel="window"), Q(mode="proxy")),
            ),
            rule(
                "case_correction_open_iff_status",
                "a case waits for a correction exactly while it remembers where to return",
                iff(Q(status="correction"), Q(correction_from__isnull=False))
                & (Q(correction_from__isnull=True) | Q(correction_from__in=["received", "accepted"])),
            ),
            rule(
                "case_correction_has_round",
                "a case in correction has had a round",
                ~Q(status="correction") | Q(rounds__gte=1),
            ),
            rule(
                "case_received_has_tell_due",
                "the tell-once clock runs exactly while a case is received",
                iff(Q(status="received"), Q(tell_due_on__isnull=False))
                & iff(Q(tell_due_on__isnull=True), Q(tell_running_since__isnull=True)),
            ),
            rule(
                "case_accepted_has_due",
                "the handling clock runs exactly while a case is accepted",
                iff(Q(status="accepted"), Q(work_due_on__isnull=False))
                & iff(Q(work_due_on__isnull=True), Q(work_running_since__isnull=True)),
            ),
            rule(
                "case_accepted_has_date",
                "what is accepted or decided has a day of acceptance",
                ~Q(status__in=["accepted", "granted", "denied", "delivered"]) | Q(accepted_on__isnull=False),
            ),
            rule(
                "case_due_names_its_calendar",
                "a due date names the calendar it was computed from",
                iff(
                    Q(tell_due_on__isnull=False) | Q(work_due_on__isnull=False),
                    Q(due_calendar__isnull=False),
                ),
            ),
            rule(
                "case_deemed_is_accepted",
                "what is deemed accepted is accepted",
                Q(deemed=False) | Q(accepted_on__isnull=False),
            ),
            rule(
                "case_decided_has_outcome",
                "granted and denied say so, delivered and completed keep it, nothing else has an outcome",
                iff(
                    Q(status__in=["granted", "denied", "delivered"])
                    | Q(status="closed", close_reason__isnull=False, close_reason="completed"),
                    Q(outcome__isnull=False),
                )
                & (Q(outcome__isnull=True) | Q(outcome__in=["granted", "denied"]))
                & (~Q(status__in=["granted", "denied"]) | Q(outcome=models.F("status"))),
            ),
            rule(
                "case_decided_has_date",
                "an outcome has its day",
                Q(outcome__isnull=True) | Q(decided_on__isnull=False),
            ),
            rule(
                "case_refusal_has_reasons",
                "denying and not accepting need reasons (行政许可法 §38, §32)",
                ~(Q(outcome="denied") | Q(status="not_accepted")) | ~Q(reasons=[]),
            ),
            rule(
                "case_closed_has_reason",
                "a closed case says why, and only a closed one",
                iff(Q(status="closed"), Q(close_reason__isnull=False))
                & iff(Q(status="closed"), Q(closed_at__isnull=False))
                & (Q(close_reason__isnull=True) | known("close_reason", CloseReason)),
            ),
            rule(
                "case_delivered_has_method",
                "a delivered case says how: a window hands over, else it is electronic",
                iff(Q(delivered_at__isnull=False), Q(delivery_method__isnull=False))
                & (
                    Q(delivery_method__isnull=True)
                    | Q(delivery_method="window", channel="window")
                    | Q(delivery_method="electronic", channel="self")
                )
                & (~Q(status="delivered") | Q(delivered_at__isnull=False)),
            ),
            rule(
                "case_joint_has_plan",
                "joint handling has a plan, and only joint handling",
                iff(Q(mode="joint"), Q(plan__isnull=False)),
            ),
            rule(
                "case_joint_cannot_be_withdrawn",
                "a joint case is not closed as withdrawn",
                ~Q(mode="joint", close_reason="withdrawn"),
            ),
            rule(
                "case_lapsed_only_joint",
                "only a joint case can end because a part lapsed",
                ~Q(close_reason="lapsed") | Q(mode="joint"),
            ),
        ]
        indexes = [
            models.Index(fields=["region", "received_at"], name="case_open_in_region", condition=~Q(status="closed")),
            models.Index(fields=["tell_due_on"], name="case_tell_due", condition=Q(status="received")),
            models.Index(fields=["id_number_index"], name="case_by_id_number"),
        ]

    def facts(self, *, owner: str, attachments_missing: int = 0) -> CaseFacts:
        """The row, frozen for the rules."""
        return CaseFacts(
            case_id=self.id,
            owner=owner,
            status=Status(self.status),
            mode=self.mode,
            region=self.region,
            authority=self.authority,
            department=self.department,
            tell_once_due_on=self.tell_due_on,
            correction_from=Status(self.correction_from) if self.correction_from else None,
            open_round=self.rounds if self.status == Status.CORRECTION else None,
            attachments_missing=attachments_missing,
            close_reason=CloseReason(self.close_reason) if self.close_reason else None,
        )


class CorrectionRound(models.Model):
    """一次性告知补正: one round, about one revision, all points at once."""

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="correction_rounds")
    number = models.PositiveSmallIntegerField()
    about_revision = models.PositiveSmallIntegerField()
    from_status = models.TextField(help_text="received | accepted")
    words_sealed = models.BinaryField(null=True, help_text="texts of the points, and the reason; null once erased")
    has_reason = models.BooleanField(default=False)
    requested_at = models.DateTimeField()
    requested_by = models.TextField()
    answered_by_revision = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="correction_round_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_at__isnull=True), name="correction_open_once"
            ),
            rule(
                "correction_later_round_has_reason",
                "a further round, or one after acceptance, says why it was not told at first (R-109)",
                Q(number=1, from_status="received") | Q(has_reason=True),
            ),
            rule(
                "correction_answer_is_whole",
                "an answered round names the later revision that answers it",
                Q(answered_at__isnull=True, answered_by_revision__isnull=True)
                | Q(
                    answered_at__isnull=False,
                    answered_by_revision__isnull=False,
                    answered_by_revision__gt=models.F("about_revision"),
                ),
            ),
        ]


class CorrectionPoint(models.Model):
    """One point of a round; its wording is sealed in the round under ``key``."""

    round = models.ForeignKey(CorrectionRound, on_delete=models.PROTECT, related_name="points")
    key = models.TextField()
    target = models.TextField(help_text="answer:<field>, material:<key> or general")
    code = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "key"], name="correction_point_once"),
            rule("correction_point_code_known", "a point has a known fault", known("code", sorted(POINT_CODES))),
        ]
