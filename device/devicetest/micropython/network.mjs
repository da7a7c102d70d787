// A board's TCP and UDP sockets, as real sockets on this machine's loopback and nowhere else.
import net from 'node:net';
import dgram from 'node:dgram';
import tls from 'node:tls';
import { DATAGRAM_HEAD, ERRNO, MAX_SOCK, SK, SOCK_BUF, SOCK_WORDS, STATE } from './layout.mjs';

const CODES = { ECONNREFUSED: ERRNO.ECONNREFUSED, ETIMEDOUT: ERRNO.ETIMEDOUT, ECONNRESET: ERRNO.ECONNRESET, EPIPE: ERRNO.ECONNRESET };
const loopback = a => a.startsWith('127.');
const MBEDTLS_X509_CERT_VERIFY_FAILED = 0x2700; // boards raise OSError(-0x2700)

export class Network {
  constructor(board) { this.board = board; this.ghosts = new Set(); this.start(); }

  shared() { return { skCtlSab: this.words.buffer, skBufSab: this.bytes.buffer }; }

  start() {
    this.words = new Int32Array(new SharedArrayBuffer(4 * MAX_SOCK * SOCK_WORDS));
    this.bytes = new Uint8Array(new SharedArrayBuffer(MAX_SOCK * SOCK_BUF));
    this.socks = [];
  }

  stop(tell) {
    for (const s of this.socks) {
      if (!s) continue;
      if (s.udp) s.udp.close(); else if (tell && !this.frozen()) s.destroy(); else this.ghost(s);
    }
    this.socks = [];
  }

  // A connection whose board is gone without a word: the other end goes on believing in it.
  ghost(s) {
    s.pause();
    s.removeAllListeners('data');
    this.ghosts.add(s);
    s.on('close', () => this.ghosts.delete(s));
  }

  frozen() { return !['ok', undefined, ''].includes(this.board.cfg.wifi.mode); }

  // Without WiFi nothing moves, and nobody is told.
  onCfg() {
    for (const s of this.socks) {
      if (!s || s.udp) continue;
      if (this.frozen()) s.pause(); else { s.pump?.(); for (const [d, f] of s.unsent.splice(0)) s.write(d, f); }
    }
  }

  drop() {
    this.socks.forEach((s, id) => { if (s && !s.udp) { (s.plain ?? s).resetAndDestroy(); this.fail(id, ERRNO.ECONNRESET); } });
  }

  // Names are those that the test set; this machine's resolver is never asked.
  resolve(host) {
    const h = this.board.cfg.hosts?.[host] ?? (host === 'localhost' ? '127.0.0.1' : host);
    return net.isIPv4(h) ? h : '';
  }

  port(p) { return this.board.cfg.ports?.[p] ?? p; }
  get(id, k) { return Atomics.load(this.words, id * SOCK_WORDS + k); }
  set(id, k, v) { Atomics.store(this.words, id * SOCK_WORDS + k, v); }
  fail(id, errno) { this.set(id, SK.ERR, errno); this.set(id, SK.STATE, STATE.ERROR); this.board.wake(); }

  onMessage(m) {
    switch (m.op) {
      case 'connect': this.connect(m.id, this.resolve(m.host), this.port(m.port)); break;
      case 'tls': this.tls(m.id, m.name, m.ca); break;
      case 'send': this.send(m.id, Buffer.from(m.data)); break;
      case 'sendto': this.sendto(m.id, m.host, m.port, m.data); break;
      case 'bind': this.udp(m.id, m.port); break;
      case 'taken-from': this.socks[m.id]?.pump?.(); break;
      case 'close': this.close(m.id); break;
    }
  }

  connect(id, host, port) {
    if (this.frozen()) return;
    if (!loopback(host)) { // as if nobody were there: tests stay on this machine
      this.fail(id, ERRNO.EHOSTUNREACH);
      return;
    }
    this.attach(id, net.connect({ host, port, noDelay: true }), 'connect');
  }

