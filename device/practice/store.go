package practice

import (
	"encoding/json"

	"lamplighter/device"
)

// savedBoard is what is remembered of a board, without its secrets.
type savedBoard struct {
	Port    string            `json:"port"`
	ID      string            `json:"id"`
	Plugged bool              `json:"plugged"`
	Runs    bool              `json:"runs"`
	Files   map[string]string `json:"files"`
	Config  *device.Config    `json:"config,omitempty"`
	// SecretID tells that the secret is the client id, not a password.
	SecretID bool `json:"secret_id,omitempty"`
}

// Export gives what the boards carry, for Options.State of a later start.
// There is no password in it; Secrets has them.
func (b *Simulator) Export() []byte {
	all := []savedBoard{}
	for _, board := range b.Boards() {
		k, _ := board.saved()
		all = append(all, k)
	}
	data, err := json.Marshal(all)
	if err != nil { // strings, numbers and maps of strings: it can't happen
		return nil
	}
	return data
}

// Secrets gives the boards' broker passwords, or the client ids that are as
// secret, by the names of their ports, for a keyring and for Options.Secrets
// of a later start.
func (b *Simulator) Secrets() map[string]string {
	all := map[string]string{}
	for _, board := range b.Boards() {
		if _, secret := board.saved(); secret != "" {
			all[board.port] = secret
		}
	}
	return all
}

// parse reads an Export. What can't be read, and settings that no board takes,
// are left out: a practice board is easily made anew.
func parse(state []byte) []savedBoard {
	var all, good []savedBoard
	if json.Unmarshal(state, &all) != nil {
		return nil
	}
	seen := map[string]bool{}
	for _, k := range all {
		if len(good) == MaxBoards || k.Port == "" || k.ID == "" || seen[k.Port] {
			continue
		}
		seen[k.Port] = true
		if k.Files == nil {
			k.Files = map[string]string{}
		}
		if k.Config != nil {
			withSecret := *k.Config
			withSecret.Broker.Password = ""
			withSecret.Find = device.Find{}
			if withSecret.Check() != nil {
				k.Config, k.Runs = nil, false
			}
		}
		good = append(good, k)
	}
	return good
}
