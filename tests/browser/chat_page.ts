/**
 * One person at the page of the chat.
 *
 * @module
 */
import type { Browser, Page } from "./browsers.ts";

/** How a WebSocket of the page ended, as the browser told the page. */
export interface PageClose {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** Notes how each WebSocket of the page ends, before any script of the page runs. */
const NOTE_CLOSES = `
  const closes = [];
  const waiting = [];
  window.whenClosed = async (count) => {
    while (closes.length < count) await new Promise((resolve) => waiting.push(resolve));
    return closes;
  };
  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("close", ({ code, reason, wasClean }) => {
        closes.push({ code, reason, wasClean });
        for (const resolve of waiting.splice(0)) resolve();
      });
    }
  };
`;

/** A page of the chat, and what can be done there and seen. */
export class ChatPage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Opens the page as somebody new. */
  static async open(browser: Browser, url: URL): Promise<ChatPage> {
    return new ChatPage(await browser.open(url, { before: NOTE_CLOSES }));
  }

  /** Addresses of all that the page has loaded. */
  get requests(): readonly string[] {
    return this.#page.requests;
  }

  /** The errors of its scripts. */
  get errors(): readonly Error[] {
    return this.#page.errors;
  }

  /** Fills in the form and waits for the welcome. */
  async join(name: string, room: string): Promise<void> {
    await this.#page.fill({ label: "Your name" }, name);
    await this.#page.fill({ label: "Room" }, room);
    await this.#page.click({ button: "Join" });
    await this.see(`You joined as ${name}`);
  }

  /** Types a text and presses Enter. */
  async say(text: string): Promise<void> {
    await this.type(text);
    await this.#page.press({ label: "Message" }, "Enter");
  }

  async leave(): Promise<void> {
    await this.#page.click({ button: "Leave" });
    await this.#page.see({ button: "Join" });
  }

  /** Waits until exactly this text is seen, for the `times`th time. */
  async see(text: string, { times = 1 }: { times?: number } = {}): Promise<void> {
    await this.#page.see({ text }, { index: times - 1 });
  }

  /** Waits until those who are here are exactly these. */
  async seePeople(...names: readonly string[]): Promise<void> {
    await this.see(`Here: ${names.length}`);
    for (const text of names) await this.#page.see({ text, in: "#people bdi" });
  }

  /** How many are here, as the page says. */
  async countPeople(): Promise<number> {
    return await this.#page.count("#people bdi");
  }

  /** All lines of text that people have said. */
  async readTexts(): Promise<string[]> {
    const texts = '[...document.querySelectorAll("#log .text")].map((each) => each.textContent)';
    return await this.#page.evaluate(texts) as string[];
  }

  /** Makes the window as large as this. */
  async resize(width: number, height: number): Promise<void> {
    await this.#page.resize(width, height);
  }

  /** Types a text and leaves it in the box. */
  async type(text: string): Promise<void> {
    await this.#page.fill({ label: "Message" }, text);
  }

  /** Scrolls the log to its beginning. */
  async scrollToStart(): Promise<void> {
    await this.#page.evaluate('document.querySelector("#log").scrollTo(0, 0)');
    await this.#settle();
  }

  /** Pixels of the log below its visible part, once the page is drawn. */
  async readHiddenPx(): Promise<number> {
    await this.#settle();
    return await this.#page.evaluate(`(() => {
      const { scrollHeight, scrollTop, clientHeight } = document.querySelector("#log");
      return Math.round(scrollHeight - scrollTop - clientHeight);
    })()`) as number;
  }

  /** Height of the log's visible part. */
  async readLogHeight(): Promise<number> {
    return await this.#page.evaluate('document.querySelector("#log").clientHeight') as number;
  }

  /** Address of the link to a second window. */
  async readInvitation(): Promise<string> {
    return await this.#page.evaluate('document.querySelector("#invite").href') as string;
  }

  /**
   * Waits for two drawings: scrolling and the observers of sizes come before the second one ends.
   */
  async #settle(): Promise<void> {
    const draw = "new Promise((resolve) => requestAnimationFrame(resolve))";
    await this.#page.evaluate(`${draw}.then(() => ${draw})`);
  }

  /** How many elements of the log have this tag. */
  async countInLog(tag: string): Promise<number> {
    return await this.#page.count(`#log ${tag}`);
  }

  /** Waits for the end of the `count`th WebSocket of this page; gives all ends so far. */
  async readCloses(count: number): Promise<readonly PageClose[]> {
    return await this.#page.evaluate(`whenClosed(${count})`) as PageClose[];
  }
}