  attach(id, s, ready) {
    const words = this.words, hold = [];
    const live = () => words === this.words && this.socks[id] === s;
    this.socks[id] = s;
    s.unsent = [];
    s.pump = () => {
      while (hold.length && !this.frozen()) {
        const n = this.put(id, hold[0]);
        if (n < hold[0].length) { hold[0] = hold[0].subarray(n); break; }
        hold.shift();
      }
      if (hold.length || this.frozen()) s.pause(); else if (s.isPaused()) s.resume();
      if (s.ended && !hold.length && this.get(id, SK.STATE) === STATE.OPEN) this.set(id, SK.STATE, STATE.EOF);
      this.board.wake();
    };
    s.on(ready, () => { if (live()) { this.set(id, SK.STATE, STATE.OPEN); this.board.wake(); } });
    s.on('data', d => { if (live()) { hold.push(d); s.pump(); } });
    s.on('end', () => { if (live()) { s.ended = true; s.pump(); } });
    s.on('error', e => {
      if (live() && this.get(id, SK.STATE) !== STATE.ERROR) this.fail(id, s.encrypted ? MBEDTLS_X509_CERT_VERIFY_FAILED : CODES[e.code] || ERRNO.EIO);
    });
  }

  // tls turns an open connection into an encrypted one. Without a CA nothing is checked, as on a board.
  tls(id, name, ca) {
    const plain = this.socks[id];
    if (!plain) { this.fail(id, ERRNO.ENOTCONN); return; }
    plain.removeAllListeners('data');
    plain.removeAllListeners('end');
    const secure = tls.connect({ socket: plain, servername: net.isIP(name) ? '' : name, ca: ca || undefined, rejectUnauthorized: !!ca,
      checkServerIdentity: (n, cert) => ca && name ? tls.checkServerIdentity(name, cert) : undefined });
    secure.plain = plain; // Node resets nothing that is encrypted
    this.attach(id, secure, 'secureConnect');
  }

  put(id, data) {
    const at = id * SOCK_BUF;
    let w = this.get(id, SK.W) >>> 0;
    const n = Math.min(data.length, SOCK_BUF - ((w - (this.get(id, SK.R) >>> 0)) >>> 0));
    for (let i = 0; i < n; i++, w++) this.bytes[at + w % SOCK_BUF] = data[i];
    this.set(id, SK.W, w | 0);
    return n;
  }

  send(id, data) {
    const s = this.socks[id], words = this.words;
    const sent = () => { Atomics.sub(words, id * SOCK_WORDS + SK.TXQ, data.length); this.board.wake(); };
    if (!s) return;
    if (this.frozen()) s.unsent.push([data, sent]); else s.write(data, sent);
  }

  close(id) {
    const s = this.socks[id];
    this.socks[id] = null;
    this.set(id, SK.STATE, STATE.FREE);
    if (!s) return;
    if (s.udp) s.udp.close(); else if (this.frozen()) this.ghost(s); else s.end();
  }

  udp(id, port) {
    if (this.socks[id]) return this.socks[id].udp;
    const u = dgram.createSocket('udp4'), live = () => this.socks[id]?.udp === u;
    this.socks[id] = { udp: u };
    u.on('message', (d, from) => {
      const room = SOCK_BUF - ((this.get(id, SK.W) - this.get(id, SK.R)) >>> 0);
      if (!live() || this.frozen() || room < DATAGRAM_HEAD + d.length) return;
      const head = Buffer.from([d.length & 255, d.length >> 8, from.port & 255, from.port >> 8, ...from.address.split('.').map(Number)]);
      this.put(id, Buffer.concat([head, d]));
      this.board.wake();
    });
    u.on('error', () => { if (live()) this.fail(id, ERRNO.EIO); });
    u.bind(port ? this.port(port) : 0, '127.0.0.1');
    return u;
  }

  // Broadcasts stay on this machine too.
  sendto(id, host, port, data) {
    const to = host.endsWith('.255') ? '127.0.0.1' : this.resolve(host);
    if (!this.frozen() && loopback(to)) this.udp(id, 0).send(data, this.port(port), to, () => {});
  }
}
