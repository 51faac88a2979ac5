// The control API of the sandbox, and the stream of what happens.

const ROOT = "/sandbox/api";

export class Refused extends Error {}

async function read(answer) {
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body.error || answer.statusText);
  return body;
}

export async function get(path, query = {}) {
  const text = new URLSearchParams(query).toString();
  return read(await fetch(`${ROOT}/${path}${text ? `?${text}` : ""}`));
}

export async function act(verb, order) {
  return read(await fetch(`${ROOT}/${verb}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(order),
  }));
}

export async function upload(person, chat, file, caption) {
  const query = new URLSearchParams({ person, chat, name: file.name });
  if (caption) query.set("caption", caption);
  return read(await fetch(`${ROOT}/upload?${query}`, { method: "POST", body: file }));
}

export const fileUrl = (id) => `${ROOT}/files/${encodeURIComponent(id)}`;

// Calls `on(events, seq)` with every batch; `events` is null when some were missed and all must be read again.
export async function follow(since, on, onState) {
  let seq = since;
  for (;;) {
    try {
      const batch = await get("events", { since: seq, timeout: 25 });
      onState(true);
      if (batch.events === null || batch.events.length) await on(batch.events, batch.seq);
      seq = batch.seq;
    } catch (error) {
      onState(false);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
