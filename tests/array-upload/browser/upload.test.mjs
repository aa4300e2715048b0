// The hosted page in a browser: with and without JavaScript, every pre-check, the lost answer, the time, leaving.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launch, goodZip, makeFile, zipBytes } from './harness.mjs';
import { Mock } from './mock.mjs';

let browser, mock, contexts = [];
before(async () => {
  browser = await launch();
  mock = await new Mock().start();
});
after(async () => {
  await browser.close();
  mock.stop();
});

const accepted = (redirect = null) => ({ json: { status: 'accepted', sample_id: 's', redirect } });
const refused = (reason, more = {}) => ({ status: 422, json: { reason, retry: true, message: null, redirect: null, ...more } });

async function open(token, session, options = {}) {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (e) => page.faults.push(e.message));
  page.on('console', (m) => /Content Security Policy|Refused/.test(m.text()) && page.faults.push(m.text()));
  if (options.clock) { // it stands still, and goes on only when a test says so
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1000);
  }
  await page.goto(mock.add(token, session));
  return page;
}
async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}
async function upload(page, file = goodZip()) {
  await page.setInputFiles('#file', file);
  await page.locator('#chosen').waitFor();
  await page.click('#upload');
}
const posts = (token) => mock.sessions.get(token).attempts;

test('without JavaScript a plain form does it', async () => {
  const page = await open('nojs', {
    post: (body, n) => (n === 1 ? { status: 422, page: 'form', reason: 'zip_corrupt' } : { status: 200, page: 'done' }),
  }, { javaScriptEnabled: false });
  await page.setInputFiles('#file', goodZip());
  await page.click('#upload');
  assert.match(await page.textContent('#error'), /The \.zip file is damaged/);
  assert.equal(await page.locator('#error').getAttribute('autofocus'), '');
  assert.match(await page.title(), /^Error: /);
  await page.setInputFiles('#file', goodZip());
  await page.click('#upload');
  assert.equal(await page.textContent('h1'), 'We have your file');
  await close(page);
});

test('without JavaScript: redirect to the partner passes form-action, cancel and more time work', async () => {
  const landing = await new Mock().start();
  landing.add('done', { result: 'done', resultStatus: 200 });
  const target = `${landing.url}/array-data-upload?token=done`;
  const session = { formOrigins: [landing.url], post: () => ({ redirect: target }), cancelTo: target };
  const page = await open('nojs-redirect', session, { javaScriptEnabled: false });
  await page.click('#more-time');
  assert.match(await page.textContent('#time-text'), /15 min/);
  await page.setInputFiles('#file', goodZip());
  await page.click('#upload');
  assert.equal(page.url(), target);
  await page.goto(`${mock.url}/array-data-upload?token=nojs-redirect`);
  await page.click('#cancel');
  assert.equal(page.url(), target);
  await close(page);
  landing.stop();
});

test('progress, checking, success, redirect', async () => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const page = await open('good', { post: () => held.then(() => accepted(`${mock.url}/array-data-upload?token=elsewhere`)) }, { clock: true });
  assert.equal(new URL(page.url()).search, '', 'the token has left the address bar');
  await upload(page);
  await page.getByText('Checking your file…').first().waitFor();
  assert.equal(await page.locator('#progress').getAttribute('value'), null, 'no percentage while checking');
  assert.equal(await page.locator('#stop').isVisible(), false);
  release();
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'end-title');
  assert.equal(await page.getAttribute('#end-link', 'href'), `${mock.url}/array-data-upload?token=elsewhere`);
  await page.clock.runFor(2000);
  await page.waitForURL(/elsewhere/);
  const body = mock.sessions.get('good').body;
  assert.match(body, /filename="export.zip"/);
  assert.doesNotMatch(body, /First_Last/, 'the name of the person stays in the browser');
  assert.ok(body.indexOf('name="session"') < body.indexOf('name="file"'));
  await close(page);
});

