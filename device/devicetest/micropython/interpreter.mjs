// Loads MicroPython and finds in its memory what a board's interrupts need.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { workerData } from 'node:worker_threads';
import { wasiToMp } from './hostfs.mjs';
import { wasm } from './core.mjs';
import * as serial from './serial.mjs';

const { wasmModule, pkgDir, heapsize } = workerData;
const EINTR = 27; // WASI's number: the interpreter retries after looking at pending exceptions

// Every error number of the host becomes a board's.
function translate(imports, prefix, sign) {
  for (const k of Object.keys(imports)) {
    if (!k.startsWith(prefix)) continue;
    const f = imports[k];
    imports[k] = (...a) => { const r = f(...a); return r * sign > 0 ? sign * wasiToMp(r * sign) : r; };
  }
}

function write(other) {
  return (fd, iov, n, written) => {
    if (fd !== 1 && fd !== 2) return other(fd, iov, n, written);
    const bytes = wasm.bytes(), i32 = wasm.i32;
    let total = 0;
    for (let i = 0; i < n; i++) {
      const at = i32[(iov >> 2) + 2 * i], len = i32[(iov >> 2) + 2 * i + 1];
      if (len) serial.print(bytes.slice(at, at + len));
      total += len;
    }
    i32[written >> 2] = total;
    return 0;
  };
}

function read(other) {
  return (fd, iov, n, got) => {
    if (fd !== 0) return other(fd, iov, n, got);
    wasm.bytes();
    const at = wasm.i32[iov >> 2], len = wasm.i32[(iov >> 2) + 1];
    const b = serial.read(len);
    wasm.bytes();
    wasm.i32[got >> 2] = b ? b.length : 0;
    if (!b) return EINTR;
    wasm.bytes().set(b, at);
    return 0;
  };
}

export async function load() {
  WebAssembly.instantiate = async (_bin, imports) => {
    const env = imports.env, wasi = imports.wasi_snapshot_preview1;
    translate(env, '__syscall_', -1);
    translate(wasi, 'fd_', 1);
    wasi.fd_write = write(wasi.fd_write);
    wasi.fd_read = read(wasi.fd_read);
    const start = performance.now();
    env.mp_js_ticks_ms = () => Math.floor(performance.now() - start);
    const instance = new WebAssembly.Instance(wasmModule, imports);
    wasm.use(instance.exports.memory);
    return { instance, module: wasmModule };
  };
  const { loadMicroPython } = await import(pathToFileURL(path.join(pkgDir, 'micropython.mjs')).href);
  return loadMicroPython({ heapsize, pystack: 8 * 1024, stdout: () => {}, linebuffer: false, url: path.join(pkgDir, 'micropython.wasm') });
}

const fail = (what, seen) => { throw new Error(`this build of MicroPython is not known: ${what} ${JSON.stringify(seen)}`); };

// calibrate finds C variables by experiment, so that nothing is tied to one build. It fails loudly.
export function calibrate(mp) {
  const M = mp._module, end = M._malloc(16);
  M._free(end);
  const words = () => new Int32Array(wasm.memory.buffer, 0, end >> 2);
  const halves = () => new Int16Array(wasm.memory.buffer, 0, end >> 1);
  const addr = { interruptChar: findInterruptChar(mp, words) << 2, ...findPending(mp, words, halves, end) };
  addr.callDepth = findCallDepth(mp, words) << 2;
  wasm.refresh();
  return addr;
}

function findInterruptChar(mp, words) {
  const PROBE = 0x5A17C3;
  mp.runPython(`import micropython\nmicropython.kbd_intr(${PROBE})`);
  const proven = [];
  words().forEach((v, i) => {
    if (v !== PROBE) return;
    words()[i] = 77;
    if (mp._module._mp_hal_get_interrupt_char() === 77) proven.push(i);
    words()[i] = v;
  });
  if (proven.length !== 1) fail('interrupt character', proven);
  words()[proven[0]] = -1;
  return proven[0];
}

// mp_pending_exception goes from 0 to the exception's address, the scheduler's state from 1 to 0; only the
// right pair makes running code raise KeyboardInterrupt.
function findPending(mp, words, halves, end) {
  const before = words().slice(), beforeH = halves().slice();
  mp._module._mp_sched_keyboard_interrupt();
  const after = words().slice(), afterH = halves().slice();
  const ps = [], ss = [];
  after.forEach((v, i) => { if (before[i] === 0 && v > 1024 && v < end) ps.push(i); });
  afterH.forEach((v, i) => { if (beforeH[i] === 1 && v === 0) ss.push(i); });
  after.forEach((v, i) => { if (v !== before[i]) words()[i] = before[i]; });
  const raises = () => {
    try { mp.runPython('for _ in range(9): pass'); } catch (e) { return e.type === 'KeyboardInterrupt'; }
    return false;
  };
  const hits = [];
  for (const p of ps) for (const s of ss) {
    words()[p] = after[p]; halves()[s] = 0;
    if (raises()) hits.push([p, s]); else { words()[p] = before[p]; halves()[s] = 1; }
  }
  if (hits.length !== 1) fail('pending exception', { ps, ss, hits });
  const [p, s] = hits[0], exception = after[p], traceback = (exception >> 2) + 2;
  if (!words()[traceback]) fail('traceback', exception);
  mp._module._mp_sched_keyboard_interrupt();
  if (words()[traceback]) fail('traceback', exception);
  raises();
  return { pendingException: p << 2, kbdException: exception, schedState: s << 1 };
}

// external_call_depth is the word that reads 1, 2, 3 at call depths 1, 2, 3.
function findCallDepth(mp, words) {
  const seen = [];
  globalThis.__snap = d => { seen.push(words().slice()); if (d < 3) mp.runPython(`import js\njs.__snap(${d + 1})`); };
  mp.runPython('import js\njs.__snap(1)');
  delete globalThis.__snap;
  const found = [];
  words().forEach((v, i) => { if (v === 0 && seen[0][i] === 1 && seen[1][i] === 2 && seen[2][i] === 3) found.push(i); });
  if (found.length !== 1) fail('call depth', found);
  return found[0];
}

// collect makes this port collect garbage while a program runs, which by itself it never does: it believes
// to be at the top level. C-stack temporaries are not scanned, so only statement-level calls may use it.
export function collect(mp) {
  wasm.bytes();
  const at = wasm.addr.callDepth >> 2, depth = wasm.i32[at];
  wasm.i32[at] = 0;
  try { mp.runPython('import gc\ngc.collect()'); } finally { wasm.bytes(); wasm.i32[at] = depth; }
}
