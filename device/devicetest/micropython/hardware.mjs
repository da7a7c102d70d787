// The module _hw that the Python shims are written on. Calls return a negative errno where they fail.
import { workerData } from 'node:worker_threads';
import { CTL, DATAGRAM_HEAD, DNS_AT, ERRNO, MAX_SOCK, SK, SOCK_BUF, SOCK_WORDS, STATE } from './layout.mjs';
import { addTimer, block, ctl, post, removeTimer, settings, sleepForever, wasm } from './core.mjs';
import * as serial from './serial.mjs';

const { sab, skCtlSab, skBufSab, hardReset } = workerData;
const words = new Int32Array(skCtlSab), bytes = new Uint8Array(skBufSab);
const TX_QUEUE = 16384, TX_WRITE = 5744; // lwIP's TCP_SND_BUF on an ESP32: partial writes happen
const DNS_MS = 10000;

const get = (id, k) => Atomics.load(words, id * SOCK_WORDS + k);
const set = (id, k, v) => Atomics.store(words, id * SOCK_WORDS + k, v);
const available = id => (get(id, SK.W) - get(id, SK.R)) >>> 0;
const timedOut = (r, ms, now = ERRNO.EAGAIN) => r < 0 ? -ERRNO.EINTR : ms === 0 ? -now : -ERRNO.ETIMEDOUT;
const error = (id, otherwise) => -(get(id, SK.ERR) || otherwise);
const copyOut = (id, to, n) => {
  const m = wasm.bytes();
  let r = get(id, SK.R) >>> 0;
  for (let i = 0; i < n; i++, r++) m[to + i] = bytes[id * SOCK_BUF + r % SOCK_BUF];
  set(id, SK.R, r | 0);
};

function open(id, message, ms) {
  set(id, SK.STATE, STATE.CONNECTING);
  post(message);
  const r = block(() => get(id, SK.STATE) !== STATE.CONNECTING, ms);
  if (r <= 0) return timedOut(r, ms, ERRNO.EINPROGRESS);
  return get(id, SK.STATE) === STATE.OPEN ? 0 : error(id, ERRNO.ECONNREFUSED);
}