test('nothing is sent for a file that cannot be right', async () => {
  const page = await open('precheck', { post: () => accepted(), view: { limit: 1000000 } });
  const cases = [
    ['x.txt', Buffer.from('# rsid'), /as you downloaded it/], ['x.zip', Buffer.alloc(0), /empty/],
    ['x.zip', zipBytes(1000001), /smaller than/], ['x.zip', Buffer.from('%PDF-1.7'), /as you downloaded it/],
    ['x.zip', Buffer.from('PK\x05\x06' + '\0'.repeat(18), 'latin1'), /original download/],
    ['x.ZIP.gz', zipBytes(100), /as you downloaded it/],
  ];
  for (const [name, bytes, words] of cases) {
    await page.setInputFiles('#file', makeFile(name, bytes));
    await page.locator('#error').waitFor();
    assert.match(await page.textContent('#error-text'), words);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'error');
    assert.equal(await page.getAttribute('#choose', 'aria-invalid'), 'true');
    assert.equal(await page.locator('#chosen').isVisible(), false);
    await page.setInputFiles('#file', []);
  }
  await page.click('#upload');
  assert.match(await page.textContent('#error-text'), /Choose the \.zip file/);
  await page.click('#error-text');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'choose');
  assert.equal(posts('precheck'), 0);
  await page.setInputFiles('#file', makeFile('GENOME.ZIP', zipBytes(1000000)));
  await page.locator('#chosen').waitFor();
  assert.equal(await page.locator('#error').isVisible(), false);
  await close(page);
});

test('a damaged zip is said before a byte is sent', async () => {
  const page = await open('inside', { post: () => accepted() });
  const whole = zipBytes(300000);
  const encrypted = Buffer.from(whole);
  encrypted[whole.length - 22 - 54 + 8] = 1;
  for (const [name, bytes, words] of [['cut.zip', whole.subarray(0, 200000), /damaged/], ['locked.zip', encrypted, /password/]]) {
    await page.setInputFiles('#file', makeFile(name, bytes));
    await page.locator('#field-error').waitFor();
    assert.match(await page.textContent('#field-error'), words);
    assert.match(await page.textContent('#error-text'), words);
  }
  assert.equal(posts('inside'), 0);
  await page.setInputFiles('#file', makeFile('good.zip', whole));
  await page.locator('#chosen').waitFor();
  await page.click('#remove');
  assert.equal(await page.locator('#chosen').isVisible(), false);
  await close(page);
});

test('several files and folders dropped are refused', async () => {
  const page = await open('drop', { post: () => accepted() });
  const drop = (names) => page.evaluate(([list, zip]) => {
    const transfer = new DataTransfer();
    for (const name of list) transfer.items.add(new File([new Uint8Array(zip)], name));
    for (const type of ['dragenter', 'dragover', 'drop'])
      document.getElementById('drop').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, [names, [...zipBytes(200)]]);
  await drop(['a.zip', 'b.zip']);
  assert.match(await page.textContent('#error-text'), /one file only/);
  await drop(['a.zip']);
  await page.locator('#chosen').waitFor();
  await page.waitForFunction(() => document.getElementById('status').textContent.includes('a.zip'));
  await close(page);
});

test('the consent box is asked for', async () => {
  const page = await open('consent', { post: () => accepted(), view: { consent: '2026-01' } });
  await upload(page);
  assert.match(await page.textContent('#error-text'), /tick the box/);
  await page.click('#error-text');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'consent');
  assert.equal(posts('consent'), 0);
  await page.check('#consent');
  await page.click('#upload');
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  assert.match(mock.sessions.get('consent').body, /name="consent"\r\n\r\n2026-01/);
  await close(page);
});

test('a refused file: the reason, another file, the way back', async () => {
  const page = await open('refused', {
    post: (body, n) => (n === 1 ? refused('zip_encrypted', { redirect: 'https://acme.example/e?reason=zip_encrypted' }) : accepted()),
  });
  await upload(page);
  await page.locator('#error').waitFor();
  assert.match(await page.textContent('#error-text'), /password protected/);
  assert.equal(await page.getAttribute('#go-back', 'href'), 'https://acme.example/e?reason=zip_encrypted');
  const chooser = page.waitForEvent('filechooser');
  await page.click('#choose-another');
  await (await chooser).setFiles(goodZip());
  await page.locator('#chosen').waitFor();
  await page.click('#upload');
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  await close(page);
});

