"""``{% load tongban %}``: dates, masks, bilingual texts, words for refusals, the QR code."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import segno
from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from tongban.items import texts
from tongban.items.rules.texts import CHINESE
from tongban.kernel import numbers
from tongban.kernel.problems import Refusal
from tongban.ui import dates, problems, regions, words

register = template.Library()


@register.filter
def day(value: Any) -> str:
    """2026年11月22日 or 22 November 2026; empty for None."""
    return dates.day(value, english=problems.is_english()) if value else ""


@register.filter
def moment(value: Any) -> str:
    """With hours and minutes."""
    return dates.moment(value, english=problems.is_english()) if value else ""


@register.filter
def isodate(value: Any) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value or "")


@register.filter
def workdays(number: int) -> str:
    """A length of time in working days, in words; none is the same day."""
    return gettext("%(n)s个工作日") % {"n": number} if number else gettext("当天")


@register.filter
def positive(number: int) -> int:
    """Without its sign: how many days overdue."""
    return abs(number)


mask_name = register.filter("mask_name", numbers.mask_name)
mask_id = register.filter("mask_id", numbers.mask_id_number)
mask_mobile = register.filter("mask_mobile", numbers.mask_mobile)


@register.filter
def zh(text: Any) -> SafeString:
    """A Chinese text in the language it is read in: a further one, where it is translated; on an English page English,
    where it is translated, else marked as Chinese, so that it is read aloud rightly."""
    english = problems.is_english()
    if text and (english or texts.reading() is not None):
        told = texts.told(str(text), english=english)
        if told is not None:
            return _spoken(*told)
        if english and (place := regions.english_name(str(text))):
            return conditional_escape(place)
    return as_is(text)


@register.filter
def as_is(text: Any) -> SafeString:
    """A text in its own words, marked as Chinese on an English page if it is."""
    if text and problems.is_english() and CHINESE.search(str(text)):
        return format_html('<span lang="zh-CN">{}</span>', text)
    return conditional_escape(text or "")


def _spoken(language: texts.Language, text: str) -> SafeString:
    if language.tag == texts.ENGLISH:
        return conditional_escape(text)
    return format_html('<span lang="{}" dir="{}">{}</span>', language.tag, language.direction, text)


@register.filter
def local(thing: Any, name: str = "name") -> SafeString:
    """A text of a thing in the reader's language: a further one, where it is translated; its ``<name>_en`` if the page
    is English and it has one."""
    further = texts.told(str(_get(thing, name)), english=False) if texts.reading() is not None else None
    if further is not None:
        return _spoken(*further)
    if problems.is_english():
        other = _get(thing, f"{name}_en")
        if other:
            return conditional_escape(other)
    return zh(_get(thing, name))


@register.filter
def points(material: Any) -> list[SafeString]:
    """What to look at in a material, in the reader's language."""
    chinese, english = _get(material, "review_points") or (), _get(material, "review_points_en") or ()
    pairs = zip(chinese, english, strict=True) if len(english) == len(chinese) else ((text, "") for text in chinese)
    return [local({"name": text, "name_en": other}) for text, other in pairs]


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` or None."""
    return mapping.get(key) if isinstance(mapping, Mapping) else None


@register.filter
def word(code: Any, kind: str) -> str:
    """The word for a code of a closed list, e.g. ``{{ mode|word:"mode" }}``."""
    return words.word(kind, str(code))


@register.filter
def region(code: Any) -> str:
    """The full name of a region: 青海省西宁市."""
    return regions.full_name(str(code)) if code else ""


@register.filter
def tone(code: Any) -> str:
    """The colour family of a status: info, good, warn, bad or quiet."""
    return words.tone(str(code))


@register.filter
def problem(refusal: Any) -> Any:
    """The words for a refusal or for a problem code."""
    if refusal is None or refusal == "":
        return None
    return problems.problem_text(refusal if isinstance(refusal, Refusal) else str(refusal))


@register.simple_tag
def fault(field: Any) -> str:
    """What is wrong with a field of a schema form, saying what is right."""
    return problems.fault_text(field.fault.code, field.title, **field.fault.params)


@register.simple_tag
def qr(text: str, title: str = "") -> SafeString:
    """A QR code as inline SVG: no style attributes, no request."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, border=2, omitsize=True,
        title=title or text, nl=False,
    )  # fmt: skip
    return mark_safe(out.getvalue().decode())  # noqa: S308 - segno escapes the title


@register.simple_tag
def options(rows: Any, chosen: str = "", value: str = "key") -> SafeString:
    """The options of a list, drawn once: frozen ``rows`` with ``value`` and names in both languages."""
    return _options(tuple(rows or ()), str(chosen or ""), value, problems.is_english())


@lru_cache(maxsize=512)
def _options(rows: tuple[Any, ...], chosen: str, value: str, english: bool) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (
                _get(row, value),
                mark_safe(" selected") if _get(row, value) == chosen or _get(row, "chosen") is True else "",
                (_get(row, "name_en") if english else "") or _get(row, "name"),
            )
            for row in rows
        ),
    )


def _get(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
