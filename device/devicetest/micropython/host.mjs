// Boards for the Go side, all in one process. Frames on stdin and stdout:
// board (2 bytes), kind (1), length (4), all little endian, then the bytes.
// Kind d: serial bytes. Kind j: JSON, commands in and events out. They keep their order.
import { Board } from './board.mjs';

const boards = [];

function send(board, kind, body) {
  const head = Buffer.alloc(7);
  head.writeUInt16LE(board, 0); head[2] = kind.charCodeAt(0); head.writeUInt32LE(body.length, 3);
  process.stdout.write(Buffer.concat([head, body]));
}

const event = (board, e) => send(board, 'j', Buffer.from(JSON.stringify(e)));

async function command(id, c) {
  if (c.cmd === 'new') {
    boards[id] = new Board({ root: c.root, cfg: c.cfg, onTx: d => send(id, 'd', d), onEvent: e => event(id, e) });
  } else {
    await boards[id].command(c);
  }
  event(id, { t: 'done', n: c.n });
}

// A command holds up the frames behind it, so that "power off" ends what came before it and nothing else.
let input = Buffer.alloc(0), busy = false;
async function pump() {
  if (busy) return;
  busy = true;
  while (input.length >= 7 && input.length >= 7 + input.readUInt32LE(3)) {
    const id = input.readUInt16LE(0), kind = input[2], body = input.subarray(7, 7 + input.readUInt32LE(3));
    input = input.subarray(7 + body.length);
    if (kind === 100) boards[id].input(Buffer.from(body)); else await command(id, JSON.parse(body));
  }
  busy = false;
}
process.stdin.on('data', d => { input = input.length ? Buffer.concat([input, d]) : d; pump(); });
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));
