/**
 * One person at the page of the chat.
 *
 * @module
 */
import type { Browser, Page } from "./playwright.ts";

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
  /** Addresses of all that the page has loaded. */
  readonly requests: string[] = [];
  /** What went wrong in its scripts. */
  readonly errors: Error[] = [];
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("pageerror", (error) => this.errors.push(error));
  }

  /** Opens the page as somebody new. */
  static async open(browser: Browser, url: URL): Promise<ChatPage> {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    await page.addInitScript({ content: NOTE_CLOSES });
    const chatPage = new ChatPage(page);
    await page.goto(url.href);
    return chatPage;
  }

  /** Fills in the form and waits for the welcome. */
  async join(name: string, room: string): Promise<void> {
    await this.#page.getByLabel("Your name").fill(name);
    await this.#page.getByLabel("Room").fill(room);
    await this.#page.getByRole("button", { name: "Join" }).click();
    await this.see(`You joined as ${name}`);
  }

  /** Types a text and presses Enter. */
  async say(text: string): Promise<void> {
    const box = this.#page.getByLabel("Message", { exact: true });
    await box.fill(text);
    await box.press("Enter");
  }

  async leave(): Promise<void> {
    await this.#page.getByRole("button", { name: "Leave" }).click();
    await this.#page.getByRole("button", { name: "Join" }).waitFor();
  }

  /** Waits until exactly this text is seen, for the `times`th time. */
  async see(text: string, { times = 1 }: { times?: number } = {}): Promise<void> {
    await this.#page.getByText(text, { exact: true }).nth(times - 1).waitFor();
  }

  /** Waits until those who are here are exactly these. */
  async seePeople(...names: readonly string[]): Promise<void> {
    await this.see(`Here: ${names.length}`);
    for (const name of names) {
      await this.#page.locator(`#people bdi:text-is(${JSON.stringify(name)})`).waitFor();
    }
  }

  /** All lines of text that people have said. */
  async readTexts(): Promise<string[]> {
    return await this.#page.locator("#log .text").allTextContents();
  }

  /** Makes the window as large as this. */
  async resize(width: number, height: number): Promise<void> {
    await this.#page.setViewportSize({ width, height });
  }

  /** Types a text and leaves it in the box. */
  async type(text: string): Promise<void> {
    await this.#page.getByLabel("Message", { exact: true }).fill(text);
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

  /** Waits for two drawings: scrolling and the observers of sizes come before the second one ends. */
  async #settle(): Promise<void> {
    const draw = "new Promise((resolve) => requestAnimationFrame(resolve))";
    await this.#page.evaluate(`${draw}.then(() => ${draw})`);
  }

  /** How many elements of the log have this tag. */
  async countInLog(tag: string): Promise<number> {
    return await this.#page.locator(`#log ${tag}`).count();
  }

  /** Waits for the end of the `count`th WebSocket of this page; gives all ends so far. */
  async readCloses(count: number): Promise<readonly PageClose[]> {
    return await this.#page.evaluate(`whenClosed(${count})`) as PageClose[];
  }
}
