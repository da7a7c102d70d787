// Tells how much of a small board's memory the lamp program takes, in bytes.
//   node memory.mjs FOLDER SETTINGS   →  {"live": …, "files": {"FILE": {"code": …, "compile": …}}}
// live is what lies in the heap once the program with these settings is made, code what one file leaves there, and
// compile what compiling it takes at its highest, its code included. So live - code + compile bounds what the board
// needs while it compiles that file. This build never collects garbage by itself, so compile is an upper bound. Its
// pointers have 32 bits, as boards' have.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, settings] = process.argv.slice(2);
const pkg = path.join(import.meta.dirname, 'node_modules/@micropython/micropython-webassembly-pyscript');
const { loadMicroPython } = await import(pathToFileURL(path.join(pkg, 'micropython.mjs')).href);
process.setMaxListeners(0);

const STOP = 'raise KeyError\n'; // compiled with the whole file, so that only compiling is measured
const WIDE = 256 * 1024, STEP = 256;
// what firmware has in C takes no heap
const FIRMWARE = {
  network: 'STA_IF = 0\nclass WLAN:\n  def __init__(self, n):\n    pass\n',
  machine: 'class Pin:\n  IN = OUT = PULL_UP = PULL_DOWN = IRQ_FALLING = IRQ_RISING = 0\n  def __init__(self, *a, **k):\n    pass\n' +
    '  def irq(self, *a):\n    pass\n  def value(self, *a):\n    return 1\ndef unique_id():\n  return b"abcd"\n',
  neopixel: 'class NeoPixel:\n  n = 0\n  def __init__(self, *a):\n    pass\n  def write(self):\n    pass\n',
  socket: '', select: '', time: 'from utime import *\ndef ticks_us():\n  return 0\n',
};

const files = fs.readdirSync(folder, { recursive: true }).filter(f => f.endsWith('.py')).map(f => f.split(path.sep).join('/'));

async function board(heapsize) {
  const out = [];
  const mp = await loadMicroPython({ heapsize, stdout: line => out.push(line), url: path.join(pkg, 'micropython.wasm') });
  for (const [name, text] of Object.entries(FIRMWARE)) mp.FS.writeFile(`/${name}.py`, text);
  for (const f of files) {
    const dir = path.posix.dirname('/' + f);
    if (!mp.FS.analyzePath(dir).exists) mp.FS.mkdir(dir);
    mp.FS.writeFile('/' + f, fs.readFileSync(path.join(folder, f)));
  }
  mp.FS.writeFile('/lamplighter.json', fs.readFileSync(settings));
  mp.runPython('import sys, os, gc, micropython\nsys.path[:] = ["/"]\nimport network, machine, neopixel, socket, select, time, json, struct, binascii\n' +
    'from collections import namedtuple\nos.uname = lambda: namedtuple("u", ("machine", "release"))("ESP module with ESP8266", "1.27.0")\n');
  const heap = () => {
    out.length = 0;
    mp.runPython('gc.collect()');
    mp.runPython('gc.collect()\nmicropython.mem_info()');
    const [, total, used] = /total: (\d+), used: (\d+)/.exec(out.join('\n')).map(Number);
    return { total, used };
  };
  return { mp, heap };
}

async function live() {
  const { mp, heap } = await board(WIDE);
  const before = heap().used;
  mp.runPython('import lamplighter\np = lamplighter.Program()');
  return heap().used - before;
}

// compiles tells whether a file compiles in so much memory; the heap grows where it does not.
async function compiles(file, bytes) {
  const { mp, heap } = await board(bytes);
  mp.FS.writeFile('/measured.py', STOP + fs.readFileSync(path.join(folder, file), 'utf8'));
  const before = heap();
  mp.runPython('try:\n  import measured\nexcept KeyError:\n  pass');
  return { fits: heap().total === before.total, used: before.used };
}

async function compile(file) {
  let low = 4 * 1024, high = 64 * 1024, used = 0;
  while (high - low > STEP) {
    const middle = (low + high) >> 1, r = await compiles(file, middle);
    used = r.used;
    if (r.fits) high = middle; else low = middle;
  }
  return high - used;
}

async function code(file) {
  const { mp, heap } = await board(WIDE);
  mp.FS.writeFile('/measured.py', fs.readFileSync(path.join(folder, file), 'utf8'));
  const before = heap().used;
  mp.runPython('code = compile(open("/measured.py").read(), "measured.py", "exec")');
  return heap().used - before;
}

const largest = files.map(f => [fs.statSync(path.join(folder, f)).size, f]).sort((a, b) => b[0] - a[0]).slice(0, 4);
const result = { live: await live(), files: {} };
for (const [, f] of largest) result.files[f] = { code: await code(f), compile: await compile(f) };
console.log(JSON.stringify(result));
