"""Checkout Sessions and their lines."""

from bot.sandbox.model import Json, JsonObject
from bot.sandbox.stripe.model import Item, Session
from bot.sandbox.stripe.world import Mode

_NOTHING_TYPED: JsonObject = {"address": None, "phone": None, "tax_exempt": "none", "tax_ids": []}


def session_object(mode: Mode, session: Session) -> JsonObject:
    """Return the Checkout Session."""
    return {
        "id": session.id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": None,
        "allowed_payment_method_types": None
        if session.allowed_methods is None
        else [*session.allowed_methods],
        "amount_subtotal": session.amount,
        "amount_total": session.amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": session.cancel_url,
        "client_reference_id": session.client_reference_id,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": session.created,
        "currency": "eur",
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": _custom_text(session),
        "customer": None,
        "customer_account": None,
        "customer_creation": "if_required",
        "customer_details": _customer(session),
        "customer_email": session.customer_email,
        "discounts": [],
        "expires_at": session.expires_at,
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": {"enabled": False, "invoice_data": _invoice_data()},
        "livemode": mode.livemode,
        "locale": session.locale,
        "metadata": {**session.metadata},
        "mode": "payment",
        "origin_context": None,
        "payment_intent": session.intent,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": [*session.methods],
        "payment_status": session.payment_status,
        "permissions": None,
        "phone_number_collection": {"enabled": session.collects_phone},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": session.status,
        "submit_type": session.submit_type,
        "subscription": None,
        "success_url": session.success_url,
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": session.url if session.status == "open" else None,
        "wallet_options": None,
    }


def item_object(mode: Mode, session: Session, item: Item) -> JsonObject:
    """Return one line of a session."""
    return {
        "id": item.id,
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": item.amount,
        "amount_tax": 0,
        "amount_total": item.amount,
        "currency": "eur",
        "description": item.name,
        "metadata": {**item.metadata},
        "price": {
            "id": item.price,
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": session.created,
            "currency": "eur",
            "custom_unit_amount": None,
            "livemode": mode.livemode,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": item.product,
            "recurring": None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": item.unit_amount,
            "unit_amount_decimal": str(item.unit_amount),
        },
        "quantity": item.quantity,
    }


def _customer(session: Session) -> JsonObject | None:
    if session.payer is not None:
        return {
            **_NOTHING_TYPED,
            "business_name": None,
            "individual_name": None,
            "email": session.payer.email,
            "name": session.payer.name,
        }
    if session.customer_email is None:
        return None
    return {
        **_NOTHING_TYPED,
        "business_name": None,
        "individual_name": None,
        "email": session.customer_email,
        "name": None,
    }


def _custom_text(session: Session) -> JsonObject:
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    texts: dict[str, Json] = dict.fromkeys(places)
    texts.update({place: {"message": message} for place, message in session.custom_text.items()})
    return texts


def _invoice_data() -> JsonObject:
    return {
        "account_tax_ids": None,
        "custom_fields": None,
        "description": None,
        "footer": None,
        "issuer": None,
        "metadata": {},
        "rendering_options": None,
    }
