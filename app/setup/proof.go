package setup

import (
	"errors"
	"slices"
	"strings"

	"lamplighter/device"
	"lamplighter/device/fault"
)

// CheckLine is one line of the proof.
type CheckLine int

// The lines of the proof, in their order. A board that only gets its settings
// has the first four.
const (
	CheckJoined     CheckLine = iota // the board joined the WiFi
	CheckReached                     // it reached the broker
	CheckAccepted                    // the broker took its login
	CheckSubscribed                  // it listens for commands
	CheckSwitched                    // the app has asked for light
	CheckConfirmed                   // the board has confirmed
	checkLines
)

// Mark is how a line stands.
type Mark int

// The marks.
const (
	Pending Mark = iota
	Passed
	Stopped // it was tried and failed; the board may go on trying
)

// Checks is the whole proof: a mark for each line, and the board's address.
type Checks struct {
	Marks [checkLines]Mark
	IP    string
	RSSI  int // dBm; 0 = not told
}

// Lines lists the lines that a goal's proof has.
func Lines(g device.Goal) []CheckLine {
	all := []CheckLine{CheckJoined, CheckReached, CheckAccepted, CheckSubscribed, CheckSwitched, CheckConfirmed}
	if g == device.SettingsOnly {
		return all[:CheckSwitched]
	}
	return all
}

// Current is the line that is waited for now, or -1 when all have passed.
func (c Checks) Current(g device.Goal) CheckLine {
	for _, l := range Lines(g) {
		if c.Marks[l] != Passed {
			return l
		}
	}
	return -1
}

// upTo passes a line and all before it.
func (c *Checks) upTo(l CheckLine) {
	for i := range l + 1 {
		c.Marks[i] = Passed
	}
}

func (d Draft) prove() (State, Task) { return Proving{Draft: d}, Prove }

func (s Proving) enter() (State, Task) { return s.prove() }

func (s Proving) back() (State, Task) {
	if s.Part != AllParts {
		return Offering{Draft: s.Draft}, Stop
	}
	return Naming{Draft: s.Draft}, Stop
}

func (s Proving) next(e Event) (State, Task) {
	switch e := e.(type) {
	case Staged:
		return s.staged(e.Stage)
	case LampHeard:
		return s.observe(e)
	case Diagnosed:
		if s.Problem != nil {
			s.Problem = e.Err
		}
	case TimedOut:
		s = s.timedOut()
	case TaskFailed:
		s.Problem, s.PortSilent = s.silent(e.Err), true
	case Retry:
		return s.prove()
	case Back:
		return s.back()
	case Fix, Forward:
		return s.fix()
	}
	return s, None
}

// silent takes what was heard of a board that was greeted in this setup for what it
// is: it has MicroPython, and says nothing that makes sense now.
func (s Proving) silent(err error) error {
	if FaultOf(err) != fault.NoMicroPython {
		return err
	}
	return &fault.Error{Fault: fault.BoardSilent, Op: "prove", Where: s.Port.Name, Err: err}
}

// timedOut tells that a board which said nothing for too long says nothing, and where. Only
// one that the broker has accepted may be online.
func (s Proving) timedOut() Proving {
	if s.Problem != nil {
		return s
	}
	l := s.Checks.Current(s.Answers.Goal)
	f := fault.NoAnswer
	switch {
	case s.Away:
		f = fault.PortGone
	case l >= 0 && s.Checks.Marks[CheckAccepted] != Passed:
		f = fault.BoardSilent
	}
	s.Problem = &fault.Error{Fault: f, Op: "prove", Where: s.Port.Name}
	if l >= 0 {
		s.Checks.Marks[l] = Stopped
	}
	return s
}

// fix goes to the page where the problem is put right; where there is none, the
// proof is tried again.
func (s Proving) fix() (State, Task) {
	switch {
	case s.Problem == nil:
		return s, None
	case wifiFault(s.Problem):
		return WiFi{Draft: s.Draft, Problem: s.Problem}, Stop
	case FaultOf(s.Problem) == fault.BadValue, s.ownFault(s.Problem):
		return Naming{Draft: s.Draft, Problem: s.Problem}, Stop
	case brokerFault(s.Problem):
		return Broker{Draft: s.Draft, Problem: s.Problem}, Stop
	}
	return s.prove()
}

// Fixable tells which step's answer the problem is about, if any.
func (s Proving) Fixable() (Step, bool) {
	switch {
	case wifiFault(s.Problem):
		return WiFiStep, true
	case FaultOf(s.Problem) == fault.BadValue, s.ownFault(s.Problem):
		return NameStep, true
	case brokerFault(s.Problem):
		return BrokerStep, true
	}
	return ProofStep, false
}

// ownFault reports whether an error is put right among what the board's platform
// asks for each board: the login of this program was tried before, so it is the
// board's own that is refused, or its topics.
func (d Draft) ownFault(err error) bool {
	c := d.Answers.Broker
	p := c.platform()
	if c.BuiltIn || len(p.FieldsOf(p.TopicScheme(c.TopicScheme), true)) == 0 {
		return false
	}
	switch FaultOf(err) {
	case fault.TopicRefused, fault.NoAnswer:
		return true
	case fault.BadLogin, fault.NotAllowed, fault.BadClientID:
		return p.HasBoardLogin()
	}
	return false
}

// stageLines tells which line a stage of the board's story is about.
var stageLines = map[string]CheckLine{
	device.StageFound: CheckJoined, device.StageJoined: CheckJoined, device.StageReached: CheckReached,
	device.StageAccepted: CheckAccepted, device.StageSubscribed: CheckSubscribed,
}

