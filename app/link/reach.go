package link

import (
	"context"
	"net"
	"time"

	"lamplighter/app/endpoint"
	"lamplighter/device/fault"
)

// reachTime bounds Reach.
const reachTime = 3 * time.Second

// Reach opens and closes a TCP connection, within 3 s. It fails with a
// *fault.Error: NameNotFound, Refused or Unreachable, or a BadValue.
func Reach(ctx context.Context, host string, port int) error {
	host, err := endpoint.Check(host, port)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	address := endpoint.Join(host, port)
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return &fault.Error{Fault: DialFault(err), Op: "reach", Where: address, Err: err}
	}
	_ = c.Close() // nothing was sent
	return nil
}
