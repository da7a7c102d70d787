package broker

import (
	"slices"
	"strings"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"

	"lamplighter/app/broker/retained"
)

// mochi 2.7.9 reads a level's topic without the lock under which it writes it
// (topics.go, scanMessages), and a half-written string ends the whole program. So
// nothing is retained, and nothing that is retained looked for, but under
// hook.retaining: all wills go through publish, and a subscription is handed what
// is retained by handOver, for mochi is told that it wants nothing.

// mochiHandsNothing is the retain handling by which mochi hands nothing over
// (MQTT 5, 3.8.3.1).
const mochiHandsNothing = 2

// Bounds of one client's subscriptions. The program itself may cost more.
const (
	maxFilters     = 512
	maxFilterBytes = 1 << 20
)

// filterCost is what a subscription costs in memory, in bytes.
func filterCost(filter string) int {
	return len(filter) + retained.LevelCost*(1+strings.Count(filter, "/"))
}

// OnSubscribe refuses subscriptions beyond the bounds, by a filter that mochi
// takes for invalid, and notes which are to be handed what is retained.
func (g *hook) OnSubscribe(cl *mqtt.Client, pk packets.Packet) packets.Packet {
	many := cl.State.Subscriptions.Len()+len(pk.Filters) > maxFilters
	v := infoOf(cl)
	cost := 0
	for f := range cl.State.Subscriptions.GetAll() {
		cost += filterCost(f)
	}
	pk.Filters = slices.Clone(pk.Filters)
	for i := range pk.Filters {
		sub := &pk.Filters[i]
		_, known := cl.State.Subscriptions.Get(sub.Filter)
		if !known {
			cost += filterCost(sub.Filter)
		}
		if many || !isShort(sub.Filter) || v == nil || cost > maxFilterBytes && v.rights.Role != App {
			sub.Filter = "#/"
			continue
		}
		sub.Filter = strings.Clone(sub.Filter) // it shares the whole packet's buffer
		if !mqtt.IsSharedFilter(sub.Filter) && (sub.RetainHandling == 0 || sub.RetainHandling == 1 && !known) {
			v.fresh = append(v.fresh, *sub)
		}
		sub.RetainHandling = mochiHandsNothing
	}
	return pk
}

// OnPacketProcessed hands over what is retained, after the SUBACK.
func (g *hook) OnPacketProcessed(cl *mqtt.Client, _ packets.Packet, _ error) {
	v := infoOf(cl)
	if v == nil || len(v.fresh) == 0 {
		return
	}
	fresh := v.fresh
	v.fresh = nil
	for _, sub := range fresh {
		if _, granted := cl.State.Subscriptions.Get(sub.Filter); granted {
			g.handOver(cl, v, sub)
		}
	}
}
