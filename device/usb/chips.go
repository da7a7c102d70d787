package usb

import (
	"maps"
	"slices"
	"strings"

	"lamplighter/device"
)

// chip is what a USB number stands for.
type chip struct {
	name  string
	board string
	other bool
}

// chips names products, "VID:PID". The numbers are those of the makers' own
// drivers and of MicroPython's ports.
var chips = map[string]chip{
	"10C4:EA60": {"CP2102", "mPython 掌控板 2.0, ESP32, ESP8266", false},
	"1A86:55D4": {"CH9102", "mPython 掌控板 2.x, ESP32", false},
	"1A86:55D3": {"CH343", "ESP32", false},
	"1A86:55D2": {"CH342", "", false},
	"1A86:55D5": {"CH344", "", false},
	"1A86:55D6": {"CH9143", "", false},
	"1A86:55D7": {"CH9143", "", false},
	"1A86:55D8": {"CH9101", "", false},
	"1A86:55D9": {"CH348", "", false},
	"1A86:55DF": {"CH9104", "", false},
	"1A86:7523": {"CH340", "ESP8266, ESP32", false},
	"1A86:7522": {"CH340K", "ESP8266, ESP32", false},
	"1A86:E523": {"CH330", "ESP8266, ESP32", false},
	"1A86:5523": {"CH341", "", false},
	"0403:6001": {"FT232R", "", false},
	"0403:6010": {"FT2232", "", false},
	"0403:6011": {"FT4232", "", false},
	"0403:6014": {"FT232H", "", false},
	"0403:6015": {"FT230X", "", false},
	"0403:601C": {"FT4222H", "", false},
	"303A:1001": {"ESP32 USB-Serial/JTAG", "mPython 掌控板 3.0, ESP32-S3, C3, C5, C6", false},
	"303A:0002": {"ESP32-S2 boot mode", "ESP32-S2", false},
	"303A:4001": {"ESP32 USB", "ESP32-S2, ESP32-S3", false},
	"2341:056B": {"ESP32 USB", "Arduino Nano ESP32", false},
	"2E8A:0005": {"RP2 USB", "Raspberry Pi Pico W, Pico 2 W", false},
	"1209:ADDA": {"MicroPython USB", "", false},
	"0D28:0204": {"DAPLink", "micro:bit", true},
	"0694:0009": {"MicroPython USB", "LEGO SPIKE", true},
	"0694:0010": {"MicroPython USB", "LEGO SPIKE", true},
}

// makers names what is left, by VID.
var makers = map[string]chip{
	"10C4": {"CP210x", "", false},
	"1A86": {"CH34x", "", false},
	"0403": {"FTDI", "", false},
	"067B": {"PL2303", "", false},
	"303A": {"ESP32 USB", "", false},
	"2E8A": {"RP2 USB", "Raspberry Pi Pico", false},
	"F055": {"MicroPython USB", "", false},
	"2341": {"Arduino", "", false},
	"239A": {"Adafruit USB", "Adafruit", false},
	"2886": {"Seeed USB", "Seeed XIAO", false},
	"1B4F": {"SparkFun USB", "SparkFun", false},
}

// Numbers lists the vendors, and the products "VID:PID" of other vendors, whose
// ports may be boards: what the system's rules are made from.
func Numbers() (vendors, products []string) {
	for n := range chips {
		if vid, _, _ := strings.Cut(n, ":"); makers[vid].name == "" {
			products = append(products, n)
		}
	}
	slices.Sort(products)
	return slices.Sorted(maps.Keys(makers)), products
}

// named adds what the port's numbers stand for.
func named(p device.Port) device.Port {
	p.VID, p.PID = strings.ToUpper(p.VID), strings.ToUpper(p.PID)
	c, ok := chips[p.VID+":"+p.PID]
	if !ok {
		c = makers[p.VID]
	}
	p.Chip, p.Board, p.Other = c.name, c.board, c.other
	return p
}

// known reports whether boards carry a chip of this maker.
func known(vid, pid string) bool {
	return chips[vid+":"+pid].name != "" || makers[vid].name != ""
}