test('the server’s own words come before the page’s', async () => {
  const page = await open('words', { post: () => refused('a_new_reason', { message: 'Words of a newer server.' }) });
  await upload(page);
  await page.locator('#error').waitFor();
  assert.equal(await page.textContent('#error-text'), 'Words of a newer server.');
  await close(page);
});

test('a terminal reason leaves at once, or says so where there is nowhere to go', async () => {
  const target = `${mock.url}/array-data-upload?token=nowhere&reason=session_revoked`;
  const gone = { status: 410, json: { reason: 'session_revoked', retry: false, redirect: target } };
  let page = await open('terminal', { post: () => gone });
  await upload(page);
  await page.waitForURL(target);
  await close(page);
  page = await open('terminal2', { post: () => ({ status: 429, json: { reason: 'too_many_attempts', retry: false, redirect: null } }) });
  await upload(page);
  await page.getByRole('heading', { name: 'Too many attempts' }).waitFor();
  assert.match(await page.textContent('#end-text'), /Go back to Acme Health/);
  assert.equal(await page.locator('#end-link').isVisible(), false);
  await close(page);
});

test('the answer was lost: the page asks before it sends again', async () => {
  const page = await open('lost', { post: () => ({ drop: true }), status: () => ({ state: 'accepted', seconds_left: 700, redirect: null }) });
  await upload(page);
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  assert.equal(posts('lost'), 1);
  await close(page);
});

test('the connection fails: three more tries, then words', async () => {
  const page = await open('fails', { post: () => ({ drop: true }) }, { clock: true });
  await upload(page);
  for (let tries = 1; tries <= 3; tries++) {
    await page.getByText(`Trying again (${tries} of 3)`).first().waitFor();
    assert.equal(await page.textContent('#work-title'), 'Sending your file…');
    assert.equal(await page.locator('#stop').isVisible(), true);
    await page.clock.fastForward(5000);
  }
  await page.locator('#error').waitFor();
  assert.match(await page.textContent('#error-text'), /connection was lost/);
  assert.equal(posts('fails'), 4);
  mock.sessions.get('fails').post = () => accepted();
  await page.click('#try-again');
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  await close(page);
});

test('the answer to a refused file was lost: its reason is shown, the file not sent again', async () => {
  const page = await open('lost-reason', {
    view: { attempts: 10 }, post: () => ({ drop: true }),
    status: () => ({ state: 'open', seconds_left: 700, attempts_left: 9, reason: 'file_modified' }),
  });
  await upload(page);
  await page.locator('#error').waitFor();
  assert.match(await page.textContent('#error-text'), /seems to have been changed/);
  assert.equal(posts('lost-reason'), 1);
  await close(page);
});

test('a gateway’s error page is a lost answer, too', async () => {
  const page = await open('gateway', { post: (body, n) => (n === 1 ? { status: 502, json: 'not ours' } : accepted()) });
  await upload(page);
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  assert.equal(posts('gateway'), 2);
  await close(page);
});

test('no answer at all after the last byte: the page goes and asks', async () => {
  const page = await open('silent', { post: () => new Promise(() => {}), status: () => ({ state: 'accepted', redirect: null }) });
  await page.clock.install();
  await upload(page);
  await page.getByText('Checking your file…').first().waitFor();
  await page.clock.fastForward(21000);
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  await close(page);
});

