package codec

import (
	"encoding/json"
	"strings"
)

// haKeys are the abbreviations that Home Assistant's discovery allows, as far
// as they concern lamps (home-assistant.io, MQTT, "Supported abbreviations").
var haKeys = map[string]string{
	"avty": "availability", "avty_mode": "availability_mode", "avty_t": "availability_topic", "avty_tpl": "availability_template",
	"bri_cmd_t": "brightness_command_topic", "bri_cmd_tpl": "brightness_command_template", "bri_scl": "brightness_scale",
	"bri_stat_t": "brightness_state_topic", "bri_tpl": "brightness_template", "bri_val_tpl": "brightness_value_template",
	"cmd_off_tpl": "command_off_template", "cmd_on_tpl": "command_on_template", "cmd_t": "command_topic", "cmd_tpl": "command_template",
	"cmps": "components", "dev": "device", "en": "enabled_by_default", "ent_cat": "entity_category", "o": "origin",
	"opt": "optimistic", "on_cmd_type": "on_command_type", "p": "platform", "pl_avail": "payload_available", "pl_not_avail": "payload_not_available",
	"pl_off": "payload_off", "pl_on": "payload_on", "ret": "retain", "rgb_cmd_t": "rgb_command_topic", "rgb_cmd_tpl": "rgb_command_template",
	"rgb_stat_t": "rgb_state_topic", "rgb_val_tpl": "rgb_value_template", "stat_off": "state_off", "stat_on": "state_on",
	"stat_t": "state_topic", "stat_tpl": "state_template", "stat_val_tpl": "state_value_template", "sup_clrm": "supported_color_modes",
	"t": "topic", "uniq_id": "unique_id", "val_tpl": "value_template",
}

// haDeviceKeys are those inside a device or an origin.
var haDeviceKeys = map[string]string{
	"ids": "identifiers", "mf": "manufacturer", "mdl": "model", "sw": "sw_version",
}

// expand writes abbreviated keys out. A key that is there in full counts.
func (o object) expand(keys map[string]string) object {
	long := make(object, len(o))
	for k, v := range o {
		if full, short := keys[k]; !short {
			long[k] = v
		} else if _, has := o[full]; !has {
			long[full] = v
		}
	}
	return long
}

// untilde puts the base topic in for a ~ at the beginning or the end of topics.
func (o object) untilde(base string) {
	if base == "" {
		return
	}
	for k, v := range o {
		if k != "topic" && !strings.HasSuffix(k, "_topic") {
			continue
		}
		var s string
		if json.Unmarshal(v, &s) != nil {
			continue
		}
		if rest, ok := strings.CutPrefix(s, "~"); ok {
			s = base + rest
		}
		if rest, ok := strings.CutSuffix(s, "~"); ok {
			s = rest + base
		}
		o[k] = json.RawMessage(quoted(s))
	}
}
