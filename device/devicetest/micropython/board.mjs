// A board as its surroundings see it: power, the serial line, and the settings of its shims. The
// interpreter itself runs in a worker thread, one for each power-up or reset.
import { Worker } from 'node:worker_threads';
import fs from 'node:fs';
import path from 'node:path';
import { CTL, CFG_AT, CFG_SIZE, DNS_AT, RX_SIZE } from './layout.mjs';
import { Network } from './network.mjs';

const pkgDir = path.join(import.meta.dirname, 'node_modules/@micropython/micropython-webassembly-pyscript');
const HEAP = 192 * 1024;
let wasmModule, addresses; // found once, good for every board in this process

// The package's wasm, with its memory made shared (flags "has a maximum" 1 to "shared too" 3), so that
// this thread can interrupt a running program.
function compileWasm() {
  if (wasmModule) return wasmModule;
  const bin = fs.readFileSync(path.join(pkgDir, 'micropython.wasm'));
  let at = 8;
  const leb = () => { let r = 0, s = 0, b; do { b = bin[at++]; r |= (b & 127) << s; s += 7; } while (b & 128); return r >>> 0; };
  while (at < bin.length) {
    const id = bin[at++], size = leb(), start = at;
    if (id === 5) {
      if (bin[start] !== 1 || bin[start + 1] !== 1) throw new Error('unexpected memory section in micropython.wasm');
      bin[start + 1] = 3;
    }
    at = start + size;
  }
  return wasmModule = new WebAssembly.Module(bin);
}

export class Board {
  constructor({ root, cfg, onTx, onEvent }) {
    Object.assign(this, { root, onTx, onEvent, gen: 0, lost: 0, queue: [], worker: null, ended: null });
    fs.mkdirSync(root, { recursive: true });
    this.sab = new SharedArrayBuffer(CFG_AT + CFG_SIZE);
    this.ctl = new Int32Array(this.sab, 0, 64);
    this.rx = new Uint8Array(new SharedArrayBuffer(RX_SIZE));
    this.net = new Network(this);
    this.setCfg(cfg);
  }

  setCfg(cfg) {
    this.cfg = cfg;
    const b = Buffer.from(JSON.stringify(cfg));
    if (b.length > CFG_SIZE) throw new Error('the settings of the test board are too long');
    new Uint8Array(this.sab, CFG_AT).set(b);
    Atomics.store(this.ctl, CTL.CFGLEN, b.length);
    Atomics.add(this.ctl, CTL.CFGVER, 1);
    this.net.onCfg();
    this.wake();
  }

  wake() { Atomics.add(this.ctl, CTL.WAKE, 1); Atomics.notify(this.ctl, CTL.WAKE); }

  async command(c) {
    switch (c.cmd) {
      case 'set': this.setCfg(c.cfg); break;
      case 'on':
        await this.ended; // a board that restarts itself just now is on
        if (!this.worker) this.start(true, false);
        break;
      case 'off': await this.stop('power'); break;
      case 'reset': await this.reset(true, false); break;
      case 'drop': this.net.drop(); break;
      case 'stat': this.onEvent({ t: 'stat', rss: process.memoryUsage().rss, lost: this.lost }); break;
      default: throw new Error('unknown command ' + c.cmd);
    }
  }

  start(hard, raw) {
    const gen = ++this.gen;
    this.mem = null;
    Atomics.store(this.ctl, CTL.READING, 0);
    this.net.start();
    const w = this.worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 2, stackSizeMb: 2 },
      workerData: { sab: this.sab, rxSab: this.rx.buffer, ...this.net.shared(), wasmModule: compileWasm(), addresses, pkgDir,
        root: path.resolve(this.root), rawReset: raw, hardReset: hard, heapsize: HEAP },
    });
    w.on('message', m => { if (gen === this.gen) this.onMessage(m); });
    w.on('error', e => { if (gen === this.gen) this.onEvent({ t: 'crash', msg: String(e.stack || e) }); });
  }

  // stop ends the interpreter. how: 'power' and 'reset' tell the other ends of the sockets nothing, as a
  // board that loses its power can't; 'soft' closes them. A second call waits for the first: no two interpreters
  // run at once, and nothing that came for the next one is thrown away.
  async stop(how) {
    this.gen++;
    const w = this.worker;
    this.worker = null;
    this.mem = null;
    if (w) this.ended = w.terminate();
    await this.ended;
    this.net.stop(how === 'soft');
    if (how !== 'soft') { Atomics.store(this.ctl, CTL.RXR, Atomics.load(this.ctl, CTL.RXW)); this.queue = []; }
  }

  async reset(hard, raw) {
    const mine = this.gen;
    if (!this.worker) return;
    await this.stop(hard ? 'reset' : 'soft');
    if (this.gen !== mine + 1) return; // switched off meanwhile
    this.onEvent({ t: 'reset', hard });
    this.start(hard, raw);
  }

  onMessage(m) {
    switch (m.op) {
      case 'mem':
        this.mem = new Int32Array(m.memory.buffer);
        this.mem16 = new Int16Array(m.memory.buffer);
        addresses = this.addr = m.addresses;
        break;
      case 'tx': this.onTx(Buffer.from(m.data)); break;
      case 'event': this.onEvent(JSON.parse(m.json)); break;
      case 'reset': this.reset(m.hard, m.raw); break;
      case 'taken': this.feed(); break;
      case 'dns': this.answerDNS(this.net.resolve(m.host) || ''); break;
      default: this.net.onMessage(m);
    }
  }

  answerDNS(address) {
    const b = Buffer.from(address);
    new Uint8Array(this.sab, DNS_AT).set(b);
    Atomics.store(this.ctl, CTL.DNS, b.length || -1);
    this.wake();
  }

  // input takes bytes from the serial line. With rx_buffer, a UART without flow control: what arrives
  // while code runs and does not fit is lost. Without it, everything waits its turn.
  input(bytes) {
    if (!this.worker) return;
    this.queue.push(bytes);
    this.feed();
  }

  feed() {
    const limit = this.cfg.rx_buffer || 0;
    let write = Atomics.load(this.ctl, CTL.RXW) >>> 0;
    while (this.queue.length) {
      const bytes = this.queue[0];
      let i = 0;
      for (; i < bytes.length; i++) {
        if (bytes[i] === this.interruptChar()) { this.interrupt(); continue; }
        const used = (write - (Atomics.load(this.ctl, CTL.RXR) >>> 0)) >>> 0;
        if (limit && used >= limit && !Atomics.load(this.ctl, CTL.READING)) { this.lost++; continue; }
        if (used >= RX_SIZE) break;
        this.rx[write % RX_SIZE] = bytes[i];
        Atomics.store(this.ctl, CTL.RXW, ++write | 0);
      }
      if (i < bytes.length) { this.queue[0] = bytes.subarray(i); break; } // 'taken' comes back here
      this.queue.shift();
    }
    this.wake();
  }

  interruptChar() { return this.mem ? Atomics.load(this.mem, this.addr.interruptChar >> 2) : -1; }

  // What a UART's interrupt does at Ctrl-C: mp_sched_keyboard_interrupt(), done to the running
  // interpreter's memory. Clearing traceback_data keeps tracebacks from piling up.
  interrupt() {
    const a = this.addr;
    this.mem[(a.kbdException >> 2) + 2] = 0;
    Atomics.store(this.mem, a.pendingException >> 2, a.kbdException);
    Atomics.compareExchange(this.mem16, a.schedState >> 1, 1, 0);
  }
}
