// Package topics is every topic that was heard, as a tree with counts, last
// values and a history, inside one memory budget; with it come the things that
// a topic browser does: filters, forms of a payload, recordings, exports.
//
// It never draws, never translates, opens no connection and holds no lock: a
// Tree belongs to the state's goroutine. Only Record, Export and Play work on
// goroutines of their own, and they touch a Tree by post alone.
//
// Every message is accounted for: Received = InMemory + Waiting + Dropped + Forgotten.
package topics
