// Building elements without ever parsing text as HTML.

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined));
  return made;
}

const ICONS = {
  send: "M3 20.5 22 12 3 3.5v6.7L15 12 3 13.8z",
  attach: "M16.5 6.5 8.9 14a2.1 2.1 0 0 0 3 3l7.7-7.6a4.2 4.2 0 0 0-6-6L5.5 11.500a6.300 6.300 0 0 0 9 9l6-6",
  menu: "M4 7h16M4 12h16M4 17h10",
  reply: "M10 8V4L3 11l7 7v-4c5 0 8 1.500 10.500 5C20 13 17 8.500 10 8z",
  down: "M5 9l7 7 7-7",
  file: "M6 2h8l5 5v15H6zM14 2v5h5",
  pin: "M9 3h6l-1 6 4 4H6l4-4zM12 13v8",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M8 8h12v12H8zM4 16V4h12",
  link: "M8 16 17 7M9 7h8v8",
};
const FILLED = new Set(["send", "reply"]);

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", FILLED.has(name) ? "icon filled" : "icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function initials(name) {
  return name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0].toUpperCase()).join("");
}

export const hue = (id) => `hue-${Math.abs(id) % 7}`;

export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "off-screen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
