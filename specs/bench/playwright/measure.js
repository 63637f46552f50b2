'use strict';

// Playwright as an ordinary test uses it: a new context for each question, a page
// at the origin, fetch in the page, and listeners for the console and for failed
// requests. Each line of standard input is a JSON document that says how much to
// ask; the answer is a line of standard output. It ends when its input ends.

const readline = require('node:readline');
const { chromium } = require('playwright-core');

async function ask(browser, { page: address, url, method, body }) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const heard = [];
    page.on('console', (message) => heard.push(message.text()));
    page.on('requestfailed', (request) => heard.push(request.failure().errorText));
    await page.goto(address);
    const seen = await page.evaluate(async ({ url, method }) => {
      try {
        const response = await fetch(url, { method });
        return { status: response.status, text: await response.text() };
      } catch (error) {
        return { error: String(error) };
      }
    }, { url, method });
    return seen.status === 200 && seen.text === body && heard.length === 0;
  } finally {
    await context.close();
  }
}

async function main() {
  const { executablePath, args } = JSON.parse(process.argv[2]);
  const browser = await chromium.launch({ executablePath, args, headless: true });
  console.log(JSON.stringify({ version: require('playwright-core/package.json').version }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { questions } = JSON.parse(line);
    let wrong = 0;
    const begin = process.hrtime.bigint();
    for (const question of questions) {
      if (!(await ask(browser, question))) wrong++;
    }
    console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - begin) / 1e9, wrong }));
  }
  await browser.close();
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
