// The memory that a board's two threads share. The interpreter's thread blocks in Atomics.wait() on
// CTL.WAKE, as a board's processor sleeps until an interrupt; the host's thread raises it.
export const CTL = { WAKE: 0, RXW: 1, RXR: 2, CFGLEN: 3, CFGVER: 4, DNS: 5, READING: 6 };
export const DNS_AT = 512, CFG_AT = 4096, CFG_SIZE = 65536, RX_SIZE = 65536;

// Sockets: SOCK_WORDS numbers and a ring of SOCK_BUF bytes each.
export const MAX_SOCK = 8, SOCK_WORDS = 8, SOCK_BUF = 32768;
export const SK = { STATE: 0, W: 1, R: 2, ERR: 3, TXQ: 4 };
export const STATE = { FREE: 0, NEW: 1, OPEN: 2, EOF: 3, ERROR: 4, CLOSING: 5, CONNECTING: 6 };

// A datagram in a ring: length (2 bytes), port (2), address (4), then its bytes.
export const DATAGRAM_HEAD = 8;

// The numbers that MicroPython boards give errors.
export const ERRNO = { EINTR: 4, EIO: 5, EBADF: 9, EAGAIN: 11, ENOMEM: 12, ECONNABORTED: 103, ECONNRESET: 104,
  ENOTCONN: 107, ETIMEDOUT: 110, ECONNREFUSED: 111, EHOSTUNREACH: 113, EINPROGRESS: 115 };
