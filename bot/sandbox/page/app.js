// The page: three columns (a member, the group, a coordinator), the tabs of a phone, and what ties them together.

import { act, follow, get } from "./api.js";
import { Column } from "./column.js";
import { el } from "./dom.js";
import { language, setLanguage, t } from "./texts.js";

class Page {
  constructor() {
    this.people = new Map();
    this.chats = new Map();
    this.columns = [];
    this.early = new Map();
    this.narrow = window.matchMedia("(max-width: 700px)");
  }

  async begin() {
    const state = await this.readState();
    setLanguage(new URLSearchParams(location.search).get("lang") || state.language);
    document.getElementById("subtitle").textContent = t.subtitle;
    for (const link of document.querySelectorAll("#languages a")) {
      if (link.hreflang === language) link.setAttribute("aria-current", "true");
    }
    const title = this.bot.first_name;
    document.title = title;
    document.getElementById("title").textContent = title;
    await this.lay();
    if (location.pathname.startsWith("/t.me/")) await this.arrive();
    follow(state.seq, (events) => this.happened(events), (isUp) => this.online(isUp));
  }

  async readState() {
    const state = await get("state");
    this.bot = state.bot;
    this.people = new Map(state.people.map((one) => [one.id, one]));
    this.chats = new Map(state.chats.map((one) => [one.id, one]));
    return state;
  }

  groups() { return [...this.chats.values()].filter((one) => one.type !== "private" && !one.migrated_to); }

  isAdmin(personId) { return this.groups().some((one) => ["creator", "administrator"].includes(one.members[personId])); }

  async lay() {
    const main = document.getElementById("columns");
    if (!this.people.size) {
      main.replaceChildren(el("p", { class: "empty" }, t.noPeople));
      return;
    }
    const everybody = [...this.people.values()];
    const member = everybody.find((one) => !this.isAdmin(one.id)) || everybody[0];
    const coordinator = everybody.find((one) => this.isAdmin(one.id)) || everybody[everybody.length - 1];
    const kept = JSON.parse(sessionStorage.getItem("columns") || "[]");
    const person = (number, fallback) => (this.people.has(kept[number]?.person) ? kept[number].person : fallback.id);
    const group = this.groups().find((one) => one.id === kept[1]?.group) || this.groups()[0];
    this.columns = [new Column(this, 0, false, person(0, member))];
    if (group) {
      const insider = group.members[member.id] ? member : coordinator;
      this.columns.push(new Column(this, 1, true, person(1, insider), group.id));
    }
    this.columns.push(new Column(this, 2, false, person(2, coordinator)));
    main.replaceChildren(...this.columns.map((one) => one.element));
    this.layTabs();
    await Promise.all(this.columns.map((one) => one.reload()));
    this.columns.forEach((one) => this.markTab(one));
  }

  layTabs() {
    document.getElementById("tabs").replaceChildren(...this.columns.map((column) => {
      column.tab = el("button", {
        type: "button", role: "tab", id: `tab-${column.number}`, "aria-controls": column.element.id, "data-testid": "tab",
        onclick: () => this.choose(column), onkeydown: (event) => this.moveTab(event, column),
      }, el("span", { class: "label" }), el("span", { class: "badge", hidden: true }));
      return column.tab;
    }));
    this.choose(this.columns[0]);
  }

