// The pages against the real service: `array-upload serve` in a fresh folder, on loopback, with synthetic exports.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { launch, axe, builddir, makeFile, zipBytes } from './harness.mjs';

const program = path.join(builddir, 'stage/installed/bin/array-upload');
const good = path.join(process.env.top_srcdir, 'testdata/model/exports/23andme.37.zip');
const partner = 'https://partner.example';
const skip = !existsSync(program) || !existsSync(good);
const folder = mkdtempSync(path.join(tmpdir(), 'array-upload-'));
const clock = path.join(folder, 'clock');
const password = 'correct horse battery staple';
let browser, service, url, key, project;

// At once: who reads half a file is back in the time before.
function moveClock(seconds) {
  writeFileSync(`${clock}.new`, `${seconds}\n`);
  renameSync(`${clock}.new`, clock);
}

function admin(...words) {
  // To the one that reads it: the others may have ended before it is written.
  const input = words[1] === 'password' ? `${password}\n` : '';
  return execFileSync(program, ['admin', ...words, '--data', folder], { encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], input });
}

before(async () => {
  if (skip) return;
  moveClock(0);
  service = spawn(program, ['serve', '--data', folder, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ARRAY_UPLOAD_LIMITS_MIN_ROWS: '1', ARRAY_UPLOAD_LIMITS_RATE_OPENS: '1000',
      ARRAY_UPLOAD_TEST_CLOCK: clock },
  });
  for await (const line of readline.createInterface({ input: service.stdout })) {
    key ??= /^first start: API key (\S+)/.exec(line)?.[1];
    url = /^listening on (http:\S+)/.exec(line)?.[1];
    if (url) break;
  }
  const made = JSON.parse(admin('bootstrap', '--json'));
  project = made.project.id ?? made.project;
  browser = await launch();
});
after(async () => {
  if (skip) return;
  await browser.close();
  const ended = new Promise((resolve) => { service.on('exit', resolve); });
  service.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

async function api(method, where, body) {
  const response = await fetch(url + where, {
    method, headers: { Authorization: `Api-Key ${key}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body),
  });
  return response.json();
}
const session = (more = {}) => api('POST', '/api/v2/array-data-upload-form/', more);
async function open(link, options = {}) {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  const page = await context.newPage();
  await page.route(`${partner}/**`, (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>partner</h1>' }));
  await page.goto(link);
  return page;
}
const redirects = { redirect_on_success: `${partner}/done?a=1`, redirect_on_failure: `${partner}/error?b=2#part` };

test('an accepted file', { skip }, async () => {
  const { url: link, sample_id: id } = await session();
  const page = await open(link);
  await page.setInputFiles('#file', good);
  await page.locator('#chosen').waitFor();
  await page.click('#upload');
  await page.getByRole('heading', { name: 'We have your file' }).waitFor();
  assert.notEqual((await api('GET', `/api/v2/samples/${id}`)).last_status.status, 'consumer awaiting data');
  await page.goto(link);
  assert.equal(await page.textContent('h1'), 'We already have your file');
  assert.deepEqual(await axe(page), []);
  await page.context().close();
});

test('an accepted file goes back to the partner, unchanged', { skip }, async () => {
  const { url: link } = await session(redirects);
  const page = await open(link);
  await page.setInputFiles('#file', good);
  await page.locator('#chosen').waitFor();
  await page.click('#upload');
  await page.waitForURL(redirects.redirect_on_success);
  await page.context().close();
});

test('a refused file stays on the page; the next one is taken', { skip }, async () => {
  const { url: link } = await session(redirects);
  const page = await open(link);
  await page.setInputFiles('#file', makeFile('broken.zip', zipBytes(600)));
  await page.locator('#chosen').waitFor();
  await page.click('#upload');
  await page.locator('#error').waitFor();
  assert.match(await page.textContent('#error-text'), /damaged/);
  assert.equal(await page.getAttribute('#go-back', 'href'), `${partner}/error?b=2&reason=zip_corrupt#part`);
  await page.setInputFiles('#file', good);
  await page.locator('#chosen').waitFor();
  await page.click('#upload');
  await page.waitForURL(redirects.redirect_on_success);
  await page.context().close();
});

test('without JavaScript', { skip }, async () => {
  const bad = makeFile('notes.txt', Buffer.from('no genotypes here\n'));
  let { url: link } = await session();
  let page = await open(link, { javaScriptEnabled: false });
  await page.setInputFiles('#file', bad);
  await page.click('#upload');
  assert.match(await page.textContent('#error'), /as you downloaded it/);
  assert.deepEqual(await page.locator('#form').count(), 1);
  await page.setInputFiles('#file', good);
  await page.click('#upload');
  assert.equal(await page.textContent('h1'), 'We have your file');
  await page.context().close();
  ({ url: link } = await session(redirects));
  page = await open(link, { javaScriptEnabled: false });
  await page.setInputFiles('#file', bad);
  await page.click('#upload');
  await page.waitForURL(`${partner}/error?b=2&reason=file_type_not_allowed#part`);
  await page.context().close();
});

test('cancel, more time, languages, links that are not valid', { skip }, async () => {
  const { url: link } = await session(redirects);
  const page = await open(`${link}&lang=de`);
  assert.equal(await page.textContent('h1'), 'Laden Sie Ihre DNA-Daten hoch');
  const answer = await page.evaluate(async () => {
    const data = JSON.parse(document.getElementById('data').textContent);
    const body = new URLSearchParams({ session: data.session });
    return (await fetch(`${data.base}/extend`, { method: 'POST', body, headers: { Accept: 'application/json' } })).json();
  });
  assert.ok(answer.seconds_left > 900, JSON.stringify(answer));
  assert.equal(answer.extensions_left, 9);
  await page.click('#cancel');
  await page.waitForURL(`${partner}/error?b=2&reason=user_canceled#part`);
  await page.goto(`${link.slice(0, -3)}abc`);
  assert.equal(await page.textContent('h1'), 'This link is not valid');
  await page.context().close();
});

// A way to the service on which answers to uploads get lost: the connection breaks when the answer's first bytes come.
async function losing() {
  const target = new URL(url);
  const server = net.createServer((client) => {
    const upstream = net.connect(target.port, target.hostname);
    let upload = false;
    client.on('data', (bytes) => {
      if (bytes.toString('latin1', 0, 5) === 'POST ') upload = true;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => (upload ? client.resetAndDestroy() : client.write(bytes)));
    for (const [one, other] of [[client, upstream], [upstream, client]]) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

test('the answer gets lost: the page asks what became of the file', { skip }, async () => {
  const server = await losing();
  const broken = makeFile('broken.zip', zipBytes(600));
  for (const [file, words] of [[good, 'We have your file'], [broken, 'There is a problem']]) {
    const link = new URL((await session()).url);
    link.port = server.address().port;
    const page = await open(link.href);
    await page.setInputFiles('#file', file);
    await page.locator('#chosen').waitFor();
    await page.click('#upload');
    await page.getByRole('heading', { name: words }).waitFor();
    if (file === broken) assert.match(await page.textContent('#error-text'), /damaged/);
    await page.context().close();
  }
  server.close();
});

test('the time runs out; the link, which still works, starts again', { skip }, async () => {
  const { url: link } = await session({ expires_in: 3600 });
  const page = await open(link);
  await page.clock.install();
  moveClock(1000);
  await page.clock.fastForward(901000);
  await page.getByRole('heading', { name: 'Your time ran out' }).waitFor();
  await page.getByRole('link', { name: 'Start again' }).click();
  await page.locator('#form').waitFor();
  moveClock(5000);
  await page.reload();
  await page.getByRole('heading', { name: 'Your time ran out' }).waitFor();
  assert.deepEqual(await axe(page), []);
  moveClock(0);
  await page.context().close();
});

test('the operator: log in, a session, a key, a subscription, log out', { skip }, async () => {
  admin('user', 'create', '--email', 'ada@example.org', '--name', 'Ada Example', '--role', 'owner');
  admin('user', 'password', '--email', 'ada@example.org');
  const page = await open(`${url}/`);
  assert.equal(await page.textContent('h1'), 'Log in');
  await page.fill('#email', 'ada@example.org');
  await page.fill('#password', 'not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  assert.match(await page.textContent('[role=alert]'), /not right/);
  await page.fill('#password', password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Projects' }).waitFor();
  const [cookie] = (await page.context().cookies()).filter((c) => c.name === '__Host-operator');
  assert.ok(cookie.secure && cookie.httpOnly && cookie.sameSite === 'Lax');
  await page.locator(`a[href$="${project}"]`).click();
  assert.deepEqual(await axe(page), []);
  await page.getByRole('link', { name: 'New upload session' }).click();
  await page.fill('#redirect_on_success', 'http://partner.example/');
  await page.getByRole('button', { name: 'Create session' }).click();
  await page.getByText('Only HTTPS URLs are allowed.').waitFor();
  await page.fill('#redirect_on_success', '');
  await page.fill('#metadata', '{"customer_id": "cust_1"}');
  await page.getByRole('button', { name: 'Create session' }).click();
  assert.match(await page.textContent('#link'), /array-data-upload\?token=/);
  await page.getByRole('link', { name: 'Show the sample' }).click();
  assert.match(await page.textContent('main'), /consumer awaiting data[^]*cust_1/);
  await page.getByText('Cancel this sample').click();
  await page.getByRole('button', { name: 'Cancel sample' }).click();
  await page.getByText('The sample was canceled.').waitFor();
  await page.goto(`${url}/operator/keys`);
  await page.fill('#name', 'browser test');
  await page.getByRole('button', { name: 'Generate new API key' }).click();
  const made = await page.textContent('#new-key');
  const asked = await fetch(`${url}/api/v2/user/`, { headers: { Authorization: `Api-Key ${made}` } });
  assert.equal((await asked.json()).email, 'ada@example.org');
  await page.getByText('Revoke').first().click();
  await page.getByRole('button', { name: 'Revoke key' }).first().click();
  await page.getByText('The key was revoked.').waitFor();
  assert.equal((await fetch(`${url}/api/v2/user/`, { headers: { Authorization: `Api-Key ${made}` } })).status, 401);
  await page.goto(`${url}/operator/projects/${project}/subscriptions`);
  await page.fill('#target', 'https://127.0.0.1/');
  await page.getByRole('button', { name: 'Create subscription' }).click();
  await page.locator('[role=alert]').waitFor();
  await page.fill('#target', 'https://hooks.example.org/x');
  await page.getByRole('button', { name: 'Create subscription' }).click();
  await page.getByRole('button', { name: 'Make a secret' }).click();
  assert.match(await page.textContent('#secret'), /^\w{32}$/);
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.goto(`${url}/operator/projects`);
  assert.equal(await page.textContent('h1'), 'Log in');
  await page.context().close();
});

test('the operator: no form works without its token, no page without a cookie', { skip }, async () => {
  const bare = await fetch(`${url}/operator/keys`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ name: 'x' }) });
  assert.equal(bare.status, 303);
  const page = await open(`${url}/operator/login`);
  await page.fill('#email', 'ada@example.org');
  await page.fill('#password', password);
  await page.getByRole('button', { name: 'Log in' }).click();
  const status = await page.evaluate(async () => (await fetch('/operator/keys', { method: 'POST', body: new URLSearchParams({ name: 'x', csrf: 'y' }) })).status)
    .catch(() => 'blocked'); // the pages' own policy has no connect-src
  assert.ok(status === 403 || status === 'blocked');
  const cookies = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ');
  const forged = await fetch(`${url}/operator/keys`, { method: 'POST', redirect: 'manual', headers: { Cookie: cookies }, body: new URLSearchParams({ name: 'x', csrf: 'y' }) });
  assert.equal(forged.status, 403);
  await page.context().close();
});

test('the operator: a new password ends the sessions of the old one', { skip }, async () => {
  admin('user', 'create', '--email', 'ben@example.org', '--name', 'Ben', '--role', 'analyst');
  admin('user', 'password', '--email', 'ben@example.org');
  const enter = async (page, words) => {
    await page.goto(`${url}/operator/login`);
    await page.fill('#email', 'ben@example.org');
    await page.fill('#password', words);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Projects' }).waitFor();
  };
  const other = await open(`${url}/operator/login`), page = await open(`${url}/operator/login`);
  await enter(other, password);
  await enter(page, password);
  await page.goto(`${url}/operator/account`);
  await page.fill('#old', password);
  await page.fill('#new', 'another good password');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Your password was changed.').waitFor();
  await other.goto(`${url}/operator/projects`);
  assert.equal(await other.textContent('h1'), 'Log in');
  await enter(page, 'another good password');
  await page.context().close();
  await other.context().close();
});

test('the operator: a viewer looks and does nothing', { skip }, async () => {
  admin('user', 'create', '--email', 'vi@example.org', '--name', 'Vi', '--role', 'viewer');
  admin('user', 'password', '--email', 'vi@example.org');
  const { sample_id: id } = await session();
  const page = await open(`${url}/operator/login`);
  await page.fill('#email', 'vi@example.org');
  await page.fill('#password', password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Projects' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Create project' }).count(), 0);
  await page.goto(`${url}/operator/projects/${project}`);
  assert.equal(await page.getByRole('link', { name: 'New upload session' }).count(), 0);
  assert.equal((await page.goto(`${url}/operator/projects/${project}/session`)).status(), 403);
  await page.goto(`${url}/operator/samples/${id}`);
  assert.equal(await page.locator('main form').count(), 0);
  const csrf = await page.locator('input[name=csrf]').first().inputValue();
  const headers = { Cookie: (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join('; ') };
  for (const where of [`samples/${id}/cancel`, `samples/${id}/delete`, `projects/${project}/session`, `projects/${project}/subscriptions`, 'projects'])
    assert.equal((await fetch(`${url}/operator/${where}`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams({ csrf, name: 'x' }) })).status, 403, where);
  assert.equal((await page.goto(`${url}/operator/samples/6c3437b4-35fc-4224-9bb0-4623a16e6735`)).status(), 404);
  await page.context().close();
});
