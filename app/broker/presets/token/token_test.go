package token

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"
)

// key is the sample in the platform's public manual; the signatures were
// computed from the algorithm there.
const key = "KuF3NT/jUBJ62LNBB/A8XZA9CqS3Cu79B/ABmfA1UCw="

func TestATokenIsSignedAsThePlatformDescribesIt(t *testing.T) {
	for _, row := range []struct{ res, method, sign string }{
		{"mqs/A1EB10110CFA9E06D6209E40C4A6D7976", "md5", "s933mVGvEHDKgUemhZPSng=="},
		{"mqs/A1EB10110CFA9E06D6209E40C4A6D7976", "sha1", "Xb5V9rw7RNrEdyCqh2qwckqrbeU="},
		{"mqs/A1EB10110CFA9E06D6209E40C4A6D7976", "sha256", "SjToOa5ZFbXLCB88A/gSdUc6iqSfEkEDYxmhlABN/Js="},
		{"products/123123", "md5", "M3jB6jcSNUuGcvW3dFcrWA=="},
		{"products/123123", "sha1", "lsaPSiiGvEFFjXu5WU7a6IkScqE="},
		{"products/123123", "sha256", "tuFMd8Cc5krZO+RiNaW4mad5tauSFq2J89Gd70MXQPI="},
		{"products/123123/devices/mydev", "md5", "XV29qkZOl7StAMRW9zVvaQ=="},
		{"products/123123/devices/mydev", "sha1", "p2Bv5QYrZolQCtt68923gtxRCVk="},
		{"products/123123/devices/mydev", "sha256", "dL9mxHdJXyd2TZcmTna60TMUei2dYU5W6iOow7fH/7w="},
	} {
		got, err := Make(row.res, key, row.method, time.Unix(1537255523, 0))
		if err != nil {
			t.Fatal(err)
		}
		parts, err := url.ParseQuery(got)
		if err != nil {
			t.Fatal(err)
		}
		if parts.Get("sign") != row.sign || parts.Get("res") != row.res {
			t.Errorf("%s with %s: %s", row.res, row.method, got)
		}
	}
}

func TestATokenIsEscapedAsItGoesOverTheWire(t *testing.T) {
	at := time.Unix(1537255523, 0)
	got, _ := Make("products/123123/devices/mydev", key, "sha1", at)
	want := "version=2018-10-31&res=products%2F123123%2Fdevices%2Fmydev&et=1537255523&method=sha1&sign=p2Bv5QYrZolQCtt68923gtxRCVk%3D"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got, _ = Make("products/123123", key, "sha256", at)
	if !strings.HasSuffix(got, "&method=sha256&sign=tuFMd8Cc5krZO%2BRiNaW4mad5tauSFq2J89Gd70MXQPI%3D") {
		t.Error(got)
	}
}

func TestAKeyThatLostItsEndInACopySignsAlike(t *testing.T) {
	at := time.Unix(1537255523, 0)
	want, err := Make("products/1", key, "sha256", at)
	if err != nil {
		t.Fatal(err)
	}
	for _, copied := range []string{strings.TrimRight(key, "="), " " + key + "\r\n", key + "="} {
		if got, err := Make("products/1", copied, "sha256", at); err != nil || got != want {
			t.Errorf("%q: %v", copied, err)
		}
	}
}

func TestAKeyThatIsNoBase64IsRefusedWithoutBeingTold(t *testing.T) {
	for _, wrong := range []string{"", "=", "secret key!", "abcde", "KuF3NT_jUBJ6-LNB"} {
		_, err := Make("products/1", wrong, "sha1", time.Unix(1, 0))
		if !errors.Is(err, ErrKey) || wrong != "" && strings.Contains(err.Error(), wrong) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := Make("products/1", key, "sha512", time.Unix(1, 0)); !errors.Is(err, ErrMethod) {
		t.Error(err)
	}
}
