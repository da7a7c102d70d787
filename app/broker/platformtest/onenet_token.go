package platformtest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Versions of tokens: the first is documented for devices, the second for the
// API of accounts, the third is measured for both.
var oneVersions = map[string]bool{"2018-10-31": true, "2020-05-29": true, "2022-05-01": true}

var oneMethods = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New}

// tokenFits reports whether a token lets somebody speak as, or for, a device. It
// is written apart from what makes the program's tokens, so that each checks the
// other. Documented: its five parts, the signature and the expiry. Measured:
// that a token for the product will do, and for the API one for the account.
func (r *oneRules) tokenFits(token, device string) bool {
	q, err := url.ParseQuery(token)
	if err != nil || len(q) != 5 {
		return false
	}
	et, err := strconv.ParseInt(q.Get("et"), 10, 64)
	if err != nil || et <= r.d.now().Unix() || !oneVersions[q.Get("version")] {
		return false
	}
	return slices.ContainsFunc(r.keysFor(q.Get("res"), device), func(key string) bool { return signed(q, key) })
}

// keysFor are the keys with which a token for a resource may be signed.
func (r *oneRules) keysFor(resource, device string) []string {
	switch resource {
	case "products/" + r.o.Product + "/devices/" + device:
		return []string{r.o.Devices[device], r.o.AccessKey}
	case "products/" + r.o.Product:
		return []string{r.o.AccessKey}
	case "userid/" + r.o.UserID:
		if r.o.UserID != "" {
			return []string{r.o.UserKey}
		}
	}
	return nil
}

func signed(q url.Values, key string) bool {
	method, ok := oneMethods[q.Get("method")]
	secret, err := base64.StdEncoding.DecodeString(key)
	if !ok || err != nil || len(secret) == 0 {
		return false
	}
	sum := hmac.New(method, secret)
	sum.Write([]byte(strings.Join([]string{q.Get("et"), q.Get("method"), q.Get("res"), q.Get("version")}, "\n")))
	sign, err := base64.StdEncoding.DecodeString(q.Get("sign"))
	return err == nil && hmac.Equal(sign, sum.Sum(nil))
}
