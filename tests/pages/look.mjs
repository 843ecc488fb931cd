// Goes through the guests' pages in Chromium, light and dark, narrow and wide, and tells what axe finds on each.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const { CHROMIUM, LINK, OTHERS_LINK, NOBODYS_LINK, SIGNUP, CONFIRM, CAPTURES, SHOTS } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [320, 1440];
const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="180" height="40"><rect width="180" height="40" fill="#7a5"/></svg>';

const opened = (link) => (page) => page.goto(link);
const pressed = (page) => Promise.all([page.waitForNavigation(), page.click("button")]);
const posted = (link) => (page) =>
  Promise.all([
    page.waitForNavigation(),
    page.evaluate((action) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action });
      document.body.append(form);
      form.submit();
    }, link),
  ]);
let people = 0;
const typed = (domain) => async (page) => {
  people += 1; // an address is mailed a few times an hour only
  await page.fill("#email", `ida${people}@${domain}`);
  await pressed(page);
};
const chosen = async (page) => {
  await page.uncheck("[name=topic]");
  await page.check("[name=frequency][value=week]");
  await pressed(page);
};
const codes = CAPTURES.split(" ");
const scanned = (page) => page.goto(codes.shift()); // a code is for one use
const captured = (domain) => async (page) => {
  await page.check("[name=agreed][value=marketing]");
  await typed(domain)(page);
};
// Each is reached from the one before; the last but two leave the guest as the first found them.
const STORY = [
  ["unsubscribe", opened(LINK)],
  ["unsubscribed", pressed],
  ["left", opened(LINK)],
  ["returned", pressed],
  ["preferences", opened(LINK.replace("/u/", "/preferences/"))],
  ["preferences-saved", chosen],
  ["known", opened(`${LINK}/known`)],
  ["known-kind", opened(`${LINK}/known/pillow`)],
  ["not-returned", posted(`${OTHERS_LINK}/back`)],
  ["unknown", opened(NOBODYS_LINK)],
  ["signup", opened(SIGNUP)],
  ["signup-refused", typed("localhost")],
  ["signup-asked", typed("example.com")],
  ["signup-confirm", opened(CONFIRM)],
  ["signup-confirmed", pressed],
  ["signup-over", opened(`${CONFIRM}x`)],
  ["capture", scanned],
  ["capture-refused", captured("localhost")],
  ["capture-done", captured("example.com")],
];

async function look(page, dir) {
  await page.evaluate(axe);
  return page.evaluate(
    async (dir) => {
      if (dir) document.documentElement.dir = dir;
      const { violations, incomplete } = await window.axe.run(document);
      const told = [...violations, ...incomplete].map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
      const root = document.documentElement;
      const begins = (element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return range.getBoundingClientRect()[root.dir === "rtl" ? "right" : "left"];
      };
      const parts = [...document.querySelectorAll(".from, address")];
      const ragged = parts.filter((part) => Math.abs(begins(part) - begins(document.querySelector("h1"))) > 2);
      return {
        title: document.title,
        told,
        ragged: ragged.map((part) => part.textContent.trim()),
        scrolls: root.scrollWidth > root.clientWidth,
      };
    },
    dir,
  );
}

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const found = [];
for (const colorScheme of ["light", "dark"]) {
  for (const width of WIDTHS) {
    const context = await browser.newContext({ locale: "de-DE", colorScheme, viewport: { width, height: 800 } });
    const page = await context.newPage();
    const refused = [];
    page.on("console", (message) => message.text().includes("Content Security Policy") && refused.push(message.text()));
    await page.route((url) => url.protocol === "https:", (route) => route.fulfill({ contentType: "image/svg+xml", body: LOGO }));
    for (const [name, come] of STORY) {
      await come(page);
      for (const dir of ["", "rtl"]) {
        const seen = await look(page, dir);
        found.push({ name, colorScheme, width, dir, ...seen, refused: refused.splice(0) });
        if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}-${colorScheme}-${width}${dir}.png` });
      }
    }
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify(found));
