// What the browser tests share: Debian's Chromium through playwright-core, the stand-in server, small files to upload.
import { createRequire } from 'node:module';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync, rmSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import assert from 'node:assert/strict';
import path from 'node:path';

const require = createRequire(path.join(process.env.BROWSER_MODULES, 'here.js'));
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const builddir = process.env.top_builddir;
const preview = path.join(builddir, 'tests/array-upload/browser/preview');

export function render(page, values = {}) {
  const list = Object.entries(values).flatMap(([name, value]) => [].concat(value ?? '').map((v) => `${name}=${v}`));
  return execFileSync(preview, [page, ...list], { encoding: 'utf8' });
}

export function asset(name) {
  try {
    const whole = execFileSync(preview, ['asset', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const line = whole.indexOf('\n');
    return { type: whole.slice(0, line), text: whole.slice(line + 1) };
  } catch {
    return null;
  }
}

export const sizes = { narrow: { width: 320, height: 640 }, phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// A zip of that size, with one stored member whose checksum is wrong: whole to the page, damaged to the real server. The
// stand-in server does not look inside.
const folder = mkdtempSync(path.join(tmpdir(), 'pages-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
export function makeFile(name, bytes) {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}
export function zipBytes(size) {
  const name = Buffer.from('data.txt'), data = Buffer.alloc(Math.max(1, size - 114), 7);
  const local = Buffer.alloc(30), entry = Buffer.alloc(46), end = Buffer.alloc(22);
  local.writeUInt32LE(0x04034b50, 0);
  entry.writeUInt32LE(0x02014b50, 0);
  for (const [head, at] of [[local, 18], [entry, 20]]) {
    head.writeUInt32LE(data.length, at);
    head.writeUInt32LE(data.length, at + 4);
    head.writeUInt16LE(name.length, at + 8);
  }
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + data.length, 16);
  return Buffer.concat([local, name, data, entry, name, end]);
}
export const goodZip = () => makeFile('genome_First_Last_v5_Full.zip', zipBytes(300000));

// Every rule of WCAG 2.0-2.2 A and AA that axe can decide, and its good practices; returns what it found, one line each.
export async function axe(page) {
  // In the page's own world eval is closed by the policy; playwright's evaluate is not.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axeSource);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'], preload: false,
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target} ${n.failureSummary}`));
}

// The page as it stands on a narrow screen, a phone in the dark and a desk, one after the other: axe finds nothing, nothing is
// wider than the screen, what can be pressed is large enough. SHOTS=<folder> saves each as a picture.
export async function looksRight(page, name) {
  for (const [size, colorScheme] of [['narrow', 'light'], ['phone', 'dark'], ['desktop', 'light']]) {
    await page.setViewportSize(sizes[size]);
    await page.emulateMedia({ colorScheme });
    const where = `${name} ${size} ${colorScheme}`;
    assert.deepEqual(await axe(page), [], where);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where}: wider than the screen`);
    assert.deepEqual(await smallTargets(page), [], `${where}: targets under 44 px`);
    if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `${where.replace(/ /g, '-')}.png`), fullPage: true });
  }
}

// What can be pressed and is lower than 44 px; links inside a sentence are exempt, as in WCAG 2.5.8.
export const smallTargets = (page) => page.evaluate(() => [...document.querySelectorAll('a, button, summary, input:not([type=hidden])')]
  .filter((e) => e.checkVisibility() && !e.classList.contains('unseen'))
  .map((e) => ({ e: e.closest('.check') ?? e, text: e.outerHTML.slice(0, 80) }))
  .filter(({ e }) => { const box = e.getBoundingClientRect(); return box.height < 43.5 && !e.closest('#error p, .privacy p, .hint'); })
  .map(({ e, text }) => `${Math.round(e.getBoundingClientRect().height)}px ${text}`));
