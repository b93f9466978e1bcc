/**
 * The chat's page. It talks to the server by the same library as the server does.
 *
 * @module
 */
// In a project of your own: from "@fullduplex/websocket/reconnecting", through your bundler.
import { reconnecting } from "../../src/reconnecting/web.ts";

const SPOKEN_LINES = 500; // older ones leave the page
const AT_END_PX = 80; // less than this below the visible lines counts as the end of the log
const MESSAGE_TOO_BIG = 1009;

const find = (selector) => document.querySelector(selector);
const joinForm = find("#join form"), sayForm = find("#say"), log = find("#log");
const textBox = find("#say textarea");

let leaving = null; // the AbortController of the stay in a room
let connection = null; // null: there is none just now
let me = "";
let isLost = false; // and the log says so
let lastSpeaker = null;
const here = new Set();

/** Everything that came from others gets into the page as text, never as HTML. */
function element(tag, { className = "", text = "" }, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  made.append(...children);
  return made;
}

const hueOf = (name) => [...name].reduce((hue, c) => (hue * 31 + c.codePointAt(0)) % 360, 7);

let isAtEnd = true; // who reads further up is left there
let lastTop = 0;
function showEnd() {
  if (isAtEnd) log.scrollTop = log.scrollHeight;
  lastTop = log.scrollTop;
}
log.addEventListener("scroll", () => {
  // Only who scrolls up leaves the end: the event of a new line may come after the log has shrunk.
  if (log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PX) isAtEnd = true;
  else if (log.scrollTop < lastTop) isAtEnd = false;
  lastTop = log.scrollTop;
});
// A phone's keyboard and a text box that grows take the room of the newest lines.
new ResizeObserver(showEnd).observe(log);

function showLine(line) {
  log.append(line);
  if (log.childElementCount > SPOKEN_LINES) log.firstElementChild.remove();
  showEnd();
}

function showNote(text) {
  lastSpeaker = null;
  showLine(element("div", { className: "note", text }));
}

function showSaid({ name, text }) {
  const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const by = element("p", { className: "by" }, element("bdi", { text: name }), ` ${time}`);
  const line = element("div", {}, by, element("p", { className: "text", text }));
  line.classList.toggle("own", name === me);
  line.classList.toggle("more", name === lastSpeaker);
  line.style.setProperty("--hue", hueOf(name));
  lastSpeaker = name;
  showLine(line);
}

function showPeople() {
  find("#count").textContent = `Here: ${here.size}`;
  find("#people ul").replaceChildren(
    ...[...here].sort().map((name) => {
      const person = element("li", {}, element("bdi", { text: name }));
      if (name === me) person.append(element("span", { className: "you", text: "you" }));
      person.dataset.initial = [...name][0].toUpperCase();
      person.style.setProperty("--hue", hueOf(name));
      return person;
    }),
  );
}

function showStatus(text) {
  find("#status").textContent = text;
  find("#status").classList.toggle("open", connection !== null);
  find("#say button").disabled = connection === null;
}

function showForm(problem) {
  find("#join").hidden = false;
  find("#chat").hidden = true;
  find("#problem").textContent = problem;
  joinForm.elements.name.focus();
}

const onEvent = {
  welcome({ name, here: names }) {
    me = name;
    isLost = false;
    for (const each of names) here.add(each);
    showStatus("Connected");
    showNote(`You joined as ${name}`);
    if (names.length === 1) showNote("Nobody else is here: open a second window");
  },
  joined({ name }) {
    here.add(name);
    showNote(`${name} joined`);
  },
  left({ name }) {
    here.delete(name);
    showNote(`${name} left`);
  },
  said: showSaid,
};

/** Called before each attempt to connect. `cause` is how the last connection or attempt ended. */
function onAttempt({ cause }) {
  connection = null;
  here.clear();
  showPeople();
  if (cause !== undefined && !isLost) {
    isLost = true;
    showNote("No connection to the server, trying again");
  }
  showStatus(cause === undefined ? "Connecting…" : "Reconnecting…");
}

/** One stay in a room, over as many connections as it takes. */
async function stay(room, name, { signal }) {
  const url = new URL(`/chat/${encodeURIComponent(room)}`, location.href);
  url.searchParams.set("name", name);
  const connections = reconnecting(url, {
    protocols: "chat",
    signal,
    maxDelayMs: 10_000,
    onAttempt,
    // The same text would be too long for the next connection, too.
    shouldRetry: ({ code }) => code === MESSAGE_TOO_BIG ? false : undefined,
  });
  try {
    for await (connection of connections) {
      for await (const text of connection) {
        const event = JSON.parse(text);
        onEvent[event.type](event);
        if (event.type !== "said") showPeople();
      }
    }
  } catch (error) {
    if (!signal.aborted) showForm(error.cause?.reason || error.message); // it gave up
  } finally {
    if (leaving?.signal === signal) connection = null;
  }
}

joinForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const room = joinForm.elements.room.value.trim(), name = joinForm.elements.name.value.trim();
  sessionStorage.setItem("name", name);
  location.hash = encodeURIComponent(room);
  find("#invite").href = location.href;
  document.title = find("#title").textContent = room;
  find("#join").hidden = true;
  find("#chat").hidden = false;
  log.replaceChildren();
  isAtEnd = true;
  isLost = false;
  leaving = new AbortController();
  stay(room, name, leaving);
  textBox.focus();
});

sayForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = textBox.value;
  if (connection === null || text.trim() === "") return;
  textBox.value = "";
  textBox.focus();
  connection.send(text).catch(() => textBox.value ||= text); // the connection has just been lost
});

textBox.addEventListener("keydown", (event) => {
  // While an input method composes, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sayForm.requestSubmit();
});

find("#leave").addEventListener("click", () => {
  leaving.abort(); // which closes the connection, or ends the attempts
  connection = null;
  showForm("");
});

joinForm.elements.name.value = sessionStorage.getItem("name") ?? "";
joinForm.elements.room.value = decodeURIComponent(location.hash.slice(1)) || "lobby";
