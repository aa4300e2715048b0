// The operator's pages with made-up contents: how they look at every width, and the copy button.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launch, looksRight, sizes, render } from './harness.mjs';
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
  'session-wrong', 'session-made', 'account', 'keys', 'key-made', 'keys-none', 'subscriptions', 'subscriptions-none', 'subscription', 'secret-made', 'message',
  'users', 'user-made', 'brand', 'brand-wrong', 'audit', 'audit-broken'];

for (const name of names)
  test(`operator: ${name}`, async () => {
    const page = await browser.newPage({ viewport: sizes.narrow, reducedMotion: 'reduce' });
    const faults = [];
    page.on('console', (m) => m.type() === 'error' && faults.push(m.text()));
    await page.goto(`${mock.url}/operator/${name}`);
    for (const summary of await page.locator('summary').all()) await summary.click();
    await looksRight(page, `operator ${name}`);
    assert.deepEqual(faults, [], name);
    await page.close();
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
