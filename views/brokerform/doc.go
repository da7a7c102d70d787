// Package brokerform is the form of a broker or platform, for the wizard and the
// settings alike: its fields in the words of the platform's own page, the search
// for brokers, and the look at a certificate. It keeps nothing.
package brokerform
