package setup

import (
	"slices"

	"lamplighter/device"
)

// PracticePort is the practice board to try: one that is no lamp yet, where
// there is one.
func PracticePort(ports []device.Port) (device.Port, bool) {
	all := slices.DeleteFunc(slices.Clone(ports), func(p device.Port) bool { return p.Kind != device.Practice })
	if i := slices.IndexFunc(all, func(p device.Port) bool { return p.Board == "" }); i >= 0 {
		return all[i], true
	}
	if len(all) == 0 {
		return device.Port{}, false
	}
	return all[0], true
}
