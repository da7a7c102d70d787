// The pupils' page. It shows what it is told and nothing else: a lamp changes when
// its board has said so. ES2017, for phones that are some years old.
(function () {
  'use strict';
  var texts = {}, lamps = {}, order = [], rule = 'look', attention = false, empty = false, changing = false, joined = false;
  var token = stored('token'), own = stored('lamp'), asked = {};
  var code = location.hash.slice(1);
  if (code) history.replaceState(null, '', location.pathname); // neither a bookmark nor a picture of the screen has it
  var silence = 40000; // ms without a word until the connection counts as lost

  function $(id) { return document.getElementById(id); }
  function stored(key) { try { return sessionStorage.getItem(key) || ''; } catch (e) { return ''; } }
  function store(key, value) { try { sessionStorage.setItem(key, value); } catch (e) { /* for this page only, then */ } }
  function t(name, lamp) { return (texts[name] || name).replace('{lamp}', lamp || ''); }
  function set(node, text) { if (node.textContent !== text) node.textContent = text; }

  function post(path, body, signal) {
    var headers = { 'Content-Type': 'application/json' };
    if (token) headers.Authorization = 'Bearer ' + token;
    return fetch(path, { method: 'POST', headers: headers, body: JSON.stringify(body), credentials: 'omit', cache: 'no-store', signal: signal });
  }
  // ask gives the reason why it was refused, or ''.
  async function ask(path, body) {
    try {
      var r = await post(path, body), said = await r.json();
      return { why: r.ok ? '' : (said.refused || 'busy'), said: said };
    } catch (e) {
      return { why: 'lost', said: {} };
    }
  }

  function notice(name) {
    $('notice').hidden = !name;
    set($('notice'), name ? t(name) : '');
  }
  function standing() { return attention ? 'attention' : rule === 'look' ? 'rule-look' : ''; }
  function say(text) { set($('said'), text); }

  function leave(why) {
    joined = false;
    token = own = code = '';
    store('token', ''); store('lamp', '');
    $('room').hidden = $('change').hidden = true;
    $('join').hidden = $('typed').hidden = false;
    $('code').disabled = false;
    $('code').value = '';
    notice(why);
    $('code').focus();
  }

  async function join(e) {
    e.preventDefault();
    set($('wrong'), '');
    var name = $('name').value;
    var a = await ask('join', { code: code || $('code').value, name: name });
    if (a.why) {
      if (a.why === 'code-wrong') { code = ''; $('typed').hidden = false; $('code').disabled = false; $('code').focus(); }
      set($('wrong'), t(a.why));
      return;
    }
    token = a.said.token;
    store('token', token);
    own = a.said.lamp || '';
    store('lamp', own);
    set($('who'), name);
    enter();
  }

  function enter() {
    joined = true;
    $('join').hidden = true;
    $('room').hidden = $('change').hidden = false;
    notice('connecting');
    follow(0);
  }

  // follow hears what changes, and tries again when the connection is lost.
  async function follow(tries) {
    var mine = token, abort = new AbortController(), late;
    function heard() { clearTimeout(late); late = setTimeout(function () { abort.abort(); }, silence); }
    heard();
    try {
      var r = await post('events', {}, abort.signal);
      if (r.status === 401) { clearTimeout(late); leave('over'); return; }
      if (!r.ok) throw new Error('refused');
      var reader = r.body.getReader(), decoder = new TextDecoder(), text = '';
      for (;;) {
        var part = await reader.read();
        if (part.done) break;
        heard();
        text += decoder.decode(part.value, { stream: true });
        var end;
        while ((end = text.indexOf('\n\n')) >= 0) {
          var event = text.slice(0, end);
          text = text.slice(end + 2);
          if (event.indexOf('event: over') === 0) { clearTimeout(late); leave('over'); return; }
          if (event.indexOf('data: ') === 0) { tries = 0; take(JSON.parse(event.slice(6))); }
        }
      }
    } catch (e) { /* lost, as below */ }
    clearTimeout(late);
    if (!joined || token !== mine) return;
    document.body.classList.add('lost');
    notice('lost');
    draw();
    setTimeout(function () { follow(tries + 1); }, Math.min(10000, 500 * Math.pow(2, tries)) * (0.5 + Math.random()));
  }

  function take(e) {
    rule = e.rule; attention = e.attention; empty = !!e.empty;
    if (e.order || empty) order = e.order || [];
    (e.lamps || []).forEach(function (l) {
      var was = lamps[l.id];
      lamps[l.id] = l;
      if (was && (was.word !== l.word || was.truth !== l.truth) && (l.id === own || asked[l.id])) say(l.name + ': ' + l.word + '. ' + l.truth);
    });
    document.body.classList.remove('lost');
    notice(standing());
    draw();
  }

  function here() { return !document.body.classList.contains('lost'); }
  function may(l) { return here() && !attention && l.able && (allowed(l)); }
  function chosen() { return rule === 'mine' || rule === 'group'; } // each has a lamp of its own
  function allowed(l) {
    var o = lamps[own];
    return rule === 'all' || chosen() && l.id === own || rule === 'group' && !!o && !!l.group && l.group === o.group;
  }

  async function flip(l) {
    if (!may(l)) { say(t(why(l))); return; }
    asked[l.id] = true;
    var a = await ask('switch', { lamp: l.id, on: !l.on });
    if (a.why === 'over') leave('over');
    else if (a.why) {
      if (a.why === 'rule' && l.id === own) { own = ''; store('lamp', ''); draw(); } // it went to somebody else meanwhile
      notice(a.why); say(t(a.why));
    } else notice(standing());
  }
  function why(l) {
    if (!here()) return 'lost';
    if (attention) return 'attention';
    if (!l.able) return 'away';
    return rule === 'look' ? 'rule-look' : rule === 'group' ? 'rule-group' : 'rule';
  }

  async function pick(id) {
    var a = await ask('pick', { lamp: id });
    if (a.why === 'over') { leave('over'); return; }
    if (a.why) { notice(a.why); return; }
    own = id; changing = false;
    store('lamp', own);
    notice(standing());
    draw();
    var b = document.querySelector('#own button');
    if (b) b.focus();
  }

  var shape = '<svg viewBox="0 0 48 48" aria-hidden="true"><circle class="ring" cx="24" cy="24" r="21"/><circle class="bulb" cx="24" cy="24" r="12"/>' +
    '<path class="rays" d="M24 2v6M24 40v6M2 24h6M40 24h6M8.5 8.5l4 4M35.5 35.5l4 4M39.5 8.5l-4 4M12.5 35.5l-4 4"/><text class="mark" x="24" y="30"></text></svg>';
  var marks = { trouble: '!', unknown: '?', old: '?', sent: '→' };

  // fit gives a list as many items as there are lamps, and keeps those that are there: who
  // has the focus on one keeps it.
  function fit(list, ids, make, fill) {
    var have = {};
    Array.prototype.slice.call(list.children).forEach(function (li) {
      if (ids.indexOf(li.dataset.id) < 0) list.removeChild(li); else have[li.dataset.id] = li;
    });
    ids.forEach(function (id, i) {
      var li = have[id];
      if (!li) { li = make(id); li.dataset.id = id; }
      if (list.children[i] !== li) list.insertBefore(li, list.children[i] || null);
      fill(li, lamps[id]);
    });
  }

  function makeLamp(id) {
    var li = document.createElement('li');
    li.innerHTML = shape + '<h3></h3><p class="word"></p><p class="truth"></p><button type="button"></button>';
    li.querySelector('button').addEventListener('click', function () { flip(lamps[id]); });
    return li;
  }
  function fillLamp(li, l) {
    li.className = 'lamp ' + l.look;
    set(li.querySelector('h3'), l.name);
    set(li.querySelector('.word'), l.word);
    set(li.querySelector('.truth'), l.truth);
    set(li.querySelector('.mark'), marks[l.look] || '');
    var b = li.querySelector('button'), ok = may(l), words = t(l.on ? 'off' : 'on');
    b.hidden = !allowed(l);
    set(b, ok ? words : t(attention ? 'attention-short' : 'cannot'));
    b.setAttribute('aria-disabled', String(!ok)); // it stays where the focus is
    b.setAttribute('aria-label', b.textContent + ': ' + l.name);
  }
  function makeName(id) {
    var li = document.createElement('li');
    li.innerHTML = '<button type="button" class="quiet"></button>';
    li.firstChild.addEventListener('click', function () { if (!taken(lamps[id])) pick(id); else { notice('taken'); say(t('taken')); } });
    return li;
  }
  function taken(l) { return l.taken && l.id !== own; }
  function fillName(li, l) {
    set(li.firstChild, taken(l) ? t('is-taken', l.seat || l.name) : l.seat || l.name);
    li.firstChild.setAttribute('aria-disabled', String(taken(l)));
  }

  function draw() {
    var picking = changing || chosen() && !own, mine = order.indexOf(own) >= 0 ? [own] : [];
    $('pick').hidden = !picking || empty;
    $('own').hidden = mine.length === 0;
    $('none').hidden = !own;
    $('empty').hidden = !empty;
    set($('change'), t(changing ? 'change-end' : own ? 'change' : 'choose'));
    set($('rest-title'), t(mine.length ? 'others' : 'all'));
    fit($('own').querySelector('ul'), mine, makeLamp, fillLamp);
    fit($('pick').querySelector('ul'), picking ? order : [], makeName, fillName);
    fit($('rest').querySelector('ul'), order.filter(function (id) { return mine.indexOf(id) < 0; }), makeLamp, fillLamp);
  }

  async function begin() {
    for (var tries = 0; ; tries++) {
      try {
        var said = await (await fetch('texts', { credentials: 'omit', cache: 'no-store' })).json();
        texts = said.texts;
        document.documentElement.lang = said.language;
        break;
      } catch (e) { await new Promise(function (go) { setTimeout(go, 1000 * Math.min(10, tries + 1)); }); }
    }
    document.title = t('title');
    document.querySelectorAll('[data-text]').forEach(function (node) { set(node, t(node.dataset.text)); });
    $('join').addEventListener('submit', join);
    $('none').addEventListener('click', function () { pick(''); });
    $('change').addEventListener('click', function () { changing = !changing; draw(); });
    if (token && !code) { enter(); return; }
    $('join').hidden = false;
    $('typed').hidden = !!code;
    $('code').disabled = !!code; // what is hidden is not asked for
    $('name').focus();
  }
  begin();
})();
