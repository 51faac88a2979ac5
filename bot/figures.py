"""What this process counts for whoever watches over it, in Prometheus' way: names, units and kinds as its rules want them.

``bot.web.metrics`` serves these, with what the database says at that moment. Nothing here names a person or an amount.
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call] # it says nothing of types

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

COUNTED = CollectorRegistry()
ProcessCollector(registry=COUNTED)
PlatformCollector(registry=COUNTED)
GCCollector(registry=COUNTED)

UPDATES = Counter(
    "cagnotte_updates",
    "Updates that were done, failed for good, were put back for a failure that may pass, or were too many",
    ["outcome"],
    registry=COUNTED,
)
UPDATE_DELAY = Histogram(
    "cagnotte_update_delay_seconds",
    "From when an update was stored to when all it causes was committed",
    buckets=SECONDS,
    registry=COUNTED,
)
UPDATE_HANDLING = Histogram(
    "cagnotte_update_handling_seconds",
    "From when an update's turn came to when all it causes was committed",
    buckets=SECONDS,
    registry=COUNTED,
)
CALLS = Counter(
    "cagnotte_telegram_calls",
    "Calls to Telegram from the outbox: made, refused, unanswered, replaced by a newer one, or to be tried again",
    ["outcome"],
    registry=COUNTED,
)
CALL_DURATION = Histogram(
    "cagnotte_telegram_call_duration_seconds",
    "How long Telegram took to answer a call from the outbox",
    buckets=SECONDS,
    registry=COUNTED,
)
PAUSES = Counter("cagnotte_telegram_pauses", "How often Telegram asked for a pause (429)", registry=COUNTED)
POLLED = Gauge(
    "cagnotte_polling_last_success_timestamp_seconds",
    "When getUpdates last succeeded; 0 where the bot does not poll",
    registry=COUNTED,
)
RECORDS = Counter(
    "cagnotte_log_records", "Lines in the log that tell of trouble", ["level"], registry=COUNTED
)
CONNECTIONS = Gauge("cagnotte_web_connections", "Connections to the web server", registry=COUNTED)
DROPPED = Counter(
    "cagnotte_web_connections_dropped",
    "Connections that were cut because they were slow, or to make room",
    ["reason"],
    registry=COUNTED,
)
for counter, outcomes in (
    (UPDATES, ("done", "failed", "put_back", "overflow")),
    (CALLS, ("sent", "refused", "unknown", "replaced", "retried")),
    (RECORDS, ("warning", "error", "critical")),
    (DROPPED, ("slow", "no_room")),
):
    for outcome in outcomes:
        counter.labels(outcome)  # there from the start, so that the first one is an increase
