"""People, their posts, clients and tokens, and the append-only record of reads."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Person(models.Model):
    """Somebody known by an identity provider's word: (issuer, subject). Names and numbers are sealed (decision 14)."""

    id = models.UUIDField(primary_key=True)
    issuer = models.TextField()
    subject = models.TextField(help_text="the issuer's own name for the person; no meaning of its own")
    kind = models.TextField(help_text="applicant or staff")
    level = models.PositiveSmallIntegerField(help_text="highest real-name level ever proven, 1–4")
    name = models.BinaryField(help_text="姓名, sealed")
    id_number = models.BinaryField(null=True, help_text="公民身份号码, sealed")
    id_number_index = models.TextField(null=True, help_text="blind index of the identity number")
    mobile = models.BinaryField(null=True, help_text="手机号, sealed")
    mobile_index = models.TextField(null=True, help_text="blind index of the mobile number")
    demo = models.BooleanField(default=False, db_default=False, help_text="an invented person")
    created_at = models.DateTimeField()
    last_sign_in_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="person_once_per_issuer"),
            models.CheckConstraint(condition=Q(kind__in=["applicant", "staff"]), name="person_kind_known"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="person_level_1_to_4"),
            models.CheckConstraint(
                condition=Q(id_number__isnull=True, id_number_index__isnull=True)
                | Q(id_number__isnull=False, id_number_index__isnull=False),
                name="person_id_number_is_findable",
            ),
            models.CheckConstraint(
                condition=Q(mobile__isnull=True, mobile_index__isnull=True)
                | Q(mobile__isnull=False, mobile_index__isnull=False),
                name="person_mobile_is_findable",
            ),
        ]
        indexes = [
            models.Index(fields=["id_number_index"], name="person_by_id_number"),
            models.Index(fields=["mobile_index"], name="person_by_mobile"),
        ]


class StaffPost(models.Model):
    """A duty held at this node from one day until another (exclusive); see ``kernel.people.Post``."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    role = models.TextField()
    region = models.TextField()
    authority = models.TextField(null=True)
    department = models.TextField(null=True)
    window = models.TextField(null=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["clerk", "reviewer", "item_manager", "supervisor", "operator"]),
                name="post_role_known",
            ),
            models.CheckConstraint(condition=Q(region__regex=r"^[0-9]{6}$"), name="post_region_six_digits"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="post_ends_after_it_begins"
            ),
        ]


class ApiClient(models.Model):
    """A registered system of a department."""

    id = models.UUIDField(primary_key=True)
    label = models.TextField(unique=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)


class Token(models.Model):
    """A token of a client, perhaps for a person. Only the SHA-256 of its secret is kept."""

    id = models.TextField(primary_key=True, help_text="the public part, twelve signs")
    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True)
    digest = models.TextField()
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="token_keeps_a_digest"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_ends"),
        ]


class OneTimeTicket(models.Model):
    """A sign-in ticket that has been used; kept until it would have ended anyway."""

    digest = models.TextField(primary_key=True)
    used_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class AccessRecord(models.Model):
    """Who looked at whose data, when, in which capacity, for what (decision 15; 个人信息保护法 §§44–45, 51).

    Written and committed before the data is read. Never changed: a trigger refuses it and the role may not.
    """

    id = models.UUIDField(primary_key=True)
    actor = models.TextField(help_text="reference of who looked")
    client = models.TextField(null=True, help_text="the API client the look came through")
    posts = models.JSONField(help_text="the posts held at that moment")
    subject_ref = models.TextField(help_text="whose data: a person's reference, or that of a thing about them")
    case_ref = models.TextField(blank=True, help_text="for which case, filing or part")
    purpose = models.TextField()
    fields = models.JSONField(help_text="which groups of data, as codes")
    request_id = models.UUIDField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(subject_ref=""), name="access_names_whose"),
            models.CheckConstraint(condition=Q(purpose__regex=r"^[a-z]+(_[a-z]+)*$"), name="access_has_a_purpose"),
        ]
        indexes = [
            models.Index(fields=["subject_ref", "-at"], name="access_by_subject"),
            models.Index(fields=["case_ref", "-at"], name="access_by_case"),
        ]