func (s Proving) staged(st device.Stage) (State, Task) {
	s.Away, s.Missed = false, 0
	if st.Name == "" {
		s.Lines = append(s.Lines[max(0, len(s.Lines)+1-keptLines):len(s.Lines):len(s.Lines)], st.Detail)
		if st.Detail == prompt && s.Problem == nil {
			s.Problem = s.ended()
		}
		return s, None
	}
	if f, bad := st.Fault(); bad {
		return s.failed(st, f), None
	}
	if st.Name == device.StageStart || st.Name == device.StageLost {
		// Whatever was reached before is news of the past.
		s.Checks = Checks{}
		return s, None
	}
	if st.Name == device.StageCommand && s.SentOnly && s.Checks.Marks[CheckSwitched] == Passed {
		// Where the broker's rules leave no topic to confirm on, the cable does.
		return s.passed(CheckConfirmed)
	}
	line, ok := stageLines[st.Name]
	if !ok || st.Name == device.StageFound {
		return s, None
	}
	if st.IP != "" {
		s.Checks.IP, s.Checks.RSSI = st.IP, st.RSSI
	}
	return s.passed(line)
}

// prompt is what a board prints whose program has ended, which the lamp program
// never does by itself.
const prompt = ">>>"

// ended tells why the program has ended, by the exception before the prompt.
func (s Proving) ended() error {
	e := &fault.Error{Fault: fault.ScriptFailed, Op: "prove", Where: s.Port.Name}
	for _, line := range slices.Backward(s.Lines) {
		name, _, _ := strings.Cut(line, ":")
		if !strings.HasSuffix(name, "Error") {
			continue
		}
		if e.Err = errors.New(line); name == "MemoryError" {
			e.Fault = fault.MemoryFull
		}
		break
	}
	return e
}

// pinFields are the answers that a board means which has no such pin.
var pinFields = map[string]string{"lamp": "lamp.pin", "button": "button.pin"}

// failed marks a line red. The board goes on trying, so the line may still pass.
func (s Proving) failed(st device.Stage, f fault.Fault) State {
	line, ok := stageLines[st.Name]
	if !ok {
		line = max(0, s.Checks.Current(s.Answers.Goal))
	}
	s.Checks.Marks[line] = Stopped
	for l := line + 1; l < checkLines; l++ {
		s.Checks.Marks[l] = Pending
	}
	e := &fault.Error{Fault: f, Op: "prove " + st.Name, Where: s.Port.Name}
	switch field := pinFields[st.Detail]; {
	case st.Reason == device.ReasonPin && field != "":
		e.Err = &device.ValueError{Field: field, Reason: device.OutOfRange}
	case st.Detail != "":
		e.Err = errors.New(st.Detail)
	}
	// What this PC found out about the same failure says more.
	if !s.blamed(f) {
		s.Problem = e
	}
	return s
}

func (s Proving) blamed(f fault.Fault) bool {
	switch FaultOf(s.Problem) {
	case fault.Firewall, fault.Isolated, fault.OtherNetwork, fault.WrongAddress, fault.OwnLoopback, fault.BrokerDown:
		return unreached(f)
	}
	return false
}

// unreached reports whether a fault asks for a look at this PC and the network.
func unreached(f fault.Fault) bool {
	return f == fault.Unreachable || f == fault.Refused || f == fault.NameNotFound
}

// passed ticks a line off, and asks for light when the board listens.
func (s Proving) passed(line CheckLine) (State, Task) {
	s.Checks.upTo(line)
	s.Problem = nil
	lines := Lines(s.Answers.Goal)
	if line >= lines[len(lines)-1] {
		return Finished{Draft: s.Draft, Lamp: Lamp{On: s.SentOnly}}, ReleaseLine
	}
	if line == CheckSubscribed && s.Checks.Marks[CheckSwitched] != Passed {
		s.Checks.upTo(CheckSwitched)
		return s, SwitchOn
	}
	return s, None
}

// observe is what the broker tells of the board. It counts where the cable says
// nothing, as on a board whose port goes away when it restarts.
func (s Proving) observe(e LampHeard) (State, Task) {
	asked := s.Checks.Marks[CheckSwitched] == Passed
	switch {
	case s.Answers.Goal == device.SettingsOnly:
	case asked && e.Lamp.On && e.Lamp.confirmed():
		s.Checks.upTo(CheckConfirmed)
		return Finished{Draft: s.Draft, Lamp: e.Lamp}, ReleaseLine
	case asked && (e.Lamp.NoAnswer || e.Lamp.NotSent):
		s.Checks.Marks[CheckConfirmed] = Stopped
		s.Problem = &fault.Error{Fault: fault.NoAnswer, Op: "prove", Where: s.Port.Name}
	case !asked && e.Fresh && e.Lamp.Online && (s.Away || s.PortSilent):
		return s.passed(CheckSubscribed)
	case !asked && e.Fresh && e.Lamp.Online && s.Checks.Current(s.Answers.Goal) < CheckSubscribed:
		return s.passed(CheckAccepted)
	}
	return s, None
}

// portsChanged expects the board to leave and to come back while it restarts.
func (s Proving) portsChanged(d Draft, before []device.Port) (State, Task) {
	away := s.Away
	if p, ok := d.replugged(before); ok {
		d.Port = p
	}
	s.Draft = d
	if d.Port.Kind == device.Typed {
		return s, None // no list tells of it: the line itself does
	}
	s.Away = !d.plugged()
	switch {
	case away && !s.Away:
		// Where the cable comes back, the board's story is followed from the start.
		return s.prove()
	case !away && s.Away:
		return s, AwaitReplug
	}
	return s, None
}
