"""Amounts in cents: what Stripe keeps of a charge, and how an amount is written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tariff:
    """What Stripe takes: a share of the charge in thousandths and a fixed part; a fixed fee for each dispute, and for each
    debit that fails.

    The defaults are those for European consumer cards on a French account: 1.5 % + 0.25 €, 20 €, and 3.50 €.
    """

    per_thousand: int = 15
    fixed_cents: int = 25
    dispute_cents: int = 2000
    failed_debit_cents: int = 350

    def fee_cents(self, amount_cents: int) -> int:
        """Return the fee of a charge, its share rounded half up."""
        return (amount_cents * self.per_thousand + 500) // 1000 + self.fixed_cents


def in_errors(amount_cents: int) -> str:
    """Write an amount as Stripe's messages do: €12.35."""
    return f"€{amount_cents // 100:,}.{amount_cents % 100:02d}"


def in_words(amount_cents: int, language: str) -> str:
    """Write an amount for a person: 1 234,50 € in French, €1,234.50 in English."""
    if language != "fr":
        return in_errors(amount_cents)
    euros = f"{amount_cents // 100:,}".replace(",", "\u202f")
    return f"{euros},{amount_cents % 100:02d}\u00a0€"
