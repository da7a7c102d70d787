// Compiles Python files as MicroPython 1.12 to 1.18 would, and fails where that firmware would refuse them.
//   node compile.mjs FILE...
// The compiler knows := (1.13 and later), so that is looked for by hand.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

delete globalThis.fetch; // else the package looks for its wasm with it
const require = createRequire(import.meta.url);
const { compile } = require('@pybricks/mpy-cross-v5');
const wasm = require.resolve('@pybricks/mpy-cross-v5/build/mpy-cross.wasm');

let bad = 0;
const complain = (file, why) => { console.error(`${file}: ${why}`); bad = 1; };
for (const file of process.argv.slice(2)) {
  const source = fs.readFileSync(file, 'utf8');
  const { status, err } = await compile(path.basename(file), source, undefined, wasm);
  if (status !== 0) complain(file, [].concat(err).join('\n'));
  source.split('\n').forEach((line, i) => { if (line.replace(/(["']).*?\1|#.*/g, '').includes(':=')) complain(file, `line ${i + 1}: :=`); });
}
process.exit(bad);
