# TLS as firmware since 1.20 has it, and ssl.wrap_socket as older firmware does. The host does the work.
import socket, binascii
from socket import _hw, _chk
CERT_NONE = 0; CERT_REQUIRED = 2; PROTOCOL_TLS_CLIENT = 0
def _pem(der):
    return '-----BEGIN CERTIFICATE-----\n' + binascii.b2a_base64(der).decode() + '-----END CERTIFICATE-----\n'
class SSLContext:
    def __init__(self, protocol=0): self.verify_mode = CERT_REQUIRED; self._ca = ''
    def load_verify_locations(self, cadata=None): self._ca += _pem(cadata)
    def wrap_socket(self, sock, server_side=False, do_handshake_on_connect=True, server_hostname=None):
        if self.verify_mode and not self._ca: raise OSError(-9984)   # nobody to trust
        return _wrap(sock, server_hostname, self._ca if self.verify_mode else '')
def _wrap(sock, name, ca):
    r = _hw.sk_tls(sock._id, name or '', ca, sock._t)
    if r < -1000: raise OSError(r)   # mbedTLS's own numbers stay negative
    _chk(r)
    return sock
def wrap_socket(sock, server_hostname=None, cadata=None, cert_reqs=0, **k):
    return _wrap(sock, server_hostname, _pem(cadata) if cert_reqs else '')
if socket._hw_version < (1, 20): del SSLContext   # it came later, and checking certificates with it
