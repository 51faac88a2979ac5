// One column: a chat as one person sees it, with its composer. It reads the chat again whenever something changed.

import { act, get, Refused, upload } from "./api.js";
import { Composer } from "./composer.js";
import { el, hue, icon, initials } from "./dom.js";
import { messageElement, summary } from "./render.js";
import { t } from "./texts.js";

export class Column {
  constructor(page, number, isGroup, personId, groupId) {
    Object.assign(this, { page, number, isGroup, personId, groupId });
    this.views = new Map();
    this.seen = 0;
    this.unread = 0;
    this.isStuck = true;
    this.queries = new Map();
    this.build();
  }

  get chatId() { return this.isGroup ? this.groupId : this.personId; }
  get person() { return this.page.people.get(this.personId); }
  get chat() { return this.page.chats.get(this.chatId); }

  build() {
    const label = this.isGroup ? t.group : t.botIn;
    this.avatar = el("span", { class: "avatar", "aria-hidden": "true" });
    this.heading = el("h2", {});
    this.status = el("p", { class: "status" });
    this.picker = el("select", { "data-testid": "person-select", "aria-label": t.youAre, onchange: () => this.become(Number(this.picker.value)) });
    this.groups = el("select", { "data-testid": "group-select", "aria-label": t.group, hidden: true, onchange: () => this.enter(Number(this.groups.value)) });
    this.pinned = el("button", { type: "button", class: "pinned", "data-testid": "pinned", hidden: true, onclick: () => this.show(this.chat.pinned) });
    this.log = el("div", { class: "log", role: "log", "aria-label": label, tabindex: "0", "data-testid": "log" });
    this.down = el("button", { type: "button", class: "round down", "aria-label": t.newest, title: t.newest, hidden: true, onclick: () => this.toEnd() }, icon("down"), el("span", { class: "badge", hidden: true }));
    this.toasts = el("div", { class: "toasts", role: "status", "aria-live": "polite", "data-testid": "toast" });
    this.composer = new Composer(this);
    this.element = el("section", { class: "column", "data-testid": "column", "data-column": this.number, id: `column-${this.number}` },
      el("header", { class: "head" }, this.avatar, el("div", { class: "who" }, this.heading, this.status),
        el("div", { class: "pick" }, this.groups, el("label", {}, el("span", {}, t.youAre), this.picker))),
      this.pinned, el("div", { class: "body" }, this.log, this.down, this.toasts, el("div", { class: "drop", "aria-hidden": "true" }, t.drop)),
      this.composer.element);
    this.log.addEventListener("scroll", () => {
      this.isStuck = this.isAtEnd();
      if (this.isStuck) this.markRead();
      else this.markDown();
    }, { passive: true });
    new ResizeObserver(() => { if (this.isStuck) this.toEnd(); }).observe(this.log);
    this.acceptFiles();
  }

