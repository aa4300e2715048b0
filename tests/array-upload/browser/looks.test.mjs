// Every hosted page in every language, width and colour scheme, and from right to left.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launch, axe, sizes, goodZip, looksRight } from './harness.mjs';
import { Mock } from './mock.mjs';

let browser, mock;
before(async () => {
  browser = await launch();
  mock = await new Mock().start();
});
after(async () => {
  await browser.close();
  mock.stop();
});

const failure = 'https://acme.example/upload/error?reason=x';
const pages = {
  form: { view: { colour: '#0b6e4f', consent: '2', privacy: 'https://acme.example/p', operator: 'Genome Lab', seconds: 170 } },
  'form-general': { view: { partner: '', colour: '#ffee00' } },
  'form-chosen': { view: { colour: '#777777' }, steps: async (page) => {
    await page.setInputFiles('#file', goodZip());
    await page.locator('#chosen').waitFor();
    for (const summary of await page.locator('summary').all()) await summary.click();
  } },
  'form-error': { view: { reason: 'file_type_not_allowed', failure, colour: '#e4002b' } },
  working: { view: {}, post: () => new Promise(() => {}), steps: async (page) => {
    await page.setInputFiles('#file', goodZip());
    await page.locator('#chosen').waitFor();
    await page.click('#upload');
    await page.waitForFunction(() => !document.getElementById('progress').hasAttribute('value'));
  } },
  accepted: { view: {}, post: () => ({ json: { status: 'accepted', redirect: null } }), steps: async (page) => {
    await page.setInputFiles('#file', goodZip());
    await page.locator('#chosen').waitFor();
    await page.click('#upload');
    await page.locator('#view-end').waitFor();
  } },
  rejected: { view: { colour: '#123456' }, post: () => ({ status: 422, json: { reason: 'provider_not_supported', retry: true, redirect: failure } }),
    steps: async (page) => {
      await page.setInputFiles('#file', goodZip());
      await page.locator('#chosen').waitFor();
      await page.click('#upload');
      await page.locator('#error').waitFor();
    } },
  done: { result: 'done', resultStatus: 200 },
  expired: { result: 'reason', view: { reason: 'link_expired', failure } },
  'time-over': { result: 'reason', view: { reason: 'session_expired', failure } },
  already: { result: 'reason', view: { reason: 'already_uploaded', colour: '#00a0ff' } },
  canceled: { result: 'canceled' },
  'not-valid': null,
};

test('axe finds what is wrong', async () => {
  const page = await browser.newPage();
  await page.setContent('<html><body><img src="data:,"><p style="color:#aaa;background:#fff">faint</p></body></html>');
  const found = (await axe(page)).join('\n');
  for (const rule of ['image-alt', 'color-contrast', 'html-has-lang']) assert.match(found, new RegExp(rule));
  await page.close();
});

for (const [name, session] of Object.entries(pages))
  for (const lang of ['en', 'de'])
    test(`${name} in ${lang}`, async () => {
      const context = await browser.newContext({ viewport: sizes.narrow, locale: lang, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(session ? mock.add(`${name}-${lang}`, session) : `${mock.url}/array-data-upload?token=none`);
      if (session?.steps) await session.steps(page);
      await looksRight(page, `${name} ${lang}`);
      await page.setViewportSize(sizes.narrow);
      await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} ${lang}: wider when from right to left`);
      await context.close();
    });
