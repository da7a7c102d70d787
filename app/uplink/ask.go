package uplink

import (
	"time"

	"lamplighter/app/link"
	"lamplighter/app/outbox"
)

// The bounds of what is asked of a platform that keeps no messages.
const (
	askShare   = 2 // one part in so many of a platform's rate is used to ask for last values
	askWait    = 2 * time.Second
	answerTime = 10 * time.Second // after which a message is no answer to "what is your last value?"
)

// questions are what a platform that keeps no messages is asked for.
type questions struct {
	open  []string             // topics whose last value is still to be asked for
	asked map[string]time.Time // topics that were asked for, and when
	timer *time.Timer
}

// answeredBy reports whether a message is the last value that was asked for, and
// so is as old as a retained one. Only the first after a question is.
func (q *questions) answeredBy(m link.Message) bool {
	at, asked := q.asked[m.Topic]
	if !asked {
		return false
	}
	delete(q.asked, m.Topic)
	return m.At.Sub(at) < answerTime
}

// stopAsking forgets what was asked.
func (u *Uplink) stopAsking() {
	if u.questions.timer != nil {
		u.questions.timer.Stop()
	}
	u.questions = questions{asked: map[string]time.Time{}}
}

// askLast asks a platform that keeps no messages for the lamps' last words.
func (u *Uplink) askLast() {
	u.questions.open = nil
	for _, l := range u.o.Lamps.Lights() {
		if t := u.limiter.LastValueTopic(l.Topics.State); t != "" {
			u.questions.open = append(u.questions.open, l.Topics.State)
		}
	}
	u.askNext()
}

// askNext asks for as many as leave room for what people want to send.
func (u *Uplink) askNext() {
	q := &u.questions
	for len(q.open) > 0 && u.state.Phase == link.Online {
		now := time.Now()
		if used, most := u.limiter.Used(now); most != 0 && used*askShare >= most || u.limiter.Wait(now) > 0 {
			if q.timer != nil {
				q.timer.Stop()
			}
			q.timer = time.AfterFunc(askWait, func() { u.o.Post(u.askNext) })
			return
		}
		topic := q.open[0]
		q.open = q.open[1:]
		if u.o.Outbox.SendNow(outbox.Command{Topic: u.limiter.LastValueTopic(topic)}) == nil {
			q.asked[topic] = now
		}
	}
}
