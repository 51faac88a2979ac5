"""The payment page's one style sheet."""

from typing import Final

STYLE: Final = """
:root { --ink: #1d2b26; --soft: #5c6d66; --line: #d5ded9; --paper: #fff; --wall: #f3f6f4; --accent: #1f6f54;
  --accent-dark: #185a44; --tint: #e6f2ec; --bad: #b3261e; --bad-tint: #fdecea; --badge: #f6e3b4;
  --badge-ink: #5f4300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8efeb; --soft: #a3b3ab; --line: #35443d; --paper: #1b2521;
  --wall: #131a17; --accent: #2f8f6e; --accent-dark: #3aa680; --tint: #21352c; --bad: #ff9a92; --bad-tint: #3a1f1d;
  --badge: #4d3d12; --badge-ink: #f6e3b4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--wall); color: var(--ink);
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto,
  "Helvetica Neue", sans-serif; -webkit-text-size-adjust: 100%; }
main { max-width: 27rem; margin: 0 auto; padding: 0 1.1rem 1.5rem; min-height: 100vh; display: flex;
  flex-direction: column; }
header { display: flex; align-items: center; gap: .6rem; min-height: 3.4rem; }
.back { color: var(--soft); text-decoration: none; padding: .6rem .4rem .6rem 0; white-space: nowrap; }
.back:hover { color: var(--ink); }
.who { flex: 1; min-width: 0; text-align: center; font-weight: 600; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.badge { padding: .15rem .55rem; border-radius: .4rem; background: var(--badge); color: var(--badge-ink);
  font-size: .78rem;
  font-weight: 600; white-space: nowrap; }
.sum { text-align: center; padding: .5rem 0 1.1rem; }
.sum h1 { margin: 0; font-size: 1rem; font-weight: 500; color: var(--soft); }
.amount { margin: .1rem 0 .8rem; font-size: 2.5rem; line-height: 1.15; font-weight: 650; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; }
.lines { list-style: none; margin: 0; padding: 0; text-align: left; border-top: 1px solid var(--line); }
.lines li { display: flex; justify-content: space-between; gap: 1rem; padding: .6rem 0;
  border-bottom: 1px solid var(--line); }
.lines span { min-width: 0; overflow-wrap: anywhere; }
.lines b { font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums; }
.lines small { display: block; color: var(--soft); font-size: .87rem; }
form { display: block; padding: 1.1rem; border-radius: 1rem; background: var(--paper); box-shadow: 0 1px 3px #0002; }
label, legend, .fixed span { display: block; padding: 0; margin: 0 0 .3rem; font-size: .9rem; font-weight: 600; }
.field, .fixed, fieldset { margin: 0 0 .9rem; padding: 0; border: 0; min-width: 0; }
.fixed b { font-weight: 400; overflow-wrap: anywhere; }
input { width: 100%; min-width: 0; min-height: 2.9rem; padding: .5rem .75rem; border: 1px solid var(--line);
  border-radius: .6rem; background: var(--paper); color: var(--ink); font: inherit;
  font-variant-numeric: tabular-nums; }
input::placeholder { color: var(--soft); opacity: .75; }
input:focus { position: relative; z-index: 1; outline: 2px solid var(--accent); outline-offset: 0;
  border-color: var(--accent); }
input[aria-invalid] { border-color: var(--bad); z-index: 1; position: relative; }
.card { display: grid; grid-template-columns: 1fr 1fr; }
.card #number { grid-column: 1 / 3; border-radius: .6rem .6rem 0 0; }
.card #expiry { border-radius: 0 0 0 .6rem; margin: -1px -1px 0 0; }
.card #cvc { border-radius: 0 0 .6rem 0; margin-top: -1px; }
.wrong { margin: .35rem 0 0; color: var(--bad); font-size: .9rem; }
.field + .wrong { margin: -.55rem 0 .9rem; }
.alert { margin: 0 0 1rem; padding: .7rem .85rem; border-radius: .6rem; background: var(--bad-tint); color: var(--bad);
  font-weight: 500; text-wrap: pretty; }
.note { margin: 0 0 .9rem; color: var(--soft); font-size: .9rem; }
button { width: 100%; min-height: 3rem; padding: .6rem 1rem; border: 0; border-radius: .7rem; font: inherit;
  font-weight: 600;
  cursor: pointer; }
.pay { background: var(--accent); color: #fff; font-size: 1.06rem; }
.pay:hover, .pay:focus-visible { background: var(--accent-dark); }
.fill { margin-top: .6rem; background: var(--tint); color: var(--ink); }
button:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
details { margin-top: .9rem; color: var(--soft); font-size: .9rem; }
summary { cursor: pointer; padding: .3rem 0; }
details ul { margin: .3rem 0; padding: 0; list-style: none; }
details li { padding: .15rem 0; }
code { font: .95em ui-monospace, Menlo, "DejaVu Sans Mono", monospace; color: var(--ink); white-space: nowrap; }
details p { margin: .4rem 0 0; }
.closed { margin: auto 0; padding: 2.2rem 1.2rem; border-radius: 1rem; background: var(--paper);
  box-shadow: 0 1px 3px #0002;
  text-align: center; }
.closed h1 { margin: .6rem 0 .3rem; font-size: 1.35rem; }
.closed p { margin: 0; color: var(--soft); }
.closed .sign { width: 3.6rem; height: 3.6rem; margin: 0 auto; border-radius: 50%; display: grid; place-items: center;
  background: var(--tint); color: var(--ink); font-size: 1.7rem; font-weight: 700; }
.closed.done .sign { background: var(--accent); color: #fff; }
.closed .back { display: inline-block; margin-top: 1rem; }
footer { margin: 1.1rem 0 0; text-align: center; color: var(--soft); font-size: .82rem; }
"""