test('a stalled upload says so; stopping it leaves the session alone', async () => {
  const page = await open('stall', { hold: (request) => { request.pause(); return new Promise(() => {}); }, post: () => accepted() });
  await page.clock.install();
  await upload(page, makeFile('big.zip', zipBytes(20000000)));
  await page.waitForFunction(() => /%/.test(document.getElementById('count').textContent));
  await page.clock.fastForward(31000);
  await page.getByText('No progress for 30 seconds').first().waitFor();
  await page.click('#stop');
  await page.locator('#upload').waitFor();
  assert.equal(await page.locator('#view-work').isVisible(), false);
  assert.equal(await page.locator('#chosen').isVisible(), true, 'the file is still chosen');
  await close(page);
});

test('stopped too late: the file is in, and the page says so', async () => {
  const page = await open('late-stop', { post: () => ({ drop: true }), status: () => ({ state: 'accepted', redirect: null }) }, { clock: true });
  await upload(page);
  await page.click('#stop');
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  await close(page);
});

test('leaving while sending asks first', async () => {
  const page = await open('leave', { post: () => new Promise(() => {}) });
  await upload(page);
  await page.getByText('Checking your file…').first().waitFor();
  const dialog = page.waitForEvent('dialog');
  const leaving = page.close({ runBeforeUnload: true });
  const asked = await dialog;
  assert.equal(asked.type(), 'beforeunload');
  await asked.accept();
  await leaving;
});

test('the time: announced at five and one, more on request, over in the end', async () => {
  let state = { state: 'open', seconds_left: 900, extensions_left: 9 };
  const page = await open('time', { view: { seconds: 302, extensions: 10 }, extend: () => state, status: () => state }, { clock: true });
  const spoken = (words) => page.waitForFunction((text) => document.getElementById('status').textContent.includes(text), words.source);
  assert.match(await page.textContent('#time-text'), /6 minutes/);
  assert.equal(await page.locator('#more-time').isVisible(), false);
  await page.clock.runFor(4000);
  await spoken(/You have 5 minutes left/);
  await page.clock.runFor(120000);
  await page.locator('#more-time').waitFor();
  await page.clock.runFor(119000);
  await spoken(/You have 1 minute left/);
  await page.click('#more-time');
  await page.waitForFunction(() => /15 minutes/.test(document.getElementById('time-text').textContent));
  assert.equal(await page.locator('#more-time').isVisible(), false);
  state = { state: 'expired', reason: 'session_expired', retry: true, seconds_left: 0, redirect: null };
  await page.clock.fastForward(901000);
  await page.getByRole('heading', { name: 'Your time ran out' }).waitFor();
  assert.match(await page.getAttribute('#end-link', 'href'), /token=time$/);
  await close(page);
});

test('no more time where the project has turned it off or it is used up', async () => {
  const page = await open('no-extension', { view: { seconds: 100, extensions: 0 } });
  assert.equal(await page.locator('#more-time').count(), 0);
  await close(page);
  const last = await open('refused-extension', { view: { seconds: 100 }, extend: () => ({ reason: 'extension_refused', retry: false }) });
  await last.click('#more-time');
  await last.waitForFunction(() => /no more time/.test(document.getElementById('alert').textContent));
  await last.locator('#more-time').waitFor({ state: 'hidden' });
  await close(last);
});

test('a reloaded tab finds its way back; a bare address does not', async () => {
  const page = await open('reload', {});
  await page.reload();
  await page.locator('#form').waitFor();
  const bare = await page.context().newPage();
  await bare.goto(`${mock.url}/array-data-upload`);
  assert.equal(await bare.textContent('h1'), 'This link is not valid');
  await close(page);
});

test('nothing is kept in the browser', async () => {
  const page = await open('keep', { post: () => accepted() });
  await upload(page);
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
  await close(page);
});

test('the language: header, ?lang=, links', async () => {
  const page = await open('lang', {}, { locale: 'de-AT' });
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  await page.getByRole('link', { name: 'English' }).click();
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  await close(page);
});

test('nothing happens after the tap: the hint of a web view', async () => {
  const page = await open('webview', {});
  page.on('filechooser', () => {});
  await page.clock.install();
  await page.click('#choose');
  await page.clock.fastForward(4100);
  await page.getByText('Open this page in your browser').waitFor();
  await page.click('#copy');
  await close(page);
});
