// What the interpreter's thread is built on: the settings, waiting, timers, and the interrupt.
import { workerData, parentPort } from 'node:worker_threads';
import { CFG_AT, CTL } from './layout.mjs';

const { sab } = workerData;
export const ctl = new Int32Array(sab, 0, 64);
export const post = m => parentPort.postMessage(m);

const cfgBytes = new Uint8Array(sab, CFG_AT);
let cfg, cfgVersion = -1;
export function settings() {
  const v = Atomics.load(ctl, CTL.CFGVER);
  if (v !== cfgVersion) {
    cfg = JSON.parse(Buffer.from(cfgBytes.slice(0, Atomics.load(ctl, CTL.CFGLEN))).toString('utf8'));
    cfgVersion = v;
  }
  return cfg;
}

// wasm holds the interpreter's memory and, once found, the addresses of the C variables in it.
export const wasm = {
  memory: null, i32: null, i16: null, u8: null, addr: null,
  use(memory) { this.memory = memory; this.refresh(); },
  refresh() {
    this.i32 = new Int32Array(this.memory.buffer);
    this.i16 = new Int16Array(this.memory.buffer);
    this.u8 = new Uint8Array(this.memory.buffer);
  },
  bytes() { if (this.u8.buffer !== this.memory.buffer) this.refresh(); return this.u8; },
};

export const interrupted = () => wasm.addr !== null && wasm.i32[wasm.addr.pendingException >> 2] !== 0;
export function raiseInterrupt() {
  const a = wasm.addr;
  wasm.i32[(a.kbdException >> 2) + 2] = 0;
  wasm.i32[a.pendingException >> 2] = a.kbdException;
  if (wasm.i16[a.schedState >> 1] === 1) wasm.i16[a.schedState >> 1] = 0;
}
export function clearInterrupt() {
  if (!interrupted()) return;
  wasm.i32[wasm.addr.pendingException >> 2] = 0;
  if (wasm.i16[wasm.addr.schedState >> 1] === 0) wasm.i16[wasm.addr.schedState >> 1] = 1;
}
export function setInterruptChar(c) { wasm.bytes(); wasm.i32[wasm.addr.interruptChar >> 2] = c; }

// Timers run while the program waits.
const timers = new Map();
let lastTimer = 0, inTimer = false;
export function addTimer(ms, periodic, call) {
  timers.set(++lastTimer, { at: performance.now() + ms, period: periodic ? ms : 0, call });
  return lastTimer;
}
export const removeTimer = id => { timers.delete(id); };
const nextTimer = () => inTimer ? Infinity : Math.min(Infinity, ...[...timers.values()].map(t => t.at));

function runTimers(onError) {
  inTimer = true;
  try {
    const now = performance.now();
    for (const [id, t] of [...timers]) {
      if (t.at > now || !timers.has(id)) continue;
      if (t.period > 0) t.at = Math.max(t.at + t.period, now); else timers.delete(id);
      try { t.call(id); } catch (e) {
        if (e.name !== 'PythonError') throw e;
        if (e.type === 'KeyboardInterrupt') raiseInterrupt(); else onError(e.message);
      }
    }
  } finally { inTimer = false; }
}

let beforeWait = () => {}, timerError = () => {};
export function hooks(flush, onError) { beforeWait = flush; timerError = onError; }

// block waits until ready() holds: 1 ready, 0 timed out, -1 interrupted. ms < 0 waits for ever.
export function block(ready, ms) {
  beforeWait();
  const end = ms < 0 ? Infinity : performance.now() + ms;
  for (;;) {
    const seen = Atomics.load(ctl, CTL.WAKE);
    if (ready && ready()) return 1;
    if (interrupted()) return -1;
    const timer = nextTimer(), now = performance.now();
    if (timer <= now) { runTimers(timerError); beforeWait(); continue; }
    if (now >= end) return 0;
    const wait = Math.min(end, timer) - now;
    Atomics.wait(ctl, CTL.WAKE, seen, wait === Infinity ? undefined : wait);
  }
}

// sleepForever ends this thread's work: the host is about to end the thread.
export function sleepForever() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }
