// One power-up of a board: boot.py, main.py, then the REPL for ever.
import { workerData } from 'node:worker_threads';
import fs from 'node:fs';
import path from 'node:path';
import { makeHostFS, wasiToMp } from './hostfs.mjs';
import { clearInterrupt, post, setInterruptChar, settings, sleepForever, wasm } from './core.mjs';
import { calibrate, collect, load } from './interpreter.mjs';
import { hardware } from './hardware.mjs';
import * as serial from './serial.mjs';

const { root, addresses, rawReset, hardReset } = workerData;
const { line, text } = serial;
const PASTE_WINDOW = 128;
const shims = path.join(import.meta.dirname, 'shims');
const library = path.join(import.meta.dirname, '../../../assets/board/net');

const mp = await load(), FS = mp.FS;
wasm.addr = addresses ?? calibrate(mp);
post({ op: 'mem', memory: wasm.memory, addresses: wasm.addr });

FS.mkdir('/flash');
FS.mount(makeHostFS(FS, root, () => settings().flash_bytes), {}, '/flash');
FS.mkdir('/shim');
for (const f of fs.readdirSync(shims)) FS.writeFile('/shim/' + f, fs.readFileSync(path.join(shims, f)));
if (settings().umqtt) { // frozen on most firmware; here it is our own client under that name
  FS.mkdir('/shim/umqtt');
  const [packets, client] = ['packets.py', 'mqtt.py'].map(f => fs.readFileSync(path.join(library, f), 'utf8'));
  FS.writeFile('/shim/umqtt/simple.py', packets + client.replace(/^from net.packets .*$/m, ''));
}
const rename = (a, b) => { try { FS.rename('/flash' + a, '/flash' + b); return 0; } catch (e) { return -wasiToMp(e.errno ?? 29); } };
mp.registerJsModule('_hw', hardware(() => collect(mp), rename));
mp.runPython('import sys\nsys.path.insert(0,"/shim")\nimport _setup\n');
mp.runPython('import sys\nsys.modules.pop("_setup")\nfor k in ("js", "micropython", "k", "sys"): globals().pop(k, None)');

// runFile tells how a file ended: '' by itself or for want of it, 'exit' by sys.exit(), 'error' by any other exception.
function runFile(name) {
  if (!fs.existsSync(path.join(root, name))) return '';
  setInterruptChar(3);
  try { mp.runPython(`execfile(${JSON.stringify(name)})`); } catch (e) {
    if (e.name !== 'PythonError') throw e;
    if (e.type === 'SystemExit') return 'exit';
    text(e.message.replace(/ {2}File "<stdin>", line 1, in <module>\n/, '').replace(/\r?\n/g, '\r\n'));
    return 'error';
  } finally { setInterruptChar(-1); clearInterrupt(); serial.flush(); }
  return '';
}

function softReset(raw) {
  text(settings().soft_reboot);
  serial.flush();
  post({ op: 'reset', hard: false, raw });
  sleepForever();
}

post({ op: 'event', json: JSON.stringify({ t: 'boot', hard: hardReset }) });
if (hardReset) text(settings().boot_log ?? '');
const boot = runFile('boot.py');
if (boot === 'exit') softReset(rawReset);
const skipped = boot === 'error' && settings().version[1] >= 20; // newer firmware leaves main.py out then
if (!rawReset && !skipped && runFile('main.py') === 'exit') softReset(false);

function startRepl() {
  line.banner = true;
  line.hold = rawReset;
  mp.replInit();
  if (rawReset) {
    serial.held();
    mp.replProcessChar(1);
    line.hold = false;
    const s = serial.held();
    text(s.slice(s.indexOf('raw REPL')));
  }
  serial.flush();
  line.banner = false;
}

const RUNS = [4, 13]; // Ctrl-D and Enter may start code: from then on the UART is not read
function feed(c) {
  if (RUNS.includes(c)) serial.busy();
  const r = mp.replProcessChar(c);
  clearInterrupt();
  return r;
}
function next() {
  for (;;) {
    const c = serial.next();
    if (c >= 0) return c;
    clearInterrupt();
  }
}

// This port has no raw paste: it is framed here and run as a plain raw command.
function rawPaste() {
  feed(3); // drops the "\x05A" that the REPL has in its line
  serial.tx([0x52, 1, PASTE_WINDOW & 255, PASTE_WINDOW >> 8, 1]);
  const code = [];
  for (let room = PASTE_WINDOW; ;) {
    const c = next();
    if (c === 3) { text('\x04\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04>'); return 0; }
    if (c === 4) break;
    if (--room === 0) { serial.tx([1]); room = PASTE_WINDOW; }
    code.push(c);
  }
  serial.tx([4]);
  if (!code.length) { text('\x04\x04>'); return 0; }
  for (const c of code) if (c > 2) feed(c);
  line.skip = 2; // "OK" is no part of this reply
  const r = feed(4);
  line.skip = 0;
  return r;
}

let raw = rawReset, typed = []; // what the raw REPL's line begins with
function rawByte(c) {
  if (c === 1 && typed.length === 2 && typed[0] === 5 && typed[1] === 0x41) {
    typed = [];
    if (settings().raw_paste) return rawPaste();
    feed(3);
    return feed(1);
  }
  if (c > 0 && c < 5) typed = []; else if (typed.length < 3) typed.push(c);
  if (c === 2) { raw = false; line.banner = true; }
  return feed(c);
}
function friendlyByte(c) {
  line.banner = c === 2;
  line.sawRaw = false;
  const r = feed(c);
  if (c === 1 && line.sawRaw) { raw = true; typed = []; }
  return r;
}

startRepl();
post({ op: 'event', json: JSON.stringify({ t: 'repl' }) });
for (;;) {
  const c = next(), ret = raw ? rawByte(c) : friendlyByte(c);
  if (line.banner) { serial.flush(); line.banner = false; }
  if (ret & 0x100) softReset(raw);
}
