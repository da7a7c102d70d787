// The serial line as the interpreter sees it.
import { workerData } from 'node:worker_threads';
import { CTL, RX_SIZE } from './layout.mjs';
import { block, ctl, hooks, post, settings } from './core.mjs';

const rx = new Uint8Array(workerData.rxSab);
const out = Buffer.alloc(65536);
const FLUSH_MS = 5;
let used = 0, lastFlush = 0, lastCR = false;

// state of the output: skip leaves out that many bytes, hold keeps everything until flush(), banner means
// that the port's own name in the next bytes becomes the board's.
export const line = { skip: 0, hold: false, banner: false, sawRaw: false };

export function flush() {
  if (!used) return;
  lastFlush = performance.now();
  let b = out.subarray(0, used);
  used = 0;
  if (line.banner) b = Buffer.from(b.toString('latin1').replace('JS with Emscripten', settings().machine), 'latin1');
  if (b.includes('"/shim/')) b = Buffer.from(b.toString('latin1').replace(/ {2}File "\/shim\/[^\n]*\n/g, ''), 'latin1');
  post({ op: 'tx', data: Uint8Array.from(b) });
}

// held takes back what was written and not flushed.
export function held() { const s = out.toString('latin1', 0, used); used = 0; return s; }

export function tx(bytes) {
  for (const c of bytes) {
    if (line.skip > 0) { line.skip--; continue; }
    out[used++] = c;
    if (used === out.length) flush();
  }
}
export const text = s => tx(Buffer.from(s, 'latin1'));

// print writes what the program prints: this port's bare LF becomes a board's CR LF.
export function print(bytes) {
  const cooked = [];
  for (const c of bytes) {
    if (c === 10 && !lastCR) cooked.push(13);
    cooked.push(c);
    lastCR = c === 13;
  }
  tx(cooked);
  const s = bytes.length > 8 && bytes[0] === 114 && bytes[4] === 82; // "raw REPL; …"
  if (s) line.sawRaw = true;
  const ends = bytes[bytes.length - 1] === 10, ok = bytes.length === 2 && bytes[0] === 79 && bytes[1] === 75;
  if (!line.hold && (ends || ok || performance.now() - lastFlush > FLUSH_MS)) flush();
}

export const waiting = () => (Atomics.load(ctl, CTL.RXW) - Atomics.load(ctl, CTL.RXR)) >>> 0;

function take() {
  const r = Atomics.load(ctl, CTL.RXR), c = rx[(r >>> 0) % RX_SIZE];
  const wasFull = waiting() === RX_SIZE;
  Atomics.store(ctl, CTL.RXR, (r + 1) | 0);
  if (wasFull) post({ op: 'taken' });
  return c;
}

// read waits for at least one byte and gives up to n, or null at Ctrl-C. While it waits, the board keeps
// up with the line, so a UART's small buffer loses nothing.
export function read(n) {
  Atomics.store(ctl, CTL.READING, 1);
  const ready = block(() => waiting() > 0, -1);
  Atomics.store(ctl, CTL.READING, 0);
  if (ready < 0) return null;
  const got = [];
  while (got.length < n && waiting() > 0) got.push(take());
  return got;
}

// next is the REPL's read: it goes on keeping up until busy() says that code starts to run.
export function next() {
  Atomics.store(ctl, CTL.READING, 1);
  return block(() => waiting() > 0, -1) < 0 ? -1 : take();
}
export const busy = () => { Atomics.store(ctl, CTL.READING, 0); };

hooks(flush, message => text(message.replace(/\r?\n/g, '\r\n')));