const sockets = {
  sk_new: () => {
    for (let id = 0; id < MAX_SOCK; id++) {
      if (Atomics.compareExchange(words, id * SOCK_WORDS + SK.STATE, STATE.FREE, STATE.NEW) !== STATE.FREE) continue;
      for (const k of [SK.W, SK.R, SK.ERR, SK.TXQ]) set(id, k, 0);
      return id;
    }
    return -ERRNO.ENOMEM;
  },
  sk_connect: (id, host, port, ms) => open(id, { op: 'connect', id, host, port }, ms),
  sk_tls: (id, name, ca, ms) => open(id, { op: 'tls', id, name, ca }, ms),
  sk_send: (id, addr, n, ms) => {
    const state = get(id, SK.STATE);
    if (state !== STATE.OPEN && state !== STATE.EOF) return error(id, ERRNO.ENOTCONN);
    const r = block(() => get(id, SK.TXQ) < TX_QUEUE || get(id, SK.STATE) > STATE.EOF, ms);
    if (r <= 0) return timedOut(r, ms);
    if (get(id, SK.STATE) > STATE.EOF) return error(id, ERRNO.ECONNRESET);
    n = Math.min(n, TX_WRITE);
    Atomics.add(words, id * SOCK_WORDS + SK.TXQ, n);
    post({ op: 'send', id, data: wasm.bytes().slice(addr, addr + n) });
    return n;
  },
  sk_recv: (id, addr, n, ms) => {
    const r = block(() => available(id) > 0 || get(id, SK.STATE) !== STATE.OPEN, ms);
    if (r <= 0) return timedOut(r, ms);
    const has = Math.min(available(id), n), state = get(id, SK.STATE);
    if (!has) return state === STATE.EOF ? 0 : error(id, state === STATE.NEW ? ERRNO.ENOTCONN : ERRNO.ECONNRESET);
    copyOut(id, addr, has);
    post({ op: 'taken-from', id });
    return has;
  },
  sk_bind: (id, port) => { post({ op: 'bind', id, port }); return 0; },
  sk_sendto: (id, host, port, addr, n) => { post({ op: 'sendto', id, host, port, data: wasm.bytes().slice(addr, addr + n) }); return n; },
  // gives "length address port", the datagram's bytes are in the buffer
  sk_recvfrom: (id, addr, n, ms) => {
    const r = block(() => available(id) >= DATAGRAM_HEAD, ms);
    if (r <= 0) return String(timedOut(r, ms));
    const at = i => bytes[id * SOCK_BUF + ((get(id, SK.R) >>> 0) + i) % SOCK_BUF];
    const len = at(0) | at(1) << 8, port = at(2) | at(3) << 8, from = [4, 5, 6, 7].map(at).join('.');
    set(id, SK.R, (get(id, SK.R) + DATAGRAM_HEAD) | 0);
    const end = (get(id, SK.R) + len) | 0;
    copyOut(id, addr, Math.min(len, n));
    set(id, SK.R, end);
    return `${Math.min(len, n)} ${from} ${port}`;
  },
  // POLLIN 1, POLLOUT 4, POLLERR 8, POLLHUP 16. A new socket hangs up, as on an ESP32.
  sk_poll: (id, udp) => {
    const s = get(id, SK.STATE), data = available(id) > 0;
    if (udp) return (data ? 1 : 0) | 4;
    return (data || s === STATE.EOF ? 1 : 0) | (s === STATE.OPEN && get(id, SK.TXQ) < TX_QUEUE ? 4 : 0)
      | (s === STATE.ERROR ? 8 : 0) | (s === STATE.EOF || s === STATE.ERROR || s === STATE.NEW ? 16 : 0);
  },
  sk_close: id => { if (get(id, SK.STATE)) set(id, SK.STATE, STATE.CLOSING); post({ op: 'close', id }); },
  dns: host => {
    Atomics.store(ctl, CTL.DNS, 0);
    post({ op: 'dns', host });
    if (block(() => Atomics.load(ctl, CTL.DNS) !== 0, DNS_MS) < 0) return '\x03';
    const n = Atomics.load(ctl, CTL.DNS);
    return n <= 0 ? '' : Buffer.from(new Uint8Array(sab, DNS_AT, n).slice()).toString('utf8');
  },
};

// The program's look at an input pin is told where it sees another level than before: a finger waits for that.
const levels = new Map();
function pin(name) {
  const v = settings().pins?.[name] ?? -1;
  if (levels.get(name) !== v) {
    levels.set(name, v);
    post({ op: 'event', json: JSON.stringify({ t: 'look', pin: name, v }) });
  }
  return v;
}

export const hardware = (collect, rename) => ({
  ...sockets, rename,
  gc: collect,
  sleep: ms => block(null, ms) < 0 ? 1 : 0,
  seq: () => Atomics.load(ctl, CTL.WAKE),
  wait_seq: (seq, ms) => block(() => Atomics.load(ctl, CTL.WAKE) !== seq, ms),
  stdin_any: serial.waiting,
  stdin_read1: () => { const b = serial.read(1); return b ? b[0] : -1; },
  cfg: () => JSON.stringify(settings()),
  cfg_version: () => Atomics.load(ctl, CTL.CFGVER),
  pin,
  event: json => { serial.flush(); post({ op: 'event', json }); },
  reset: () => { serial.flush(); post({ op: 'reset', hard: true, raw: false }); sleepForever(); },
  timer_set: addTimer,
  timer_del: removeTimer,
  now_us: () => Math.floor(performance.now() * 1000) & 0x3fffffff,
  hard: () => hardReset ? 1 : 0,
});
