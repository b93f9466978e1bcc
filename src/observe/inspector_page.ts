/**
 * The inspector page as one text, so that no file has to be loaded at run time.
 *
 * @module
 */

const STYLE = `
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #16202b; --soft: #5a6673;
  --line: #dfe4ea; --one: #0b62d6; --two: #b3530a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #10151b; --card: #1a2129; --text: #e8edf2;
  --soft: #9aa7b4; --line: #2e3843; --one: #6db1ff; --two: #ffb066; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--back); color: var(--text);
  font: 14px/1.4 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; margin-bottom: 12px; }
h1 { font-size: 18px; margin: 0; } h2 { font-size: 14px; margin: 0 0 8px; }
#state { color: var(--soft); overflow-wrap: anywhere; min-width: 0; } #state.bad { color: var(--bad); }
.grid { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 160px), 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px;
  min-width: 0; }
.card + .card, .grid + .grid, .grid + .card { margin-top: 0; }
main { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.value { font-size: 22px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; } .value small { font-size: 13px; color: var(--soft); }
.value b { font-weight: 400; display: inline-block; max-width: 100%; margin-right: 8px; }
.one { color: var(--one); } .two { color: var(--two); }
svg { display: block; width: 100%; height: 48px; margin-top: auto; padding-top: 6px; }
.grid .card { display: flex; flex-direction: column; } .value small { white-space: nowrap; }
polyline { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
polyline.one { stroke: var(--one); } polyline.two { stroke: var(--two); stroke-dasharray: 4 2; }
dl { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, auto); gap: 4px 12px; margin: 0; }
dt { overflow-wrap: anywhere; } dd { margin: 0; font-variant-numeric: tabular-nums; text-align: right; overflow-wrap: anywhere; }
.tabs { display: flex; gap: 8px; margin-bottom: 8px; }
button { font: inherit; color: var(--text); background: transparent; border: 1px solid var(--line);
  border-radius: 6px; padding: 4px 10px; min-height: 32px; cursor: pointer; }
button[aria-pressed=true] { border-color: var(--one); color: var(--one); }
button:focus-visible { outline: 2px solid var(--one); outline-offset: 1px; }
td button { border-color: var(--bad); color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 8px; border-top: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 500; border: 0; }
th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left; }
td:nth-child(-n+2) { max-width: 300px; overflow: hidden; text-overflow: ellipsis; }
.empty { color: var(--soft); }
@media (max-width: 600px) {
  body { padding: 10px; } thead { display: none; }
  tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); padding: 8px 0; border-top: 1px solid var(--line); }
  td { border: 0; padding: 2px 4px; text-align: left; white-space: normal; overflow-wrap: anywhere; }
  td:nth-child(-n+2) { max-width: none; max-height: 4.2em; }
  td::before { content: attr(data-name) " "; color: var(--soft); }
}
`;

