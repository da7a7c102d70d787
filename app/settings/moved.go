package settings

import "lamplighter/app/secrets"

// Protection is [secrets.Protection], under the name that the windows know.
type Protection = secrets.Protection

// File is [secrets.File].
const File = secrets.File

// ErrKeyring is [secrets.ErrKeyring].
var ErrKeyring = secrets.ErrKeyring

// OpenFile is [secrets.OpenFile].
func OpenFile(dir string) (secrets.Store, error) { return secrets.OpenFile(dir) }
