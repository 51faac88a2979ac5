"""What a transaction is about, as a code: ``order:7``.

The books stand below everything they tell about, so they refer to no row of it; and a transaction is never changed, nor is
the code, which its input's hash covers. This is the one place that writes such a code, and reads it back.
"""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """The kinds of things that transactions are about."""

    ORDER = "order"
    PAYMENT = "payment"
    MEMBER = "member"
    DISTRIBUTION = "distribution"


def subject_of(topic: Topic, number: int) -> str:
    """Returns the code of one thing, by the number of its row."""
    return f"{topic}:{number}"


def number_in(subject: str | None, topic: Topic) -> int | None:
    """Returns the number of the row that a code names; none where it is about something else, or about nothing."""
    kind, _, number = (subject or "").partition(":")
    return int(number) if kind == topic and number.isdecimal() else None
