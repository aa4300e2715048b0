/* The upload page's script. The form works without it; everything here only makes it kinder.
 * It stores nothing, sets no cookie, and talks to its own host and, by message, to the app around it. */
(function () {
  'use strict';

  var STALL_MS = 30000, STATUS_TIMEOUT_MS = 10000, POLL_MS = 2000, LOST_ANSWER_MS = 20000, REDIRECT_MS = 1500;
  var RETRY_MS = [1000, 3000, 5000];
  var WARN_SECONDS = 180, ANNOUNCE_SECONDS = [300, 60];
  var SAME_FILE = ['upload_interrupted', 'rate_limited', 'service_unavailable', 'upload_failed', 'upload_in_progress'];

  var data = JSON.parse(document.getElementById('data').textContent);
  var lang = document.documentElement.lang;
  var state = history.state || {};
  function el(id) { return document.getElementById(id); }
  function show(node, on) { if (node) node.hidden = !on; }

  /* ---- the app around this page */

  var origins = data.origins.filter(Boolean);
  function post(message, origin) {
    try { window.parent.postMessage(message, origin); } catch (e) { /* an origin this browser cannot name */ }
  }
  function tell(type, more) {
    var message = Object.assign({ source: 'array-data-upload', v: 1, type: type }, more);
    if (data.sample) message.sample_id = data.sample;
    if (window.parent !== window) {
      var host = location.ancestorOrigins && location.ancestorOrigins[0];
      if (host ? origins.indexOf(host) < 0 : !origins.length) post({ type: type }, '*');
      else if (host) post(message, host);
      else origins.forEach(function (origin) { post(message, origin); });
    }
    try {
      if (window.ReactNativeWebView) window.ReactNativeWebView.postMessage(JSON.stringify(message));
      var handlers = window.webkit && window.webkit.messageHandlers;
      if (handlers && handlers.arrayDataUpload) handlers.arrayDataUpload.postMessage(message);
    } catch (e) { /* the app's bridge is the app's own */ }
  }
  if (window.ResizeObserver && window.parent !== window) {
    var told = 0;
    new ResizeObserver(function () {
      var height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height !== told) tell('resize', { height: told = height });
    }).observe(document.body);
  }

  /* ---- the address: the token leaves the address bar; a reloaded tab finds its way back */

  var hasToken = /[?&]token=/.test(location.search);
  if (data.page === 'not_valid' && !hasToken && state.link) {
    location.replace(state.link);
    return;
  }
  var link = hasToken ? location.href : data.link || state.link || '';
  if (data.page !== 'form') {
    if (data.page !== 'not_valid') tell(data.page, data.reason ? { reason: data.reason } : {});
    return;
  }
  if (hasToken || link) history.replaceState({ link: link }, '', location.pathname);

  /* ---- words */

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (all, name) { return name in values ? values[name] : all; });
  }
  function words(key, values) {
    return fill(data.text[key] || '', Object.assign({ partner: data.partner, vendor: data.vendor, limit: data.limitText }, values));
  }
  function plural(key, n) {
    var form = window.Intl && Intl.PluralRules ? new Intl.PluralRules(lang).select(n) : n === 1 ? 'one' : 'other';
    return words(data.text[key + '.' + form] ? key + '.' + form : key + '.other', { n: n.toLocaleString(lang) });
  }
  function reasonWords(reason) { return words('reason.' + reason) || words('reason.upload_failed'); }
  function percentWords(share) { return share.toLocaleString(lang, { style: 'percent', maximumFractionDigits: 0 }); }
  function sizeWords(bytes) {
    var mega = bytes / 1048576, small = mega < 0.1;
    return (small ? bytes / 1024 : mega).toLocaleString(lang, { maximumFractionDigits: 1 }) + (small ? ' KB' : ' MB');
  }
  function say(text, node) {
    node = node || el('status');
    node.textContent = '';
    setTimeout(function () { node.textContent = text; }, 60);
  }

  /* ---- the three views */

  var file = null, packed = false, checked = null, run = 0, xhr = null, busy = false, over = false, title = document.title;
  var extensions = data.extensions, attemptsLeft = data.attempts || 0;

  function view(name) {
    ['form', 'work', 'end'].forEach(function (v) { show(el('view-' + v), v === name); });
    show(el('time'), name === 'form');
    show(document.querySelector('nav'), name === 'form');
    if (name !== 'form') window.scrollTo(0, 0);
  }
  function clearError() {
    show(el('error'), false);
    show(el('field-error'), false);
    show(el('consent-error'), false);
    show(el('file-again'), false);
    el('field').classList.remove('wrong');
    [el('file'), el('choose')].concat(boxes()).forEach(function (node) {
      node.removeAttribute('aria-invalid');
      node.removeAttribute('aria-describedby');
    });
    el('choose').setAttribute('aria-describedby', 'file-hint');
    document.title = title;
  }
  function showError(text, options) {
    options = options || {};
    view('form');
    var target = options.consent ? el('consent') : el('choose');
    var field = el(options.consent ? 'consent-error' : 'field-error');
    clearError();
    el('error-text').textContent = text;
    el('error-text').removeAttribute('href');
    if (!options.tryAgain) { /* else nothing in the form is wrong */
      el('error-text').href = '#' + target.id;
      target.setAttribute('aria-invalid', 'true');
      target.setAttribute('aria-describedby', field.id + (options.consent ? '' : ' file-hint'));
      el('field').classList.toggle('wrong', !options.consent);
      field.textContent = text;
      show(field, true);
    }
    show(el('try-again'), options.tryAgain && file);
    show(el('choose-another'), options.another);
    show(el('go-back'), options.back);
    if (options.back) el('go-back').href = options.back;
    show(el('error-actions'), (options.tryAgain && file) || options.another || options.back);
    el('try-again').disabled = false;
    if (options.wait) {
      el('try-again').disabled = true;
      setTimeout(function () { el('try-again').disabled = false; }, Math.min(options.wait, 120) * 1000);
    }
    show(el('error'), true);
    document.title = data.errorPrefix + ' ' + title;
    el('error').focus();
    el('error').scrollIntoView({ block: 'nearest' });
  }
  function showEnd(kind, heading, text, action, back) {
    over = true;
    view('end');
    el('main').className = 'wide result ' + kind;
    el('end-title').textContent = heading;
    el('end-text').textContent = text;
    [[el('end-link'), action], [el('end-back'), back]].forEach(function (pair) {
      show(pair[0], pair[1]);
      if (!pair[1]) return;
      pair[0].href = pair[1].href;
      pair[0].textContent = pair[1].text;
    });
    document.title = heading;
    el('end-title').focus();
  }
  function webAddress(address) { return /^https?:\/\//i.test(address || '') ? address : ''; }

  function success(redirect) {
    settle();
    redirect = webAddress(redirect);
    showEnd('good', data.text.doneTitle, redirect ? words('doneRedirect') : words('doneText'),
      redirect && { href: redirect, text: data.text.doneLink });
    show(el('end-more'), !redirect && data.sample);
    tell('success');
    if (redirect) setTimeout(function () { location.replace(redirect); }, REDIRECT_MS);
  }
  /* answer: {reason, retry, message, redirect} as the server gives it */
  function failure(answer, wait) {
    settle();
    var reason = answer.reason || 'upload_failed', back = webAddress(answer.redirect);
    var text = answer.message || reasonWords(reason), timeOver = reason === 'session_expired' || reason === 'link_expired';
    if (answer.attempts_left) attemptsLeft = answer.attempts_left;
    tell(timeOver ? 'expired' : 'error', { reason: reason });
    if (answer.retry === false && back) {
      location.replace(back);
      return;
    }
    if (answer.retry === false || timeOver) {
      var again = answer.retry !== false && link ? { href: link, text: data.text.again } : null;
      var goBack = back ? { href: back, text: words('goBack') } : null;
      showEnd(reason === 'already_uploaded' ? 'good' : 'bad', data.text['title.' + reason] || data.text.failedTitle, text,
        again || goBack, again && goBack);
      return;
    }
    var same = SAME_FILE.indexOf(reason) >= 0;
    if (answer.consents) showConsents(answer.consents);
    if (!same && reason !== 'consent_missing') forget();
    showError(text, { tryAgain: same, another: !same, back: back, wait: wait, consent: reason === 'consent_missing' && el('consent') });
  }

  /* ---- what is agreed to */

  function boxes() { return Array.prototype.slice.call(document.querySelectorAll('#consents input')); }
  /* The texts as they are now; a box whose text is still the same stays as it was. */
  function showConsents(list) {
    var ticked = boxes().filter(function (box) { return box.checked; }).map(function (box) { return box.name + ' ' + box.value; });
    el('consents').textContent = '';
    list.forEach(function (item) {
      var row = document.createElement('div'), box = document.createElement('input'), label = document.createElement('label');
      row.className = 'check';
      box.type = 'checkbox';
      box.id = box.name = label.htmlFor = item.field;
      box.value = item.version;
      box.checked = ticked.indexOf(item.field + ' ' + item.version) >= 0;
      label.textContent = item.text + (item.field === 'consent' ? '' : ' ' + data.text.optional);
      row.append(box, label);
      el('consents').append(row);
    });
  }
  /* 1 when the box without which there is no upload is ticked, or there is none. */
  function agreed() {
    if (!el('consent') || el('consent').checked) return true;
    showError(reasonWords('consent_missing'), { consent: true });
    return false;
  }

  /* ---- choosing a file */

  function forget() {
    file = checked = null;
    packed = false;
    el('file').value = '';
    show(el('chosen'), false);
    show(el('drop-hint'), true);
    el('choose').textContent = data.text.choose;
  }
  function firstBytes(blob) {
    return new Promise(function (resolve, reject) {
      var reader = new FileReader();
      reader.onload = function () { resolve(new Uint8Array(reader.result)); };
      reader.onerror = reject;
      reader.readAsArrayBuffer(blob.slice(0, 4));
    });
  }
  /* The part that looks inside comes with the first file; without it the server alone decides. */
  var inside = null;
  function zipTools() {
    inside = inside || new Promise(function (resolve) {
      var script = document.createElement('script');
      script.src = data.base + '/assets/' + data.zip;
      script.onload = function () { resolve(window.arrayZip); };
      script.onerror = function () { inside = null; resolve(null); };
      document.head.append(script);
    });
    return inside;
  }
  function isPlain(name) { return data.rezip && /\.(txt|csv)$/i.test(name); }
  /* Packs a plain export; resolves to a reason or null. */
  function repack(candidate) {
    if (!candidate.size) return Promise.resolve('file_empty');
    return zipTools().then(function (zip) {
      if (!zip || !zip.canPack() || candidate.size > 16 * data.limit) return 'file_type_not_allowed';
      return zip.pack(candidate).then(function (made) {
        if (made.file.size > data.limit) return 'file_too_large';
        if (file === candidate) {
          file = made.file;
          packed = true;
          maker = made.maker;
        }
        return null;
      });
    }).catch(function () { return 'upload_failed'; });
  }
  var maker = '';
  function look(candidate) {
    return zipTools().then(function (zip) {
      return zip ? zip.look(candidate).then(function (found) { maker = found.maker || ''; return found.reason; }) : null;
    }).catch(function () { return null; });
  }
  /* Resolves to a reason, or to null for a file worth sending. */
  function precheck(candidate) {
    maker = '';
    if (isPlain(candidate.name)) return repack(candidate);
    if (!/\.zip$/i.test(candidate.name)) return Promise.resolve('file_type_not_allowed');
    if (!candidate.size) return Promise.resolve('file_empty');
    if (candidate.size > data.limit) return Promise.resolve('file_too_large');
    return firstBytes(candidate).then(function (b) {
      if (b[0] !== 0x50 || b[1] !== 0x4b) return 'file_type_not_allowed';
      if (b[2] === 5 && b[3] === 6) return 'zip_unexpected_contents';
      return b[2] === 3 && b[3] === 4 ? look(candidate) : 'file_type_not_allowed';
    }, function () { return 'upload_failed'; });
  }
  function reject(reason, text) {
    forget();
    tell('error', { reason: reason });
    showError(text || reasonWords(reason), {});
  }
  function take(candidates, folder) {
    show(el('webview'), false);
    if (!candidates.length && !folder) return;
    clearError();
    if (folder) return reject('file_type_not_allowed');
    if (candidates.length > 1) return reject('file_type_not_allowed', words('js.several'));
    var candidate = candidates[0];
    file = candidate;
    packed = false;
    checked = precheck(candidate).then(function (reason) {
      if (file !== candidate && !packed) return reason;
      if (reason) {
        reject(reason);
        return reason;
      }
      el('chosen-name').textContent = candidate.name + ' · ' + sizeWords(candidate.size);
      el('chosen-maker').textContent = (maker ? words('js.looks_like', { vendor: maker }) : '') + (packed ? ' ' + words('js.rezipped') : '');
      show(el('chosen'), true);
      show(el('drop-hint'), false);
      el('choose').textContent = data.text.chooseAnother;
      say(words('js.selected', { name: candidate.name, size: sizeWords(candidate.size) }));
      tell('selected');
      /* On a phone what comes next lies below the fold. */
      if (window.innerWidth < 640) (boxes().filter(function (box) { return !box.checked; })[0] || el('upload')).scrollIntoView({ block: 'center' });
      return null;
    });
  }
  function openChooser() {
    var answered = false, input = el('file');
    function settled() {
      answered = true;
      input.removeEventListener('cancel', settled);
      window.removeEventListener('blur', settled);
    }
    input.value = '';
    input.addEventListener('cancel', settled);
    window.addEventListener('blur', settled);
    input.addEventListener('change', settled, { once: true });
    setTimeout(function () { if (!answered && link) show(el('webview'), true); settled(); }, 4000);
    input.click();
  }
  function copyLink() {
    var field = el('copy-field');
    function byHand() {
      field.value = link;
      show(field, true);
      field.focus();
      field.select();
      try { if (document.execCommand('copy')) say(words('js.copied')); } catch (e) { /* selected: the person can copy it */ }
    }
    if (navigator.clipboard && navigator.clipboard.writeText)
      navigator.clipboard.writeText(link).then(function () { say(words('js.copied')); el('copy').textContent = words('js.copied'); }, byHand);
    else byHand();
  }
  function watchDrops() {
    var zone = el('drop'), depth = 0;
    ['dragover', 'drop'].forEach(function (type) { window.addEventListener(type, function (e) { e.preventDefault(); }); });
    zone.addEventListener('dragenter', function () {
      if (depth++ === 0) { zone.classList.add('over'); say(words('js.drop_enter'), el('alert')); }
    });
    zone.addEventListener('dragleave', function () {
      if (--depth === 0) { zone.classList.remove('over'); say(words('js.drop_leave'), el('alert')); }
    });
    zone.addEventListener('drop', function (e) {
      depth = 0;
      zone.classList.remove('over');
      e.preventDefault();
      var item = e.dataTransfer.items && e.dataTransfer.items[0];
      var entry = item && item.webkitGetAsEntry && item.webkitGetAsEntry();
      take(e.dataTransfer.files, entry && entry.isDirectory);
    });
  }

  /* ---- sending */

  var stallTimer = 0, answerTimer = 0, wakeLock = null, spoken = 0, lastPercent = -1;

  function note(text) {
    el('work-note').textContent = text || '';
    show(el('work-note'), text);
    if (text) say(text);
  }
  function warnLeaving(e) { e.preventDefault(); e.returnValue = ''; }
  function stayAwake() {
    if (navigator.wakeLock && !wakeLock)
      navigator.wakeLock.request('screen').then(function (lock) { if (busy) wakeLock = lock; else lock.release(); }, function () {});
  }
  /* The end of an upload, good or bad. */
  function settle() {
    run++;
    busy = false;
    clearTimeout(stallTimer);
    clearTimeout(answerTimer);
    window.removeEventListener('beforeunload', warnLeaving);
    if (xhr) xhr.abort();
    xhr = null;
    if (wakeLock) wakeLock.release();
    wakeLock = null;
  }
  function moved() {
    clearTimeout(stallTimer);
    stallTimer = setTimeout(function () { note(words('js.stall', { n: (STALL_MS / 1000).toLocaleString(lang) })); }, STALL_MS);
  }
  function progress(loaded, total) {
    var share = total ? Math.min(loaded / total, 1) : 0, percent = Math.floor(share * 100);
    el('progress').value = percent;
    el('count').textContent = words('js.sent', { percent: percentWords(share), sent: sizeWords(share * file.size), total: sizeWords(file.size) });
    if (percent !== lastPercent) tell('progress', { percent: lastPercent = percent });
    if (percent >= spoken + 25 && percent < 100) {
      spoken = percent - percent % 25;
      say(words('js.percent', { percent: percentWords(spoken / 100) }));
    }
  }
  function checking(id) {
    clearTimeout(stallTimer);
    el('work-title').textContent = words('js.checking');
    el('progress').removeAttribute('value');
    el('count').textContent = words('js.checking_more');
    note('');
    show(el('stop'), false);
    say(words('js.checking'));
    tell('checking');
    answerTimer = setTimeout(function () { watchAnswer(id); }, LOST_ANSWER_MS);
  }
  /* No answer although all was sent: perhaps it was lost on its way. */
  function watchAnswer(id) {
    status().then(function (s) {
      if (id !== run) return;
      if (s && s.state !== 'receiving' && s.state !== 'checking') decide(s, id, RETRY_MS.length);
      else answerTimer = setTimeout(function () { watchAnswer(id); }, LOST_ANSWER_MS / 2);
    });
  }
  function start() {
    settle();
    clearError();
    busy = true;
    view('work');
    el('work-name').textContent = file.name;
    window.addEventListener('beforeunload', warnLeaving);
    stayAwake();
    say(words('js.sending'));
    el('work-title').textContent = words('js.sending');
    el('work-title').focus();
    send(run, 0);
  }
  function send(id, tries) {
    var body = new FormData(), request = new XMLHttpRequest();
    spoken = 0;
    lastPercent = -1;
    el('work-title').textContent = words('js.sending');
    el('progress').value = 0;
    el('count').textContent = '';
    show(el('stop'), true);
    body.append('session', data.session);
    body.append('lang', lang);
    if (packed) body.append('rezipped', '1');
    boxes().forEach(function (box) { if (box.checked) body.append(box.name, box.value); });
    body.append('file', file, 'export.zip'); /* the real name may carry the person's name: it stays here */
    xhr = request;
    request.open('POST', data.base);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.onprogress = function (e) {
      if (id !== run) return;
      moved();
      note('');
      if (e.lengthComputable) progress(e.loaded, e.total);
    };
    request.upload.onload = function () { if (id === run) checking(id); };
    request.onload = function () { if (id === run) answered(request, id, tries); };
    request.onerror = request.ontimeout = function () { if (id === run) lost(id, tries); };
    moved();
    request.send(body);
  }
  function parse(text) {
    try {
      var value = JSON.parse(text);
      return value && typeof value === 'object' ? value : null;
    } catch (e) { return null; }
  }
  function answered(request, id, tries) {
    var answer = parse(request.responseText), wait = parseInt(request.getResponseHeader('Retry-After'), 10) || 0;
    if (answer && answer.status === 'accepted') return success(answer.redirect);
    if (answer && answer.reason === 'service_unavailable' && tries < RETRY_MS.length) return lost(id, tries);
    if (answer && answer.reason) return failure(answer, wait);
    if (request.status === 413) return failure({ reason: 'file_too_large', retry: true });
    if (request.status === 429) return failure({ reason: 'rate_limited', retry: true }, wait || 60);
    if (request.status >= 502 && request.status <= 504) return lost(id, tries);
    failure({ reason: 'upload_failed', retry: true });
  }
  /* The session's state from the server, or null when it cannot be reached. */
  function status() {
    var stop = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () { if (stop) stop.abort(); }, STATUS_TIMEOUT_MS);
    return fetch(data.base + '/status', {
      headers: { 'X-Upload-Session': data.session, Accept: 'application/json' },
      cache: 'no-store', credentials: 'omit', signal: stop ? stop.signal : undefined
    }).then(function (r) {
      return r.json().then(function (s) {
        if (!s.state && s.reason) s = { state: 'revoked', reason: s.reason, retry: s.retry === true, redirect: s.redirect };
        return s.state ? s : null;
      });
    }).then(function (s) { clearTimeout(timer); return s; }, function () { clearTimeout(timer); return null; });
  }
  function wait(ms) { return new Promise(function (resolve) { setTimeout(resolve, ms); }); }
  function online() {
    if (navigator.onLine !== false) return Promise.resolve();
    note(words('js.offline'));
    return new Promise(function (resolve) { window.addEventListener('online', resolve, { once: true }); });
  }
  function lost(id, tries) {
    clearTimeout(stallTimer);
    clearTimeout(answerTimer);
    if (tries >= RETRY_MS.length) return failure({ reason: 'upload_interrupted', retry: true });
    el('work-title').textContent = words('js.sending');
    el('count').textContent = '';
    show(el('stop'), true);
    note(words('js.retry', { n: tries + 1, of: RETRY_MS.length }));
    wait(RETRY_MS[tries]).then(online).then(status).then(function (s) {
      if (id !== run) return;
      if (s) decide(s, id, tries + 1);
      else lost(id, tries + 1);
    });
  }
  /* What became of the file whose answer was lost; sends it again only when the server does not have it. */
  function decide(s, id, tries) {
    if (s.state === 'accepted') return success(s.redirect);
    if (s.state === 'expired' || s.state === 'revoked')
      return failure({ reason: s.reason || (s.state === 'expired' ? 'session_expired' : 'session_revoked'), retry: s.retry === true, redirect: s.redirect });
    if (s.state === 'receiving' || s.state === 'checking') {
      wait(POLL_MS).then(status).then(function (next) {
        if (id !== run) return;
        if (next) decide(next, id, tries);
        else lost(id, tries);
      });
      return;
    }
    if (s.reason && attemptsLeft && s.attempts_left < attemptsLeft)
      return failure({ reason: s.reason, retry: true, redirect: s.redirect, attempts_left: s.attempts_left });
    if (tries > RETRY_MS.length || !busy) return failure({ reason: 'upload_interrupted', retry: true });
    send(id, tries);
  }

  /* ---- the time left: counted here, decided by the server */

  var end = Date.now() + data.seconds * 1000, before = Infinity, asking = false;

  function countdown() {
    if (over) return;
    var left = Math.ceil((end - Date.now()) / 1000);
    var text = left <= 0 ? words('js.time_over') : left < 60 ? words('js.seconds') : plural('js.minutes', Math.ceil(left / 60));
    if (el('time-text').textContent !== text) el('time-text').textContent = text;
    el('time').classList.toggle('short', left <= WARN_SECONDS);
    show(el('more-time'), left <= WARN_SECONDS && left > 0 && extensions > 0);
    ANNOUNCE_SECONDS.forEach(function (at) { if (before > at && left <= at && left > 0) say(text); });
    before = left;
    if (left <= 0 && !busy) refresh();
  }
  function known(s) {
    if (typeof s.seconds_left === 'number') {
      end = Date.now() + s.seconds_left * 1000;
      before = Math.max(before, s.seconds_left);
    }
    if (typeof s.extensions_left === 'number') extensions = s.extensions_left;
    if (s.attempts_left) attemptsLeft = s.attempts_left;
  }
  /* Ask the server where this session stands: at the end of the time, and when a sleeping tab wakes up. */
  function refresh() {
    if (asking || busy || over) return;
    asking = true;
    status().then(function (s) {
      asking = false;
      if (busy || over) return;
      if (s && s.state === 'accepted') return success(s.redirect);
      if (s && (s.state === 'expired' || s.state === 'revoked'))
        return failure({ reason: s.reason || 'session_expired', retry: s.retry === true, redirect: s.redirect });
      if (s && s.seconds_left > 0) known(s);
      else if (end <= Date.now()) failure({ reason: 'session_expired', retry: true });
    });
  }
  function extend(e) {
    e.preventDefault();
    var more = el('more-time');
    if (!more || more.disabled) return;
    more.disabled = true;
    fetch(data.base + '/extend', {
      method: 'POST', credentials: 'omit', headers: { Accept: 'application/json' },
      body: new URLSearchParams({ session: data.session, lang: lang })
    }).then(function (r) { return r.json(); }).then(function (s) {
      more.disabled = false;
      if (s.state === 'expired' || s.state === 'revoked') return refresh();
      if (!s.state) {
        if (s.reason === 'extension_refused') extensions = 0;
        return say(s.message || reasonWords(s.reason), el('alert'));
      }
      known(s);
      before = Infinity;
      countdown();
      say(words('js.extended') + ' ' + el('time-text').textContent);
    }).catch(function () {
      more.disabled = false;
      say(words('js.extend_failed'), el('alert'));
    });
  }

  /* ---- wiring */

  function submit(e) {
    e.preventDefault();
    if (busy) return;
    if (!file) {
      tell('error', { reason: 'file_missing' });
      return showError(reasonWords('file_missing'), {});
    }
    checked.then(function (reason) {
      if (reason || busy || over) return;
      if (agreed()) start();
    });
  }
  function stop() {
    settle();
    view('form');
    tell('cancel');
    say(words('js.stopped'));
    el('upload').focus();
    refresh(); /* it may have arrived whole */
  }

  el('file').classList.add('unseen');
  el('file').tabIndex = -1;
  el('file').setAttribute('aria-hidden', 'true');
  show(el('choose'), true);
  show(el('drop-hint'), true);
  el('file-label').htmlFor = 'choose';
  if (el('error-text').hash === '#file') el('error-text').href = '#choose';
  el('choose').addEventListener('click', openChooser);
  el('choose-another').addEventListener('click', openChooser);
  el('file').addEventListener('change', function () { take(el('file').files, false); });
  el('error-text').addEventListener('click', function (e) {
    e.preventDefault();
    var target = el(el('error-text').hash.slice(1));
    if (target) target.focus();
  });
  el('try-again').addEventListener('click', function () { if (file && agreed()) start(); });
  el('remove').addEventListener('click', function () { forget(); clearError(); el('choose').focus(); });
  el('copy').addEventListener('click', copyLink);
  el('stop').addEventListener('click', stop);
  el('form').noValidate = true;
  el('form').addEventListener('submit', submit);
  el('cancel-form').addEventListener('submit', function () { tell('cancel', { reason: 'user_canceled' }); });
  el('time').addEventListener('submit', extend);
  document.addEventListener('visibilitychange', function () {
    if (document.visibilityState !== 'visible') return;
    if (busy) stayAwake();
    else refresh();
  });
  window.addEventListener('pageshow', function (e) { if (e.persisted) refresh(); });
  watchDrops();
  countdown();
  setInterval(countdown, 1000);
  tell('ready');
})();
