package usb

import (
	"slices"

	"golang.org/x/sys/windows"

	"lamplighter/device"
)

// driverless lists boards that are plugged in but have no working driver.
func driverless(withPort []device.Port) []device.Port {
	set, err := windows.SetupDiGetClassDevsEx(nil, "USB", 0, windows.DIGCF_PRESENT|windows.DIGCF_ALLCLASSES, 0, "")
	if err != nil {
		return nil // it is only advice that is lost
	}
	defer func() { _ = set.Close() }() // nothing to do about it
	var found []device.Port
	for i := 0; ; i++ {
		info, err := set.EnumDeviceInfo(i)
		if err != nil {
			return found // ERROR_NO_MORE_ITEMS
		}
		vid, pid, ok := numbers(set, info)
		if !ok || !needsDriver(vid, pid, problem(info)) {
			continue
		}
		p := driverlessPort(vid, pid)
		if !slices.Contains(found, p) && !slices.ContainsFunc(withPort, func(o device.Port) bool { return o.VID == vid && o.PID == pid }) {
			found = append(found, p)
		}
	}
}

func numbers(set windows.DevInfo, info *windows.DevInfoData) (vid, pid string, ok bool) {
	v, err := set.DeviceRegistryProperty(info, windows.SPDRP_HARDWAREID)
	if err != nil {
		return "", "", false
	}
	ids, _ := v.([]string)
	for _, id := range ids {
		if vid, pid, ok = hardwareID(id); ok {
			return vid, pid, true
		}
	}
	return "", "", false
}

func problem(info *windows.DevInfoData) uint32 {
	var status, code uint32
	if windows.CM_Get_DevNode_Status(&status, &code, info.DevInst, 0) != nil {
		return 0
	}
	return code
}
