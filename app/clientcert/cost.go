package clientcert

import "encoding/asn1"

// maxIterations bounds the work that a PKCS#12 file may ask for to try a password:
// some seconds. OpenSSL writes 2,048, Windows up to 100,000.
const maxIterations = 5_000_000

// maxDepth bounds how deep a file is looked into.
const maxDepth = 24

// iterations is the greatest count of iterations that a PKCS#12 file asks for. In
// all of its forms (RFC 7292, appendix C, and RFC 8018, appendix A) that is an
// INTEGER behind the salt, an OCTET STRING.
func iterations(der []byte, depth int) (most int64) {
	salt := false
	for len(der) > 0 && depth < maxDepth {
		var v asn1.RawValue
		rest, err := asn1.Unmarshal(der, &v)
		if err != nil {
			return most
		}
		octets := v.Class == asn1.ClassUniversal && v.Tag == asn1.TagOctetString
		if salt && v.Class == asn1.ClassUniversal && v.Tag == asn1.TagInteger {
			most = max(most, number(v.Bytes))
		}
		if v.IsCompound || octets {
			most = max(most, iterations(v.Bytes, depth+1))
		}
		salt, der = octets, rest
	}
	return most
}

// number is an INTEGER's value; one that is too big for it is the biggest.
func number(b []byte) (n int64) {
	if len(b) > 7 {
		return 1 << 62
	}
	for _, x := range b {
		n = n<<8 | int64(x)
	}
	return n
}
