// What is below a chat: the input, the file button, the command menu, the bot's reply keyboard, the Start button.

import { get } from "./api.js";
import { el, icon } from "./dom.js";
import { summary } from "./render.js";
import { t } from "./texts.js";

export class Composer {
  constructor(column) {
    this.column = column;
    this.commands = [];
    this.replied = null;
    this.build();
  }

  build() {
    this.input = el("textarea", {
      rows: "1", placeholder: t.write, "aria-label": t.write, "data-testid": "composer", maxlength: "4096",
      oninput: () => this.typed(), onkeydown: (event) => this.key(event),
    });
    this.file = el("input", { type: "file", hidden: true, multiple: true, "data-testid": "file", "aria-label": t.attach, onchange: () => this.files() });
    this.menuButton = el("button", { type: "button", class: "round", "aria-label": t.commands, title: t.commands, "aria-haspopup": "true", "aria-expanded": "false", "data-testid": "commands", onclick: () => this.toggleMenu() }, icon("menu"));
    this.sendButton = el("button", { type: "button", class: "round send", "aria-label": t.send, title: t.send, "data-testid": "send", onclick: () => this.submit() }, icon("send"));
    this.menu = el("ul", { class: "menu", hidden: true, "data-testid": "menu", "aria-label": t.commands });
    this.quoted = el("div", { class: "replying", hidden: true });
    this.keys = el("div", { class: "keys reply-keys", hidden: true });
    this.start = el("button", { type: "button", class: "solid start", "data-testid": "start", hidden: true, onclick: () => this.column.send("/start") }, t.start);
    this.bar = el("div", { class: "bar" }, this.menuButton,
      el("button", { type: "button", class: "round", "aria-label": t.attach, title: t.attach, onclick: () => this.file.click() }, icon("attach")),
      this.file, this.input, this.sendButton);
    this.element = el("footer", { class: "foot" }, this.menu, this.quoted, this.bar, this.keys, this.start);
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") this.escape(); });
    document.addEventListener("click", (event) => { if (!this.element.contains(event.target)) this.closeMenu(); });
  }

  reset() {
    this.noReply();
    this.closeMenu();
    this.keys.hidden = true;
    this.commands = [];
  }

  refresh() {
    const { person, isGroup } = this.column;
    const mustStart = !isGroup && person && !person.has_started;
    this.start.hidden = !mustStart;
    this.bar.hidden = Boolean(mustStart);
  }

  async loadCommands() {
    const { personId, chatId } = this.column;
    this.commands = await get("commands", { person: personId, chat: chatId });
  }

  typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 140)}px`;
    const text = this.input.value;
    if (/^\/\w*$/.test(text) && this.commands.length) this.openMenu(text.slice(1).toLowerCase());
    else this.closeMenu();
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.menu.hidden) {
      event.preventDefault();
      this.menu.querySelector("li:last-child button")?.focus();
    }
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const replied = this.replied;
    this.input.value = "";
    this.typed();
    this.noReply();
    if (!await this.column.send(text, replied)) this.input.value = text;
    this.input.focus();
  }

  async files() {
    await this.column.sendFiles(this.file.files);
    this.file.value = "";
  }

  toggleMenu() {
    if (this.menu.hidden) {
      this.openMenu("");
      this.menu.querySelector("button")?.focus();
    } else this.closeMenu();
  }

  openMenu(prefix) {
    const shown = this.commands.filter((one) => one.command.startsWith(prefix));
    if (prefix && !shown.length) { this.closeMenu(); return; }
    const items = shown.map((one) => el("li", {}, el("button", {
      type: "button", onclick: () => this.pick(one.command), onkeydown: (event) => this.move(event),
    }, el("b", {}, `/${one.command}`), el("span", {}, one.description))));
    this.menu.replaceChildren(...(items.length ? items : [el("li", { class: "none" }, t.noCommands)]));
    this.menu.hidden = false;
    this.menuButton.setAttribute("aria-expanded", "true");
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...this.menu.querySelectorAll("button")];
    const next = all[all.indexOf(event.target) + step];
    (next || this.input).focus();
  }

  closeMenu() {
    this.menu.hidden = true;
    this.menuButton.setAttribute("aria-expanded", "false");
  }

  escape() {
    this.closeMenu();
    this.noReply();
    this.input.focus();
  }

  pick(command) {
    this.closeMenu();
    this.input.value = "";
    this.typed();
    this.column.send(`/${command}`);
    this.input.focus();
  }

  replyTo(message) {
    this.replied = message.message_id;
    this.quoted.hidden = false;
    this.quoted.replaceChildren(el("span", {}, el("b", {}, `${t.replyTo} ${message.from.first_name}`), el("span", {}, summary(message))),
      el("button", { type: "button", class: "round", "aria-label": t.cancel, title: t.cancel, onclick: () => this.noReply() }, icon("close")));
    this.input.focus();
  }

  noReply() {
    this.replied = null;
    this.quoted.hidden = true;
  }

  // A keyboard below the input, its removal, or "please reply to this".
  takeMarkup(markup, message) {
    if (markup.remove_keyboard) this.keys.hidden = true;
    if (markup.force_reply) this.replyTo(message);
    if (!markup.keyboard) return;
    this.keys.hidden = false;
    this.keys.replaceChildren(...markup.keyboard.map((row) => el("div", { class: "row" }, ...row.map((button) => {
      const text = typeof button === "string" ? button : button.text;
      return el("button", { type: "button", class: "key plain", onclick: () => {
        if (markup.one_time_keyboard) this.keys.hidden = true;
        this.column.send(text);
      } }, text);
    }))));
  }
}
