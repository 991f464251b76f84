#!/usr/bin/env node
/**
 * Takes docs/images/graphiql.png: `npm run screenshot -- http://127.0.0.1:4000/graphql`, on a hub whose sandbox has come to
 * the afternoon of 27 June. Needs a Chromium: `CHROMIUM` names it (default /usr/bin/chromium). It gets a profile of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [url = 'http://127.0.0.1:4000/graphql', path = 'docs/images/graphiql.png'] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), 'lienthong-screenshot-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  viewport: { width: 1440, height: 860 },
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('pageerror', (error) => console.error(`page: ${error.message}`));
  await page.goto(url);
  const run = page.getByRole('button', { name: /execute query/i });
  await run.waitFor();
  // The editor's text is there before the schema is; a click in between is lost.
  await page.waitForLoadState('networkidle');
  await run.click();
  await page.waitForFunction(() => document.querySelectorAll('.result-window .view-line').length > 10);
  await page.screenshot({ path });
  console.log(path);
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
