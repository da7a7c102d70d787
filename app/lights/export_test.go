package lights

// Remembered is how many messages are kept for lamps that are announced later.
func (p *Panel) Remembered() int { return len(p.foreign.recent) }