const SCRIPT = `
const POINTS = 120, series = {};
let last = null, order = "slowest", failures = 0;
const byId = (id) => document.getElementById(id);
const short = (n) => n >= 1e12 ? n.toExponential(1) : n >= 1e9 ? (n / 1e9).toFixed(1) + " G" : n >= 1e6 ? (n / 1e6).toFixed(1) + " M"
  : n >= 1e4 ? (n / 1e3).toFixed(1) + " k" : n >= 100 || Number.isInteger(n) ? String(Math.round(n)) : n.toFixed(1);
const bytes = (n) => short(n).replace(/ ?([GMk]?)$/, " $1B");
const time = (ms) => ms < 60000 ? Math.round(ms / 1000) + " s" : ms < 3600000
  ? Math.round(ms / 60000) + " min" : (ms / 3600000).toFixed(1) + " h";
const trip = (ms) => ms === null ? "\\u2013" : (ms < 10 ? ms.toFixed(1) : Math.round(ms)) + " ms";
function plot(id, values) {
  const lines = [...byId(id).querySelectorAll("polyline")];
  values.forEach((value, i) => {
    const list = series[id + i] ??= [];
    list.push(value);
    if (list.length > POINTS) list.shift();
  });
  const most = Math.max(1e-9, ...values.flatMap((_, i) => series[id + i]));
  lines.forEach((line, i) => line.setAttribute("points", series[id + i].map((value, at, list) =>
    (POINTS - list.length + at) / (POINTS - 1) * 300 + "," + (47 - value / most * 45)).join(" ")));
}
function text(id, ...parts) {
  byId(id).querySelectorAll(".value span").forEach((span, i) => span.textContent = parts[i]);
}
function list(id, counts) {
  const entries = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const nodes = entries.flatMap(([name, count]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = short(count);
    return [dt, dd];
  });
  if (nodes.length === 0) {
    const dt = document.createElement("dt");
    dt.className = "empty";
    dt.textContent = "none so far";
    nodes.push(dt);
  }
  byId(id).replaceChildren(...nodes);
}
async function close(id, button) {
  button.disabled = true;
  const url = location.pathname + "?close=" + id;
  await fetch(url, { method: "POST", headers: { "X-Inspector": "close" } });
}
function table(rows) {
  const names = ["address", "path", "round trip", "to send", "unread", "received", "sent", "dropped", "age", ""];
  byId("rows").replaceChildren(...rows.map((row) => {
    const tr = document.createElement("tr");
    const cells = [row.address, row.path, trip(row.roundTripMs), bytes(row.bufferedBytes),
      bytes(row.unreadBytes), short(row.received), short(row.sent), short(row.dropped), time(row.ageMs)];
    cells.forEach((cell, i) => {
      const td = document.createElement("td");
      td.dataset.name = names[i];
      td.textContent = cell;
      if (i < 2) td.title = cell; // it may be cut
      tr.append(td);
    });
    const td = document.createElement("td"), button = document.createElement("button");
    button.textContent = "Close";
    button.setAttribute("aria-label", "Close " + row.address);
    button.onclick = () => close(row.id, button);
    td.append(button);
    tr.append(td);
    return tr;
  }));
}
function show(now) {
  if (last === null) {
    last = now; // rates are computed from the difference of two inspections
    table(now[order]);
    return;
  }
  const rate = (name) => (now[name] - last[name]) / Math.max(0.001, (now.at - last.at) / 1000);
  text("connections", short(now.active));
  plot("connections", [now.active]);
  text("messages", short(rate("received")), short(rate("sent")));
  plot("messages", [rate("received"), rate("sent")]);
  text("bytes", bytes(rate("receivedBytes")), bytes(rate("sentBytes")));
  plot("bytes", [rate("receivedBytes"), rate("sentBytes")]);
  const { count, p50, p99 } = now.roundTrips;
  text("trips", count ? trip(p50) : "\\u2013", count ? trip(p99) : "\\u2013");
  plot("trips", [p50, p99]);
  text("held", bytes(now.bufferedBytes), bytes(now.unreadBytes));
  plot("held", [now.bufferedBytes, now.unreadBytes]);
  text("drops", short(now.dropped));
  plot("drops", [rate("dropped")]);
  list("closed", now.closed);
  list("refused", now.refused);
  if (!byId("rows").contains(document.activeElement)) table(now[order]);
  last = now;
}
async function look() {
  try {
    const response = await fetch(location.pathname + "?data", { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error("the server answers " + response.status);
    show(await response.json());
    failures = 0;
    byId("state").textContent = "live";
    byId("state").className = "";
  } catch (error) {
    failures++;
    byId("state").textContent = error.message;
    byId("state").className = "bad";
  }
  setTimeout(look, document.hidden ? 5000 : 1000 * Math.min(10, failures + 1));
}
for (const button of document.querySelectorAll(".tabs button")) {
  button.onclick = () => {
    order = button.value;
    document.querySelectorAll(".tabs button").forEach((other) =>
      other.setAttribute("aria-pressed", String(other === button)));
    button.blur();
    if (last !== null) table(last[order]);
  };
}
look();
`;

const plot = (id: string, title: string, values: string, lines: number): string =>
  `<section class="card" id="${id}"><h2>${title}</h2><div class="value">${values}</div>
<svg viewBox="0 0 300 48" preserveAspectRatio="none" aria-hidden="true"><polyline class="one"/>${
    lines === 2 ? '<polyline class="two"/>' : ""
  }</svg></section>`;

const both = (first: string, second: string): string =>
  `<b><span class="one">\u2013</span> <small>${first}</small></b><b><span class="two">\u2013</span> <small>${second}</small></b>`;

const BODY =
  `<header><h1>WebSocket connections</h1><span id="state" role="status">loading</span></header>
<main><div class="grid">
${plot("connections", "Connections", '<span class="one">\u2013</span> <small>open</small>', 1)}
${plot("messages", "Messages a second", both("received", "sent"), 2)}
${plot("bytes", "Bytes a second", both("received", "sent"), 2)}
${plot("trips", "Round trip", both("half below", "99 % below"), 2)}
${plot("held", "Bytes held", both("to send", "unread"), 2)}
${plot("drops", "Dropped by topics", '<span class="one">\u2013</span> <small>messages</small>', 1)}
</div><div class="grid">
<section class="card"><h2>Ended, by cause</h2><dl id="closed"></dl></section>
<section class="card"><h2>Refused, by rule</h2><dl id="refused"></dl></section>
</div><section class="card"><h2>Connections</h2>
<div class="tabs"><button value="slowest" aria-pressed="true">Slowest</button>
<button value="largest" aria-pressed="false">Most held</button></div>
<div class="scroll"><table><thead><tr><th>address</th><th>path</th><th>round trip</th><th>to send</th><th>unread</th>
<th>received</th><th>sent</th><th>dropped</th><th>age</th><th></th></tr></thead><tbody id="rows"></tbody></table></div>
</section></main>`;

/** The page; `nonce` lets its own style and script run under its Content-Security-Policy. */
export function makeInspectorPage(nonce: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>WebSocket connections</title>
<link rel="icon" href="data:,"><style nonce="${nonce}">${STYLE}</style></head><body>
${BODY}<script nonce="${nonce}">${SCRIPT}</script></body></html>`;
}
