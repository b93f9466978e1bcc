/**
 * Functions that run in a page: they are sent there as text, so they can use nothing from outside.
 *
 * @module
 */

/**
 * What to look for, as those who use a page name it. Texts are whole and exact.
 *
 * @typedef {{ label: string } | { button: string } | { css: string } | { text: string, in?: string }} ElementQuery
 */

/**
 * The visible elements that fit.
 *
 * @param {ElementQuery} query
 * @returns {unknown[]}
 */
export function findElements(query) {
  const textOf = ({ textContent }) => textContent.replaceAll(/\s+/g, " ").trim();
  const nameOf = (element) =>
    element.getAttribute("aria-label") ?? (element.labels?.[0] ? textOf(element.labels[0]) : "");
  const all = (selector) => [...document.querySelectorAll(selector)];
  const find = () => {
    if ("css" in query) return all(query.css);
    if ("label" in query) {
      return all("input, textarea").filter((each) => nameOf(each) === query.label);
    }
    if ("button" in query) return all("button").filter((each) => textOf(each) === query.button);
    const fitting = all(query.in ?? "body *").filter((each) => textOf(each) === query.text);
    return fitting.filter((each) =>
      !fitting.some((other) => other !== each && each.contains(other))
    );
  };
  return find().filter((each) => each.getClientRects().length > 0);
}

/**
 * Replaces the text of a box, as typing does.
 *
 * @param {{ focus(): void, value: string, dispatchEvent(event: Event): boolean }} box
 * @param {string} text
 * @returns {void}
 */
export function fill(box, text) {
  box.focus();
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}
