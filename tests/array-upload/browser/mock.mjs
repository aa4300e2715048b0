// A stand-in for the service: the contract of tools/array-upload/pages/README.md with answers each test chooses.
// Pages come from the real templates (preview). Test only: nothing is checked, nothing is kept.
import http from 'node:http';
import { asset, render } from './harness.mjs';

const base = '/array-data-upload';

function field(body, name) {
  const match = new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)\\r\\n`).exec(body) || new RegExp(`(?:^|&)${name}=([^&]*)`).exec(body);
  return match ? decodeURIComponent(match[1]) : null;
}

function headers(session, lang) {
  const origins = (session?.formOrigins ?? []).join(' ');
  return {
    'Content-Type': 'text/html; charset=utf-8', 'Content-Language': lang, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff', 'X-Robots-Tag': 'noindex',
    'Content-Security-Policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      `form-action 'self' ${origins}; base-uri 'none'; frame-ancestors ${session?.ancestors ?? "'none'"}`,
  };
}

export class Mock {
  sessions = new Map();
  log = [];

  // options: view (values for preview), post(body, attempt) -> {status, json, html, redirect, drop, headers, wait}, status() -> json, extend() -> json
  add(token, options = {}) {
    const session = { token, attempts: 0, view: {}, status: () => ({ state: 'open', seconds_left: 900 }), ...options };
    session.view = { session: `session-${token}`, link: `${this.url}${base}?token=${token}`, partner: 'Acme Health', ...session.view };
    this.sessions.set(token, session);
    return `${this.url}${base}?token=${token}`;
  }

  async start() {
    this.server = http.createServer((request, response) => this.serve(request, response).catch((error) => {
      console.error(error);
      response.destroy();
    }));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  find(name) {
    return [...this.sessions.values()].find((s) => s.view.session === name);
  }

  async serve(request, response) {
    const url = new URL(request.url, this.url), pathname = url.pathname;
    this.log.push(`${request.method} ${request.url}`);
    response.shouldKeepAlive = false; // Chromium itself repeats a POST whose reused connection breaks; the tests count requests
    if (pathname.startsWith(`${base}/assets/`)) return this.asset(pathname.slice(base.length + 8), response);
    if (this.extra && (await this.extra(request, response, url))) return undefined;
    if (request.method === 'GET' && pathname === base) return this.page(url, request, response);
    if (request.method === 'GET' && pathname === `${base}/status`) return this.status(request, response);
    if (request.method === 'POST') return this.posted(pathname, request, response);
    response.writeHead(404).end();
    return undefined;
  }

  asset(name, response) {
    const found = asset(name);
    if (!found) return response.writeHead(404).end();
    return response.writeHead(200, { 'Content-Type': found.type, 'X-Content-Type-Options': 'nosniff' }).end(found.text);
  }

  html(response, status, session, name, values, request) {
    const lang = values.lang ?? '';
    response.writeHead(status, headers(session, lang || 'en'));
    response.end(render(name, { ...session?.view, ...values, accept: request.headers['accept-language'] }));
  }

  page(url, request, response) {
    const session = this.sessions.get(url.searchParams.get('token')), lang = url.searchParams.get('lang') ?? undefined;
    if (!session) return this.html(response, 404, null, 'not-valid', { lang }, request);
    if (session.result) return this.html(response, session.resultStatus ?? 410, session, session.result, { lang }, request);
    return this.html(response, 200, session, 'form', { lang }, request);
  }

  json(response, status, value, more = {}) {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...more }).end(JSON.stringify(value));
  }

  status(request, response) {
    const session = this.find(request.headers['x-upload-session']);
    const answer = session?.status();
    if (answer === null) return response.destroy();
    return this.json(response, session ? 200 : 404, answer ?? { reason: 'link_not_valid', retry: false });
  }

  async posted(pathname, request, response) {
    const chunks = [];
    let started = null;
    for await (const chunk of request) {
      chunks.push(chunk);
      if (!started) {
        started = this.find(field(chunk.toString('latin1'), 'session'));
        if (started?.hold) await started.hold(request);
        if (request.destroyed) return undefined;
      }
    }
    const body = Buffer.concat(chunks).toString('latin1');
    const session = this.find(field(body, 'session')), wantsJson = /application\/json/.test(request.headers.accept ?? '');
    const lang = field(body, 'lang') ?? undefined;
    if (!session) return wantsJson ? this.json(response, 404, { reason: 'link_not_valid', retry: false }) : this.html(response, 404, null, 'not-valid', { lang }, request);
    if (pathname === `${base}/cancel`) {
      if (session.cancelTo) return response.writeHead(303, { Location: session.cancelTo }).end();
      return this.html(response, 200, session, 'canceled', { lang }, request);
    }
    if (pathname === `${base}/extend`) {
      const answer = session.extend?.() ?? { state: 'open', seconds_left: 900, extensions_left: 9 };
      if (!wantsJson) return this.html(response, 200, session, 'form', { lang, seconds: 900 }, request);
      return this.json(response, answer.reason && !answer.state ? 409 : 200, answer);
    }
    session.attempts++;
    session.body = body;
    const answer = await session.post(body, session.attempts);
    if (answer.drop) return response.destroy();
    if (answer.redirect && !wantsJson) return response.writeHead(303, { Location: answer.redirect }).end();
    if (!wantsJson) return this.html(response, answer.status ?? 200, session, answer.page, { lang, reason: answer.reason ?? '' }, request);
    return this.json(response, answer.status ?? 200, answer.json, answer.headers);
  }
}