  acceptFiles() {
    let depth = 0;
    const over = (change) => (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      depth = Math.max(0, depth + change);
      this.element.classList.toggle("dropping", depth > 0);
    };
    this.element.addEventListener("dragenter", over(1));
    this.element.addEventListener("dragleave", over(-1));
    this.element.addEventListener("dragover", over(0));
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      depth = 0;
      this.element.classList.remove("dropping");
      this.sendFiles(event.dataTransfer.files);
    });
  }

  async become(personId) {
    this.personId = personId;
    this.page.remember();
    await this.reload();
  }

  async enter(groupId) {
    this.groupId = groupId;
    this.page.remember();
    await this.reload();
  }

  async reload() {
    this.views.clear();
    this.seen = 0;
    this.unread = 0;
    this.log.replaceChildren();
    this.composer.reset();
    this.head();
    await Promise.all([this.read(true), this.composer.loadCommands()]);
  }

  head() {
    const { person, chat, page } = this;
    if (!person || !chat) return;
    const name = this.isGroup ? chat.title : page.bot.first_name;
    this.avatar.textContent = initials(name);
    this.avatar.className = `avatar ${hue(this.isGroup ? this.chatId : page.bot.id)}`;
    this.heading.textContent = name;
    const inside = Object.values(chat.members).filter((one) => ["creator", "administrator", "member"].includes(one)).length;
    this.status.textContent = this.isGroup ? t.members(inside) : `@${page.bot.username}`;
    this.element.dataset.chat = this.chatId;
    this.element.dataset.person = this.personId;
    const roles = (one) => (page.isAdmin(one.id) ? ` · ${t.admin}` : "");
    this.picker.replaceChildren(...[...page.people.values()].map((one) => el("option", { value: one.id, selected: one.id === this.personId }, one.name + roles(one))));
    const groups = page.groups();
    this.groups.hidden = !this.isGroup || groups.length < 2;
    this.groups.replaceChildren(...groups.map((one) => el("option", { value: one.id, selected: one.id === this.groupId }, one.title)));
    this.composer.refresh();
  }

  async read(isFirst = false) {
    const chatId = this.chatId;
    const personId = this.personId;
    let answer;
    try {
      answer = await get("messages", { person: personId, chat: chatId, changed_after: this.seen });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.log.replaceChildren(el("p", { class: "empty" }, t.outside));
      return;
    }
    if (chatId !== this.chatId || personId !== this.personId) return;
    this.page.chats.set(chatId, answer.chat);
    this.apply(answer.messages, isFirst);
    this.showPinned();
    this.composer.refresh();
  }

  apply(views, isFirst) {
    const stick = isFirst || this.isStuck;
    let news = 0;
    for (const view of views) {
      const known = this.views.has(view.message.message_id);
      if (!known && view.message.from.id !== this.personId) news += 1;
      this.views.set(view.message.message_id, view);
      this.seen = Math.max(this.seen, view.changed);
      this.place(view, known, isFirst);
    }
    if (!this.views.size) this.log.replaceChildren(el("p", { class: "empty" }, this.isGroup ? t.empty : t.emptyPrivate));
    if (stick) this.toEnd(isFirst);
    if (!isFirst) this.unread += news;
    if (this.isVisible() && this.isAtEnd()) this.markRead();
    else this.markDown();
  }

  place(view, isKnown, isFirst) {
    const { message_id: id } = view.message;
    this.log.querySelector(":scope > .empty")?.remove();
    const old = isKnown ? this.log.querySelector(`[data-message-id="${id}"]`) : null;
    const above = old ? old.previousElementSibling : this.log.lastElementChild;
    const aboveView = above && this.views.get(Number(above.dataset.messageId));
    const follows = Boolean(aboveView && !above.classList.contains("service") && aboveView.message.from.id === view.message.from.id);
    const made = messageElement(view, this.personId, this.isGroup, follows, this.hooks(view));
    const focused = old && old.contains(document.activeElement) ? [...old.querySelectorAll("button")].indexOf(document.activeElement) : -1;
    if (old) old.replaceWith(made);
    else this.log.append(made);
    if (focused >= 0) made.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
    if (!isFirst) made.classList.add(old ? "changed" : "arrived");
    const markup = view.message.reply_markup;
    if (markup && !markup.inline_keyboard && view.message.from.id === this.page.bot.id) this.composer.takeMarkup(markup, view.message);
  }

  hooks(view) {
    return {
      say: (text) => this.send(text),
      open: (url) => this.page.open(url, this),
      isBotLink: (url) => this.page.isBotLink(url),
      toast: (text) => this.toast(text),
      reply: (message) => this.composer.replyTo(message),
      tap: (data, button) => this.tap(view.message.message_id, data, button),
    };
  }

  async tap(messageId, data, button) {
    button.classList.add("waiting");
    button.setAttribute("aria-busy", "true");
    const rest = () => { button.classList.remove("waiting"); button.removeAttribute("aria-busy"); };
    try {
      const { query } = await act("tap", { person: this.personId, chat: this.chatId, message: messageId, data });
      this.queries.set(query, rest);
      setTimeout(() => { rest(); this.queries.delete(query); }, 15000);
      const early = this.page.early.get(query);
      if (early) this.answered(query, early);
    } catch (error) {
      rest();
      this.toast(error.message);
    }
  }

  answered(query, answer) {
    const rest = this.queries.get(query);
    if (!rest) return false;
    rest();
    this.queries.delete(query);
    if (answer.url) this.page.open(answer.url, this);
    if (answer.text && answer.show_alert) this.page.alert(answer.text);
    else if (answer.text) this.toast(answer.text);
    return true;
  }

  async send(text, replyTo = null) {
    try {
      await act("send", { person: this.personId, chat: this.chatId, text, reply_to: replyTo });
      this.toEnd();
      return true;
    } catch (error) {
      this.toast(error.message);
      return false;
    }
  }

  async sendFiles(files) {
    for (const file of files) {
      try {
        await upload(this.personId, this.chatId, file);
      } catch (error) {
        this.toast(error.message);
      }
    }
  }

  removed(messageId) {
    this.views.delete(messageId);
    this.log.querySelector(`[data-message-id="${messageId}"]`)?.remove();
  }

  typing() {
    clearTimeout(this.typingTimer);
    this.status.textContent = `${this.page.bot.first_name} ${t.typing}`;
    this.typingTimer = setTimeout(() => this.head(), 5000);
  }

  showPinned() {
    const view = this.views.get(this.chat.pinned);
    this.pinned.hidden = !view;
    if (view) this.pinned.replaceChildren(icon("pin"), el("span", {}, el("b", {}, t.pinned), el("span", {}, summary(view.message))));
  }

  show(messageId) {
    const found = this.log.querySelector(`[data-message-id="${messageId}"]`);
    found?.scrollIntoView({ block: "center", behavior: "smooth" });
    found?.classList.add("changed");
  }

  toast(text) {
    const shown = el("p", { class: "toast" }, text);
    this.toasts.append(shown);
    setTimeout(() => shown.remove(), 4000);
  }

  isVisible() { return this.element.offsetParent !== null; }
  isAtEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60; }

  toEnd(isInstant = true) {
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: isInstant ? "instant" : "smooth" });
    if (this.isVisible()) this.markRead();
  }

  markRead() {
    this.unread = 0;
    this.markDown();
  }

  markDown() {
    this.down.hidden = this.isAtEnd();
    const badge = this.down.querySelector(".badge");
    badge.hidden = !this.unread;
    badge.textContent = this.unread;
    this.page.markTab(this);
  }
}
