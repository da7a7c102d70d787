# Encrypts a connection. With a CA the broker's certificate is checked, without one it is not.
import binascii

try:
    import ssl
except ImportError:
    import ussl as ssl


def wrap(sock, name, ca):
    if not hasattr(ssl, "SSLContext"):
        if ca:  # this firmware can't check a certificate, and must not pretend to
            raise ValueError("ca")
        return ssl.wrap_socket(sock, server_hostname=name)
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not ca:
        c.verify_mode = ssl.CERT_NONE
    for cert in (ca or "").split("-----BEGIN CERTIFICATE-----")[1:]:
        c.load_verify_locations(binascii.a2b_base64(cert.split("-----END")[0].strip().encode()))
    return c.wrap_socket(sock, server_hostname=name)
