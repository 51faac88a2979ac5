"""The parameters that make a Checkout Session, as of API version 2026-10-28.endive."""

from typing import Final

from bot.sandbox.stripe.kinds import (
    Boolean,
    Choice,
    Currency,
    Email,
    Hash,
    Integer,
    Kind,
    ListOf,
    Metadata,
    NotServed,
    Text,
    Url,
)

# Stripe's largest amount: eight digits.
MOST: Final = 99_999_999

_LOCALES: Final = """
auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro
ru sk sl sv th tr vi zh zh-HK zh-TW
"""
LOCALES: Final[tuple[str, ...]] = tuple(_LOCALES.split())
METHODS: Final = ("card", "sepa_debit")
_METHODS_NOT_SERVED: Final = """
acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit bancontact billie bizum
blik boleto cashapp crypto customer_balance eps fpx giropay grabpay ideal kakao_pay klarna konbini kr_card
link mb_way mobilepay multibanco naver_pay nz_bank_account oxxo p24 pay_by_bank payco paynow paypal paypay payto
pix promptpay revolut_pay samsung_pay satispay scalapay sequra sofort sunbit swish twint upi us_bank_account
wechat_pay zip
"""
METHODS_NOT_SERVED: Final[tuple[str, ...]] = tuple(_METHODS_NOT_SERVED.split())

_MESSAGE: Final = Hash({"message!": Text(1200)})
_PRODUCT: Final = Hash(
    {
        "name!": Text(),
        "description": Text(40_000),
        "images": ListOf(Url(None), 8),
        "metadata": Metadata(),
        "tax_code": NotServed(),
        "unit_label": NotServed(),
    }
)
_PRICE: Final = Hash(
    {
        "currency!": Currency(),
        "product_data": _PRODUCT,
        "unit_amount": Integer(0, MOST),
        "product": NotServed(),
        "recurring": NotServed(),
        "tax_behavior": NotServed(),
        "unit_amount_decimal": NotServed(),
    }
)
_ITEM: Final = Hash(
    {
        "price_data": _PRICE,
        "quantity": Integer(1, 999_999),
        "metadata": Metadata(),
        "price": NotServed(),
        "adjustable_quantity": NotServed(),
        "dynamic_tax_rates": NotServed(),
        "tax_rates": NotServed(),
    }
)
_PAYMENT: Final = Hash(
    {
        "description": Text(1000),
        "metadata": Metadata(),
        "receipt_email": Email(None),
        "statement_descriptor_suffix": Text(22),
        "statement_descriptor": NotServed(),
        "capture_method": Choice(("automatic", "automatic_async"), ("manual",)),
        "application_fee_amount": NotServed(),
        "on_behalf_of": NotServed(),
        "setup_future_usage": NotServed(),
        "shipping": NotServed(),
        "transfer_data": NotServed(),
        "transfer_group": NotServed(),
    }
)

CREATE_SESSION: Final[dict[str, Kind]] = {
    "allowed_payment_method_types": ListOf(Choice(METHODS, METHODS_NOT_SERVED)),
    "billing_address_collection": Choice(("auto",), ("required",)),
    "cancel_url": Url(None),
    "client_reference_id": Text(200),
    "currency": Currency(),
    "custom_text": Hash(
        {
            "after_submit": _MESSAGE,
            "submit": _MESSAGE,
            "shipping_address": NotServed(),
            "terms_of_service_acceptance": NotServed(),
        }
    ),
    "customer_creation": Choice(("if_required",), ("always",)),
    "customer_email": Email(None),
    "expand": ListOf(Text()),
    "expires_at": Integer(0),
    "line_items": ListOf(_ITEM, 100),
    "locale": Choice(LOCALES),
    "metadata": Metadata(),
    "mode!": Choice(("payment",), ("setup", "subscription")),
    "payment_intent_data": _PAYMENT,
    "phone_number_collection": Hash({"enabled!": Boolean()}),
    "submit_type": Choice(("auto", "pay"), ("book", "donate", "subscribe")),
    "success_url": Url(None),
    "ui_mode": Choice(("hosted_page",), ("elements", "embedded_page")),
    **dict.fromkeys(
        (
            "adaptive_pricing", "after_expiration", "allow_promotion_codes", "automatic_tax", "branding_settings",
            "consent_collection", "custom_fields", "customer", "customer_account", "customer_update", "discounts",
            "excluded_payment_method_types", "integration_identifier", "invoice_creation", "managed_payments",
            "name_collection", "optional_items", "origin_context", "payment_method_collection",
            "payment_method_configuration", "payment_method_data", "payment_method_options", "permissions",
            "redirect_on_completion", "return_url", "saved_payment_method_options", "setup_intent_data",
            "shipping_address_collection", "shipping_options", "subscription_data", "tax_id_collection", "wallet_options",
        ),
        NotServed(),
    ),
}  # fmt: skip
