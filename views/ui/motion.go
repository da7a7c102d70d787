package ui

import (
	"time"
)

// KindleTime is how long a lamp takes to light when its board has confirmed.
const KindleTime = 120 * time.Millisecond
