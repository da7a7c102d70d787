// Package token makes the passwords that OneNET calls tokens: a resource, a time
// of expiry and a signature. It keeps nothing and never logs a key.
package token

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"strconv"
	"strings"
	"time"
)

// Version is the form of a token that devices and products sign.
const Version = "2018-10-31"

// ErrKey tells that an access key is no base64, or empty. It never holds the key.
var ErrKey = errors.New("the access key is not base64")

// ErrMethod tells that there is no such signature method.
var ErrMethod = errors.New("the signature method is none of md5, sha1 and sha256")

var methods = map[string]func() hash.Hash{"md5": md5.New, "sha1": sha1.New, "sha256": sha256.New}

// escaper escapes what the platform's manual names, and nothing else.
var escaper = strings.NewReplacer(
	"%", "%25", "+", "%2B", " ", "%20", "/", "%2F", "?", "%3F", "#", "%23", "&", "%26", "=", "%3D")

// Make signs a token for a resource, as "products/123123/devices/mydev", with
// the key as its page shows it (base64; the = at its end, which a double click
// does not mark, may be missing) and a method, "md5", "sha1" or "sha256". It is
// valid until expires, in whole seconds. It fails with ErrKey or ErrMethod.
//
// Source: OneNET's manual, "token" (open.iot.10086.cn, mqtt/book/manual/auth):
// HMAC over expiry, method, resource and version, a line each.
func Make(resource, key, method string, expires time.Time) (string, error) {
	secret, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(key), "="))
	if err != nil || len(secret) == 0 {
		return "", ErrKey
	}
	sum, ok := methods[method]
	if !ok {
		return "", ErrMethod
	}
	et := strconv.FormatInt(expires.Unix(), 10)
	h := hmac.New(sum, secret)
	h.Write([]byte(strings.Join([]string{et, method, resource, Version}, "\n")))
	sign := base64.StdEncoding.EncodeToString(h.Sum(nil))
	return "version=" + Version + "&res=" + escaper.Replace(resource) + "&et=" + et + "&method=" + method + "&sign=" + escaper.Replace(sign), nil
}
