/**
 * The search of the site, in the reader's browser, over `search.json`. Without it a reader would
 * need another site's search to find a word on this one.
 *
 * @module
 */

/**
 * A section of a page, or a name of the API.
 *
 * @typedef {{ title: string, heading: string, url: string, text: string }} Entry
 */

const MOST = 20;

/**
 * The entries that have all words of the query, the best first. A word in a heading counts more
 * than one in the text, and a whole word more than its beginning.
 *
 * @param {readonly Entry[]} entries
 * @param {string} query
 * @returns {Entry[]}
 */
export function findEntries(entries, query) {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return [];
  return entries.map((entry) => ({ entry, score: rate(entry, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST)
    .map(({ entry }) => entry);
}

/**
 * @param {Entry} entry
 * @param {readonly string[]} words
 * @returns {number} 0 if a word is missing
 */
function rate({ title, heading, text }, words) {
  let sum = 0;
  for (const word of words) {
    const score = 9 * rateText(heading, word) + 6 * rateText(title, word) + rateText(text, word);
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

/**
 * @param {string} text
 * @param {string} word
 * @returns {number} 3 for the whole word, 2 for its beginning, 1 for any other place
 */
function rateText(text, word) {
  const lower = text.toLowerCase();
  let best = 0;
  for (let at = lower.indexOf(word); at >= 0 && best < 3; at = lower.indexOf(word, at + 1)) {
    const begins = !/[\p{L}\p{N}_]/u.test(lower[at - 1] ?? " ");
    const ends = !/[\p{L}\p{N}_]/u.test(lower[at + word.length] ?? " ");
    best = Math.max(best, begins ? ends ? 3 : 2 : 1);
  }
  return best;
}

/**
 * The text around the first of the words.
 *
 * @param {string} text
 * @param {string} query
 * @returns {string}
 */
export function excerptOf(text, query) {
  const lower = text.toLowerCase();
  const places = query.toLowerCase().split(/\s+/).map((word) => lower.indexOf(word));
  const first = Math.min(...places.filter((place) => place >= 0));
  const start = Number.isFinite(first) ? Math.max(0, first - 60) : 0;
  const end = start + 160;
  const cut = text.slice(start, end).trim();
  return `${start > 0 ? "…" : ""}${cut}${end < text.length ? "…" : ""}`;
}

/** @param {HTMLFormElement} form */
function start(form) {
  const input = form.querySelector("input"), results = form.querySelector("div");
  if (input === null || results === null) return;
  const base = form.dataset.base ?? "";
  /** @type {Promise<Entry[]> | undefined} */
  let loading;
  const load = () =>
    loading ??= fetch(`${base}search.json`).then((response) => {
      if (!response.ok) throw new Error(`search.json: ${response.status}`);
      return response.json();
    });

  const show = async () => {
    const query = input.value.trim();
    results.hidden = query === "";
    if (query === "") return;
    try {
      const found = findEntries(await load(), query);
      if (input.value.trim() !== query) return; // more was typed meanwhile
      results.replaceChildren(
        ...found.length === 0 ? [paragraph(`Nothing has “${query}”.`)] : found.map(link),
      );
    } catch {
      loading = undefined;
      results.replaceChildren(paragraph("The index could not be loaded. Type again to retry."));
    }
  };

  /** @param {string} text */
  const paragraph = (text) => Object.assign(document.createElement("p"), { textContent: text });
  /** @param {Entry} entry */
  const link = ({ title, heading, url, text }) => {
    const a = document.createElement("a"), small = document.createElement("small");
    a.href = base + url;
    a.append(heading === "" ? title : `${heading} · ${title}`, small);
    a.addEventListener("click", () => results.hidden = true); // the link may lead to this page
    small.textContent = excerptOf(text, input.value.trim());
    return a;
  };

  form.hidden = false;
  input.addEventListener("input", show);
  input.addEventListener("focus", () => void load().catch(() => loading = undefined));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    results.querySelector("a")?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") results.hidden = true;
    else if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      input.focus();
    }
  });
}

if (typeof document !== "undefined") document.querySelectorAll("form").forEach(start);
