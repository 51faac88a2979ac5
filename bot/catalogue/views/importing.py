"""The catalogue as coordinators see it: what a file would change, what is wrong with its lines, what is on offer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalogue.taps import Import, NotImported, ShowCatalogue
from bot.distributions.taps import NewDistribution
from bot.refusals.sentences import column_name
from bot.ui.paging import page_of, turning_row
from bot.ui.screen import Row, Screen, button
from bot.ui.texts import Html, Texts
from ledger.catalogue.models import Product
from ledger.catalogue.reader import CatalogueFile, ProblemReason, ProductRow, RowProblem
from ledger.catalogue.service import ImportPlan, ProducerProducts, StockChange
from ledger.groups.models import Group
from ledger.names import name_key

PROBLEMS_SHOWN = 30
CHANGES_SHOWN = 10
STOCK_SHOWN = 12
PAGE = 25
"""Products on a page of the catalogue."""


def preview(
    texts: Texts, group: Group, filename: str, read: CatalogueFile, plan: ImportPlan, upload_id: int | None
) -> Screen:
    """What was understood of a file and what importing it would change; nothing is written yet."""
    producers = {name_key(row.producer) for row in read.rows}
    lines: list[str] = [
        texts.t("📄 <b>{filename}</b> · {group}", filename=filename[:60], group=group.title),
        texts.t(
            "I understood {products} of {producers}. Nothing is imported yet.",
            products=texts.nt("{n} product", "{n} products", len(read.rows)),
            producers=texts.nt("{n} producer", "{n} producers", len(producers)),
        ),
    ]
    lines += _problem_lines(texts, read)
    if upload_id is None:
        lines += ["", texts.t("There is no correct line to import. Correct the file and send it again.")]
        return Screen("\n".join(lines))
    lines += ["", *_plan_lines(texts, plan)]
    return Screen("\n".join(lines)).with_rows(_import_rows(texts, read, plan, upload_id))


def _problem_lines(texts: Texts, read: CatalogueFile) -> list[str]:
    if not read.problems:
        return []
    bad = len(read.bad_lines)
    lines: list[str] = [
        "",
        texts.nt("⚠️ {n} line has a problem:", "⚠️ {n} lines have a problem:", bad),
        *(problem(texts, one) for one in read.problems[:PROBLEMS_SHOWN]),
    ]
    more = len(read.problems) - PROBLEMS_SHOWN
    if more > 0:
        lines.append(texts.nt("… and {n} more.", "… and {n} more.", more))
    return lines


def problem(texts: Texts, found: RowProblem) -> Html:
    """``Line 12, price: “abc” cannot be read.``"""
    where = texts.t("line {line}", line=found.line)
    column = column_name(texts, found.column)
    return texts.t("• <b>{where}</b>, {column}: {why}", where=where, column=column, why=reason(texts, found))


def reason(texts: Texts, found: RowProblem) -> Html:
    """What is wrong, and where it helps, with what."""
    t, value = texts.t, found.value[:40]
    return {
        ProblemReason.MISSING: t("it is empty."),
        ProblemReason.UNREADABLE: t("“{value}” cannot be read.", value=value),
        ProblemReason.NOT_POSITIVE: t("“{value}” must be more than 0.", value=value),
        ProblemReason.NEGATIVE: t("“{value}” must not be negative.", value=value),
        ProblemReason.TOO_MANY_DECIMALS: t("“{value}” has too many decimals.", value=value),
        ProblemReason.OUT_OF_RANGE: t("“{value}” is too large.", value=value),
        ProblemReason.TOO_LONG: t("“{value}…” is too long.", value=value),
        ProblemReason.NOT_A_NAME: t("“{value}” is not a name; did a column slip?", value=value),
        ProblemReason.IS_A_DATE: t("the spreadsheet made a date of it ({value}).", value=value),
        ProblemReason.IS_A_BOOLEAN: t("the spreadsheet made true or false of it ({value}).", value=value),
        ProblemReason.FORMULA_ERROR: t("the spreadsheet shows an error ({value}).", value=value),
        ProblemReason.DUPLICATE: t("the same product of the same producer is on line {value}.", value=value),
        ProblemReason.CELL_COUNT: t(
            "{value} cells; a comma inside a cell needs quotation marks.", value=value
        ),
        ProblemReason.UNCLOSED_QUOTE: t(
            "a quotation mark opens here and is not closed (“{value}”).", value=value
        ),
    }[found.reason]


def _plan_lines(texts: Texts, plan: ImportPlan) -> list[str]:
    lines = [_short_line(texts, one) for one in plan.stock if one.short_milli][:STOCK_SHOWN]
    if plan.new:
        lines.append(texts.nt("🆕 {n} new", "🆕 {n} new", len(plan.new)))
        lines += [_new_line(texts, row) for row in plan.new[:3]]
        lines += ["  …"] if len(plan.new) > 3 else []
    if plan.changed:
        lines.append(texts.nt("✏️ {n} changed", "✏️ {n} changed", len(plan.changed)))
        lines += [_changed_line(texts, *pair) for pair in plan.changed[:CHANGES_SHOWN]]
        lines += ["  …"] if len(plan.changed) > CHANGES_SHOWN else []
    if plan.same:
        lines.append(texts.nt("{n} unchanged", "{n} unchanged", plan.same))
    if plan.missing:
        names = ", ".join(product.name for product in plan.missing[:CHANGES_SHOWN])
        names += ", …" if len(plan.missing) > CHANGES_SHOWN else ""
        lines.append(
            texts.nt(
                "❔ {n} on offer is not in this file: {names}",
                "❔ {n} on offer are not in this file: {names}",
                len(plan.missing),
                names=names,
            )
        )
    return [*lines, *_stock_lines(texts, [one for one in plan.stock if not one.short_milli])]


def _short_line(texts: Texts, stock: StockChange) -> str:
    """More is ordered than was counted: nothing more is sold, and somebody must find the rest or tell its members."""
    return texts.t(
        "⚠️ <b>{name}</b>: {counted} counted, but {ordered} ordered already and not handed over. {short} missing; no "
        "more can be ordered.",
        name=stock.name,
        counted=_amount(texts, stock.counted_milli),
        ordered=texts.number(stock.ordered_milli),
        short=texts.number(stock.short_milli),
    )


def _stock_lines(texts: Texts, stock: Sequence[StockChange]) -> list[str]:
    """What can be ordered of each product, before → after, and what of it is promised already."""
    if not stock:
        return []
    lines: list[str] = [texts.t("📦 What is left to order:")]
    lines += [_stock_line(texts, one) for one in stock[:STOCK_SHOWN]]
    more = len(stock) - STOCK_SHOWN
    if more > 0:
        lines.append(texts.nt("… and {n} more.", "… and {n} more.", more))
    if any(one.ordered_milli for one in stock):
        lines.append(texts.t("What is ordered and not handed over yet is kept for its members."))
    return lines


def _stock_line(texts: Texts, stock: StockChange) -> Html:
    line = texts.t(
        "  {name}: {before} → {after}",
        name=stock.name,
        before=_amount(texts, stock.before_milli),
        after=_amount(texts, stock.after_milli),
    )
    if not stock.ordered_milli:
        return line
    return texts.t(
        "{product} <i>(counted {counted}, ordered already {ordered})</i>",
        product=line,
        counted=_amount(texts, stock.counted_milli),
        ordered=texts.number(stock.ordered_milli),
    )


def _amount(texts: Texts, milli: int | None) -> str:
    return texts.t("unlimited") if milli is None else texts.number(milli)


def _new_line(texts: Texts, row: ProductRow) -> str:
    return texts.t(
        "  {name} — {price} / {unit} ({producer})",
        name=row.name,
        price=texts.money(row.price_cents),
        unit=row.unit,
        producer=row.producer,
    )


def _changed_line(texts: Texts, product: Product, row: ProductRow) -> Html:
    """Everything that changes of a product, before → after; its stock has a line of its own."""
    changes: list[str] = []
    if product.price_cents != row.price_cents:
        changes.append(f"{texts.money(product.price_cents)} → {texts.money(row.price_cents)}")
    if product.unit != row.unit:
        changes.append(texts.label("unit {before} → {after}", before=product.unit, after=row.unit))
    if product.vat_rate != row.vat_rate:
        before, after = texts.rate(product.vat_rate), texts.rate(row.vat_rate)
        changes.append(texts.label("VAT {before} → {after}", before=before, after=after))
    if product.weighed != row.weighed:
        changes.append(texts.label("weighed") if row.weighed else texts.label("not weighed any more"))
    if product.name != row.name:
        changes.append(texts.label("name “{before}” → “{after}”", before=product.name, after=row.name))
    if not product.available:
        changes.append(texts.label("offered again"))
    return texts.t("  {name}: {changes}", name=row.name, changes=", ".join(changes) or texts.label("stock"))


def _import_rows(texts: Texts, read: CatalogueFile, plan: ImportPlan, upload_id: int) -> list[Row]:
    count = len(read.rows)
    if read.problems:
        label = texts.nlabel("✅ Import the correct line", "✅ Import the {n} correct lines", count)
    else:
        label = texts.nlabel("✅ Import {n} product", "✅ Import {n} products", count)
    rows: list[Row] = [(button(label, Import(upload_id, False), style="success"),)]
    if plan.missing:
        missing = texts.nlabel(
            "Import and withdraw the missing one",
            "Import and withdraw the {n} missing ones",
            len(plan.missing),
        )
        rows.append((button(missing, Import(upload_id, True)),))
    rows.append((button(texts.label("Cancel"), NotImported(upload_id)),))
    return rows


def imported(texts: Texts, plan: ImportPlan, withdrawn: int, distributions: bool) -> Screen:
    """What was done."""
    lines: list[str] = [
        texts.t("✅ Imported: {counts}.", counts=", ".join(_counts(texts, plan))),
    ]
    if withdrawn:
        lines.append(
            texts.nt(
                "{n} product is not offered any more.", "{n} products are not offered any more.", withdrawn
            )
        )
    lines.append(texts.t("What was ordered already keeps its price."))
    lines += [_short_line(texts, one) for one in plan.stock if one.short_milli][:STOCK_SHOWN]
    lines += _stock_lines(texts, [one for one in plan.stock if one.ordered_milli and not one.short_milli])
    rows: list[Row] = [(button(texts.label("🌱 See the catalogue"), ShowCatalogue(), below=True),)]
    if not distributions:
        lines += ["", texts.t("Next: announce a distribution, so that members can order.")]
        rows.append((button(texts.label("➕ New distribution"), NewDistribution(), style="primary"),))
    return Screen("\n".join(lines)).with_rows(rows)


def _counts(texts: Texts, plan: ImportPlan) -> list[str]:
    return [
        texts.nlabel("{n} new", "{n} new", len(plan.new)),
        texts.nlabel("{n} changed", "{n} changed", len(plan.changed)),
        texts.nlabel("{n} unchanged", "{n} unchanged", plan.same),
    ]


def not_imported(texts: Texts) -> Screen:
    """Cancelled."""
    return Screen(texts.t("Cancelled. Nothing was imported."))


def unavailable(texts: Texts) -> Screen:
    """Telegram does not give the file."""
    return Screen(texts.t("Telegram did not give me this file. Nothing was imported. Please send it again."))


def not_yours(texts: Texts) -> Screen:
    """A file from somebody who does not coordinate."""
    return Screen(
        texts.t(
            "Thank you! Only the group's coordinators can send a catalogue, so I did not open this file. "
            "Give it to one of them."
        )
    )


def catalogue(texts: Texts, group: Group, offered: Sequence[ProducerProducts], page: int) -> Screen:
    """A page of what is on offer, and how to change it."""
    flat = [(entry.producer.name, product) for entry in offered for product in entry.products]
    shown, page, pages = page_of(flat, page, PAGE)
    lines: list[str] = [
        texts.t("🌱 <b>Catalogue</b> · {group}", group=group.title),
        texts.nt("{n} product on offer", "{n} products on offer", len(flat)),
    ]
    lines += _offered_lines(texts, shown)
    lines += ["", *how_to_send(texts)]
    return Screen("\n".join(lines)).with_rows([turning_row(page, pages, ShowCatalogue)])


def _offered_lines(texts: Texts, shown: Sequence[tuple[str, Product]]) -> list[str]:
    lines: list[str] = []
    producer = None
    for name, product in shown:
        if name != producer:
            producer = name
            lines += ["", texts.t("<b>{producer}</b>", producer=name)]
        line = texts.t(
            "{name} — {price} / {unit}",
            name=product.name,
            price=texts.money(product.price_cents),
            unit=product.unit,
        )
        if product.stock_milli is not None:
            left = texts.t("{left} left", left=texts.number(product.stock_milli))
            line = Html(f"{line} <i>({left})</i>")
        lines.append(line)
    return lines


def how_to_send(texts: Texts) -> list[str]:
    """The columns of a file, with an example."""
    return [
        texts.t("To change it, send me a CSV or Excel (.xlsx) file whose first line names the columns:"),
        texts.t("<code>product;unit;price;producer;vat;stock</code>"),
        texts.t("<code>Carrots;kg;2.40;Green Farm;5.5;60</code>"),
        texts.t(
            "Product, price and producer are needed. The stock is everything you counted, what is ordered already "
            "included; empty, it is unlimited. I show what I understood and ask before I import."
        ),
    ]
