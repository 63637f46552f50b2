'use strict';

// The same checks in Playwright, written in three ways. The argument is a JSON document with
// the checks; the answer is a JSON document on standard output: for each way, and for each
// check, whether the page could read the response, and the lines of the console.

const { chromium } = require('playwright-core');

const html = { contentType: 'text/html', body: '<!doctype html>' };

// Each way makes the page of a check.
const ways = {
  // page.route answers the page, so that no server is needed at its origin.
  async route(context, check) {
    const page = await context.newPage();
    await page.route(`${check.from}/**`, (route) => route.fulfill(html));
    await page.goto(`${check.from}/`);
    return page;
  },
  // The same, with the permission that Chrome asks for before a page may ask this machine.
  async permitted(context, check) {
    await context.grantPermissions(['local-network-access'], { origin: check.from });
    return ways.route(context, check);
  },
  // A server of the test has the page, and a flag of Chrome leads its name there.
  async served(context, check) {
    const page = await context.newPage();
    await page.goto(check.page);
    return page;
  },
};

async function ask(browser, open, check) {
  const context = await browser.newContext();
  try {
    const page = await open(context, check);
    const console = [];
    page.on('console', (message) => console.push(message.text()));
    const readable = await page.evaluate(async ({ url, method, credentials }) => {
      try {
        await (await fetch(url, { method, credentials })).text();
        return true;
      } catch {
        return false;
      }
    }, check);
    return { readable, console };
  } finally {
    await context.close();
  }
}

async function main() {
  const { executablePath, args, checks } = JSON.parse(process.argv[2]);
  const browser = await chromium.launch({ executablePath, args, headless: true });
  const seen = {};
  for (const [way, open] of Object.entries(ways)) {
    seen[way] = await Promise.all(checks.map((check) => ask(browser, open, check)));
  }
  console.log(JSON.stringify(seen));
  await browser.close();
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
