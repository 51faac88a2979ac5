// From a message of the Bot API to elements: text with its entities, files, buttons, service notes.

import { fileUrl } from "./api.js";
import { copyText, el, hue, icon } from "./dom.js";
import { language, t } from "./texts.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

// Entities nest: take the outermost of a stretch, then look inside it. Offsets are UTF-16, as JavaScript's are.
export function formatted(text, entities, hooks, from = 0, to = text.length) {
  const fragment = document.createDocumentFragment();
  let position = from;
  const inside = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  while (inside.length) {
    const one = inside.shift();
    const end = Math.min(one.offset + one.length, to);
    if (one.offset < position) continue;
    fragment.append(text.slice(position, one.offset));
    const within = inside.filter((other) => other.offset + other.length <= end);
    const part = text.slice(one.offset, end);
    const element = entityElement(one, part, hooks);
    element.append(formatted(text, within, hooks, one.offset, end));
    fragment.append(element);
    position = end;
  }
  fragment.append(text.slice(position, to));
  return fragment;
}

function entityElement(one, part, hooks) {
  if (one.type === "bot_command") {
    return el("button", { class: "in-text", type: "button", onclick: () => hooks.say(part) });
  }
  if (one.type === "text_link" || one.type === "url") {
    const url = one.url || (part.includes("://") ? part : `https://${part}`);
    if (hooks.isBotLink(url)) {
      return el("button", { class: "in-text", type: "button", onclick: () => hooks.open(url) });
    }
    return /^(https?|mailto|tel):/i.test(url)
      ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" })
      : el("span");
  }
  if (one.type === "email") return el("a", { href: `mailto:${part}` });
  if (one.type === "spoiler") {
    const shown = el("span", { class: "spoiler", tabindex: "0", role: "button" });
    for (const how of ["click", "keydown"]) shown.addEventListener(how, () => shown.classList.add("shown"));
    return shown;
  }
  if (one.type === "code") {
    return el("code", { title: t.copy, onclick: () => copyText(part).then(() => hooks.toast(t.copied)) });
  }
  if (one.type === "text_mention" || one.type === "mention") return el("span", { class: "mention" });
  return el(TAGS[one.type] || "span");
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} ${language === "fr" ? "o" : "B"}`;
  const kilo = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const unit = language === "fr" ? ["Ko", "Mo"] : ["KB", "MB"];
  return bytes < 1048576 ? `${kilo.format(bytes / 1024)} ${unit[0]}` : `${kilo.format(bytes / 1048576)} ${unit[1]}`;
}

function attachment(message) {
  if (message.photo) {
    const photo = message.photo[message.photo.length - 1];
    const image = el("img", {
      src: fileUrl(photo.file_id), alt: message.caption || t.photo, width: photo.width, height: photo.height,
    });
    return el("a", { class: "photo", href: fileUrl(photo.file_id), target: "_blank" }, image);
  }
  if (message.document) {
    const file = message.document;
    return el("a", {
      class: "file", href: fileUrl(file.file_id), download: file.file_name, "data-testid": "document",
      "aria-label": `${t.download} ${file.file_name}`,
    }, el("span", { class: "file-icon" }, icon("file")),
    el("span", {}, el("b", {}, file.file_name), el("small", {}, size(file.file_size))));
  }
  return null;
}

export function summary(message) {
  const text = message.text || message.caption || (message.document && message.document.file_name)
    || (message.photo && t.photo) || t.file;
  return text.replace(/\s+/g, " ").slice(0, 120);
}

const nameOf = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

function serviceText(message) {
  const who = nameOf(message.from);
  if (message.new_chat_members) {
    return message.new_chat_members.map((one) => (one.id === message.from.id ? t.joined(who) : t.added(who, nameOf(one)))).join(", ");
  }
  if (message.left_chat_member) {
    const whom = message.left_chat_member;
    return whom.id === message.from.id ? t.left(who) : t.removed(who, nameOf(whom));
  }
  if (message.pinned_message) return t.pinnedBy(who, summary(message.pinned_message).slice(0, 40));
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return t.migrated;
  return null;
}

function buttonElement(button, hooks) {
  const style = ["primary", "success", "danger"].includes(button.style) ? button.style : "plain";
  const kind = button.copy_text ? "copy" : button.url ? "link" : null;
  const made = el("button", { type: "button", class: `key ${style}` }, el("span", {}, button.text));
  if (kind) {
    made.append(icon(kind));
    const hint = kind === "copy" ? t.copy : hooks.isBotLink(button.url) ? t.openBot : t.openLink;
    made.setAttribute("title", kind === "copy" ? `${hint} : ${button.copy_text.text}` : `${hint} : ${button.url}`);
  }
  made.addEventListener("click", async () => {
    if (button.copy_text) {
      await copyText(button.copy_text.text);
      hooks.toast(`${t.copied} : ${button.copy_text.text}`);
      made.classList.add("done");
      setTimeout(() => made.classList.remove("done"), 1500);
    } else if (button.url) hooks.open(button.url);
    else if (button.callback_data !== undefined) hooks.tap(button.callback_data, made);
  });
  return made;
}

function keyboard(message, hooks) {
  const rows = message.reply_markup && message.reply_markup.inline_keyboard;
  if (!rows || !rows.length) return null;
  return el("div", { class: "keys" }, ...rows.map((row) => el("div", { class: "row" }, ...row.map((one) => buttonElement(one, hooks)))));
}

// `me` is who looks; `follows` says that the message above is the same person's.
export function messageElement(view, me, isGroup, follows, hooks) {
  const message = view.message;
  const attributes = { "data-message-id": message.message_id, "data-testid": "message" };
  const service = serviceText(message);
  if (service) return el("div", { ...attributes, class: "service" }, el("span", {}, service));
  const isMine = message.from.id === me;
  const text = message.text || message.caption || "";
  const entities = message.entities || message.caption_entities || [];
  const time = new Date(message.date * 1000).toLocaleTimeString(language === "en" ? "en-GB" : language, { hour: "2-digit", minute: "2-digit" });
  const replied = message.reply_to_message;
  const sender = message.sender_chat ? message.sender_chat.title : nameOf(message.from);
  const bubble = el("div", { class: "bubble" },
    isGroup && !isMine && !follows ? el("b", { class: `sender ${hue(message.from.id)}` }, sender) : null,
    replied ? el("div", { class: "quoted" }, el("b", {}, nameOf(replied.from)), el("span", {}, summary(replied))) : null,
    attachment(message),
    text ? el("div", { class: "text", dir: "auto" }, formatted(text, entities, hooks)) : null,
    el("div", { class: "meta" }, view.edited ? el("span", { class: "edited" }, t.edited) : null, el("time", {}, time)));
  return el("article", {
    ...attributes, class: `message ${isMine ? "mine" : "theirs"}${follows ? " follows" : ""}`, "aria-label": `${sender}, ${time}`,
  },
  el("div", { class: "line" }, bubble,
    el("button", { type: "button", class: "round reply", "aria-label": `${t.reply} : ${summary(message).slice(0, 40)}`, title: t.reply, onclick: () => hooks.reply(message) }, icon("reply"))),
  keyboard(message, hooks));
}
