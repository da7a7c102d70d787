package siot

// MaxConns bounds the connections to the web addresses.
const MaxConns = maxWebConns

// Connections is how many there are now.
func (s *Service) Connections() int { return s.web.conns.Len() }