  moveTab(event, column) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && this.columns[this.columns.indexOf(column) + step];
    if (!next) return;
    this.choose(next);
    next.tab.focus();
  }

  choose(column) {
    for (const one of this.columns) {
      const isChosen = one === column;
      one.element.classList.toggle("chosen", isChosen);
      one.tab.setAttribute("aria-selected", isChosen);
      one.tab.tabIndex = isChosen ? 0 : -1;
    }
    if (this.narrow.matches) column.toEnd();
  }

  markTab(column) {
    if (!column.tab) return;
    const name = column.isGroup ? column.chat?.title : column.person?.name.split(" ")[0];
    column.tab.querySelector(".label").textContent = name || "";
    const badge = column.tab.querySelector(".badge");
    badge.hidden = !column.unread;
    badge.textContent = column.unread;
    badge.setAttribute("aria-label", t.unread(column.unread));
  }

  remember() {
    const kept = [];
    for (const one of this.columns) kept[one.number] = { person: one.personId, group: one.groupId };
    sessionStorage.setItem("columns", JSON.stringify(kept));
  }

  async happened(events) {
    if (events === null) {
      await this.readState();
      await this.lay();
      return;
    }
    const stale = new Set();
    let isStateStale = false;
    let isMenuStale = false;
    for (const one of events) {
      if (["message", "edit", "pin"].includes(one.kind)) stale.add(one.chat);
      if (["person", "chat"].includes(one.kind)) isStateStale = true;
      if (one.kind === "commands") isMenuStale = true;
      if (one.kind === "delete") this.columns.filter((c) => c.chatId === one.chat).forEach((c) => c.removed(one.message));
      if (one.kind === "action") this.columns.filter((c) => c.chatId === one.chat).forEach((c) => c.typing());
      if (one.kind === "answer") this.answered(one.query, one.answer);
    }
    const isFirst = [...stale].some((id) => this.people.get(id)?.has_started === false);
    if (isStateStale || isFirst) await this.refresh();
    if (isMenuStale) await Promise.all(this.columns.map((one) => one.composer.loadCommands()));
    await Promise.all(this.columns.filter((one) => stale.has(one.chatId)).map((one) => one.read()));
  }

  answered(query, answer) {
    if (this.columns.some((one) => one.answered(query, answer))) return;
    this.early.set(query, answer);
    setTimeout(() => this.early.delete(query), 5000);
  }

  // People came, groups changed; a group that became a supergroup is followed to its new id.
  async refresh() {
    const hadGroups = this.groups().length > 0;
    await this.readState();
    if (!this.columns.length || !hadGroups !== !this.groups().length) {
      await this.lay();
      return;
    }
    for (const column of this.columns) {
      const moved = column.isGroup && this.chats.get(column.groupId)?.migrated_to;
      if (moved) await column.enter(moved);
      column.head();
      column.composer.loadCommands();
      this.markTab(column);
    }
  }

  isBotLink(url) {
    const match = /^(?:https?:\/\/)?t\.me\/(\w+)|^tg:\/\/resolve\?domain=(\w+)/i.exec(url);
    return Boolean(match) && (match[1] || match[2]).toLowerCase() === this.bot.username.toLowerCase();
  }

  async open(url, from) {
    if (!this.isBotLink(url)) {
      if (!/^https?:/i.test(url)) return;
      localStorage.setItem("gone", from.personId);
      window.open(url, "_blank", "noopener,noreferrer");
      return;
    }
    try {
      const opened = await act("open", { person: from.personId, url, chat: from.isGroup ? from.groupId : null });
      const target = this.columns.find((one) => one.chatId === opened.chat) || this.columns[0];
      if (target.chatId !== opened.chat) await target.become(opened.chat);
      if (this.narrow.matches) this.choose(target);
      target.toEnd();
      target.composer.input.focus();
    } catch (error) {
      from.toast(error.message);
    }
  }

  // A page outside led back with a link to the bot: whoever went there by a button opens it.
  async arrive() {
    const url = `https:/${location.pathname}${location.search}`;
    history.replaceState(null, "", "/");
    const gone = Number(localStorage.getItem("gone"));
    const [first] = this.columns;
    if (!first) return;
    if (this.people.has(gone) && !this.columns.some((one) => one.chatId === gone)) await first.become(gone);
    await this.open(url, this.columns.find((one) => one.chatId === gone) || first);
  }

  alert(text) {
    document.getElementById("alert-text").textContent = text;
    document.getElementById("alert").showModal();
  }

  online(isUp) {
    const note = document.getElementById("offline");
    note.hidden = isUp;
    note.textContent = t.offline;
  }
}

new Page().begin();
