// Drives Chromium: a page over HTTP/2 opens connections, and exchanges messages on each. Prints what it saw as JSON.
import process from "node:process";
const { chromium } = await import(process.env.PLAYWRIGHT_PATH);
const [url, count] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH,
  args: ["--no-sandbox", "--ignore-certificate-errors"],
});
try {
  const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  await page.goto(url);
  const seen = await page.evaluate(async (count) => {
    const protocol = performance.getEntriesByType("navigation")[0].nextHopProtocol;
    const target = location.href.replace("http", "ws");
    const next = (socket, event) =>
      new Promise((resolve, reject) => {
        socket.addEventListener(event, resolve, { once: true });
        if (event !== "close") {
          socket.addEventListener("close", (e) => reject(new Error(`closed ${e.code}`)), {
            once: true,
          });
        }
      });
    const sockets = Array.from({ length: count }, () => new WebSocket(target));
    await Promise.all(sockets.map((socket) => next(socket, "open")));
    const echoes = await Promise.all(sockets.map(async (socket, index) => {
      socket.binaryType = "arraybuffer";
      socket.send(`text ${index}`);
      const text = (await next(socket, "message")).data;
      socket.send(new Uint8Array(1000).fill(index));
      const { data } = await next(socket, "message");
      return text === `text ${index}` && data.byteLength === 1000;
    }));
    sockets[0].send(new Uint8Array(8 * 1024 * 1024));
    const large = (await next(sockets[0], "message")).data.byteLength;
    const { extensions } = sockets[0];
    const codes = {};
    const closes = sockets.map(async (socket) => {
      const { code } = await next(socket, "close");
      codes[code] = (codes[code] ?? 0) + 1;
    });
    sockets[0].send("drain");
    await Promise.all(closes);
    return {
      protocol,
      echoes: echoes.filter(Boolean).length,
      large,
      extensions,
      codes,
    };
  }, Number(count));
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
