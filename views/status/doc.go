// Package status is the status line: which broker, how many boards, what is wrong
// and the one thing to do about it; with the list of brokers and the broker's notices.
package status
