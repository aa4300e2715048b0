// The page in a frame and in an app: who hears what.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { launch, goodZip } from './harness.mjs';
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

async function host(link) {
  const server = http.createServer((request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(
    `<script>heard = []; addEventListener('message', (e) => heard.push(e.data));</script><iframe src="${link}" width=400 height=900></iframe>`));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://localhost:${server.address().port}` };
}

async function framed(token, view, ancestors) {
  let link;
  const outer = await host('about:blank');
  link = mock.add(token, { view: { origin: view.listed ? outer.url : '', sample: 'sample-1' }, ancestors: ancestors(outer.url),
    post: () => ({ json: { status: 'accepted', redirect: null } }) });
  outer.server.removeAllListeners('request');
  outer.server.on('request', (request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(
    `<!doctype html><script>heard = []; addEventListener('message', (e) => heard.push(e.data));</script><iframe src="${link}" width=400 height=900></iframe>`));
  const page = await browser.newPage();
  await page.goto(outer.url);
  return { page, frame: page.frameLocator('iframe'), stop: async () => { await page.close(); outer.server.closeAllConnections(); outer.server.close(); } };
}

test('a listed host hears everything, by its name', async () => {
  const { page, frame, stop } = await framed('listed', { listed: true }, (url) => url);
  await frame.locator('#file').setInputFiles(goodZip());
  await frame.locator('#chosen').waitFor();
  await frame.locator('#upload').click();
  await frame.getByRole('heading', { name: 'We have your file' }).waitFor();
  await page.waitForFunction(() => heard.some((m) => m.type === 'success'));
  const heard = await page.evaluate(() => heard), types = heard.map((m) => m.type);
  for (const type of ['ready', 'resize', 'selected', 'progress', 'checking', 'success'])
    assert.ok(types.includes(type), `${type} in ${types}`);
  for (const message of heard) {
    assert.equal(message.source, 'array-data-upload');
    assert.equal(message.v, 1);
    assert.equal(message.sample_id, 'sample-1');
    assert.doesNotMatch(JSON.stringify(message), /First_Last|genome/);
  }
  assert.ok(heard.find((m) => m.type === 'resize').height > 400);
  await stop();
});

test('another host hears only the type', async () => {
  const { page, frame, stop } = await framed('unlisted', { listed: false }, (url) => url);
  await frame.locator('#file').setInputFiles(goodZip());
  await frame.locator('#chosen').waitFor();
  await page.waitForFunction(() => heard.some((m) => m.type === 'selected'));
  for (const message of await page.evaluate(() => heard)) assert.deepEqual(Object.keys(message), ['type']);
  await stop();
});

test('a host that is not allowed shows no page', async () => {
  const { page, stop } = await framed('forbidden', { listed: true }, () => "'none'");
  await page.waitForTimeout(500);
  assert.deepEqual(await page.evaluate(() => heard), []);
  await stop();
});

test('the bridges of apps', async () => {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    window.heard = [];
    window.ReactNativeWebView = { postMessage: (text) => window.heard.push(['rn', JSON.parse(text)]) };
    window.webkit = { messageHandlers: { arrayDataUpload: { postMessage: (message) => window.heard.push(['ios', message]) } } };
  });
  await page.goto(mock.add('bridge', { view: { sample: 'sample-2' } }));
  const heard = await page.evaluate(() => window.heard);
  assert.deepEqual(heard, [['rn', { source: 'array-data-upload', v: 1, type: 'ready', sample_id: 'sample-2' }],
    ['ios', { source: 'array-data-upload', v: 1, type: 'ready', sample_id: 'sample-2' }]]);
  await page.close();
});

test('result pages tell their host, too', async () => {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    window.heard = [];
    window.ReactNativeWebView = { postMessage: (text) => window.heard.push(JSON.parse(text)) };
  });
  await page.goto(mock.add('told', { result: 'reason', view: { reason: 'link_expired' } }));
  assert.deepEqual(await page.evaluate(() => window.heard), [{ source: 'array-data-upload', v: 1, type: 'expired', reason: 'link_expired' }]);
  await page.close();
});
