// The operator's pages with made-up contents: axe, width, targets, and the copy button. SHOTS=<folder> saves pictures.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { launch, axe, sizes, render, smallTargets } from './harness.mjs';
import { Mock } from './mock.mjs';

let browser, mock;
before(async () => {
  browser = await launch();
  mock = await new Mock().start();
  mock.extra = async (request, response, url) => {
    if (!url.pathname.startsWith('/operator/')) return false;
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'" });
    response.end(render(url.pathname.slice(1)));
    return true;
  };
});
after(async () => {
  await browser.close();
  mock.stop();
});

const names = ['login', 'login-wrong', 'projects', 'projects-none', 'samples', 'samples-none', 'sample', 'sample-failed', 'sample-new', 'session',
  'session-wrong', 'session-made', 'account', 'keys', 'key-made', 'keys-none', 'subscriptions', 'subscriptions-none', 'subscription', 'secret-made', 'message'];

for (const name of names)
  test(`operator: ${name}`, async () => {
    for (const [size, colorScheme] of [['narrow', 'light'], ['phone', 'dark'], ['desktop', 'light']]) {
      const page = await browser.newPage({ viewport: sizes[size], colorScheme, reducedMotion: 'reduce' });
      const faults = [];
      page.on('console', (m) => m.type() === 'error' && faults.push(m.text()));
      await page.goto(`${mock.url}/operator/${name}`);
      for (const summary of await page.locator('summary').all()) await summary.click();
      const where = `${name} ${size} ${colorScheme}`;
      assert.deepEqual(await axe(page), [], where);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: wider than the screen`);
      assert.deepEqual(await smallTargets(page), [], `${where}: targets under 44 px`);
      assert.deepEqual(faults, [], where);
      if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `operator-${where.replace(/ /g, '-')}.png`), fullPage: true });
      await page.close();
    }
  });

test('a new key is copied with one press', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  await page.goto(`${mock.url}/operator/key-made`);
  await page.getByRole('button', { name: 'Copy the key' }).click();
  await page.getByText('Copied').first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await page.textContent('#new-key'));
  await context.close();
});
