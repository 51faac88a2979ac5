"""A sealed key opens for its group, with its host's secret, whole; nothing else opens it."""

from __future__ import annotations

import pytest

from ledger.payments.card.keys import InvalidKey, KeyUnreadable, Misfit, Vault, looks_like_key, well_formed

KEY = "sk_live_51HxAbCdEfGhIjKl"
SECRET = "a-long-text-of-the-operators-own-1"


@pytest.fixture(scope="module")
def vault() -> Vault:
    return Vault(SECRET)


def test_a_key_comes_back_and_the_sealed_one_tells_nothing(vault: Vault) -> None:
    sealed = vault.seal(7, KEY)
    assert vault.unseal(7, sealed) == KEY
    assert KEY[8:] not in sealed
    assert vault.seal(7, KEY) != sealed  # the same key twice does not show


def test_what_is_sealed_outlives_the_process(vault: Vault) -> None:
    assert Vault(SECRET).unseal(7, vault.seal(7, KEY)) == KEY


def test_a_key_copied_to_another_groups_row_does_not_open(vault: Vault) -> None:
    with pytest.raises(KeyUnreadable):
        vault.unseal(8, vault.seal(7, KEY))


@pytest.mark.parametrize("secret", [SECRET[:-1] + "2", None])
def test_another_secret_or_none_does_not_open(vault: Vault, secret: str | None) -> None:
    with pytest.raises(KeyUnreadable):
        Vault(secret).unseal(7, vault.seal(7, KEY))


@pytest.mark.parametrize("damage", [lambda s: s[:-1], lambda s: "B" + s[1:], lambda s: s[:40] + "é" + s[41:],
                                    lambda s: "", lambda s: KEY])  # fmt: skip
def test_a_damaged_text_does_not_open(vault: Vault, damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KeyUnreadable):
        vault.unseal(7, damage(vault.seal(7, KEY)))


def test_every_character_is_guarded(vault: Vault) -> None:
    sealed = vault.seal(7, KEY)
    for at in range(0, len(sealed) - 2, 7):
        other = "A" if sealed[at] != "A" else "B"
        with pytest.raises(KeyUnreadable):
            vault.unseal(7, sealed[:at] + other + sealed[at + 1 :])


def test_without_a_secret_nothing_is_kept() -> None:
    assert not Vault(None).is_open
    with pytest.raises(KeyUnreadable):
        Vault(None).seal(7, KEY)


@pytest.mark.parametrize("text", [KEY, f"  {KEY}\n", "rk_test_abcdefgh", "sk_test_sandbox_1"])
def test_well_formed(text: str) -> None:
    assert well_formed(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "misfit"),
    [
        ("pk_live_51HxAbCdEf", Misfit.PUBLISHABLE),
        ("PK_test_51HxAbCdEf", Misfit.PUBLISHABLE),
        ("sk_live_", Misfit.NO_KEY),
        ("sk_live_51Hx AbCdEf", Misfit.NO_KEY),
        ("sk_live_51HxAbCdEfé", Misfit.NO_KEY),
        ("Sk_live_51HxAbCdEf", Misfit.NO_KEY),
        ("sk_prod_51HxAbCdEf", Misfit.NO_KEY),
        ("whsec_abcdefghijk", Misfit.NO_KEY),
        (f"{KEY}\n{KEY}", Misfit.NO_KEY),
        ("sk_live_" + "a" * 300, Misfit.NO_KEY),
        ("Bonjour", Misfit.NO_KEY),
    ],
)
def test_malformed(text: str, misfit: Misfit) -> None:
    with pytest.raises(InvalidKey) as refusal:
        well_formed(text)
    assert refusal.value.misfit is misfit


@pytest.mark.parametrize(
    "text",
    [KEY, f"ma clé : {KEY} merci", "Sk_live_51Hx", "k_live_51HxAbCdEf", "sk_test_", "rk_live_x", "pk_test_x",
     "whsec_abcdef", "sk_live_51Hx AbCd", f"/paiement Marie 12 cheque {KEY}", "sk_org_live_51HxAbCdEf"],
)  # fmt: skip
def test_what_looks_like_a_key(text: str) -> None:
    assert looks_like_key(text)


@pytest.mark.parametrize(
    "text",
    ["solde ?", "P5P-MW6N", "live_test", "mon_test_1", "12,50", "FR14 2004 1010", "risk_live_music", ""],
)
def test_what_does_not(text: str) -> None:
    assert not looks_like_key(text)
