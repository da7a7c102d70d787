// Package topics is the topic browser: the tree, what is open beside it,
// subscriptions, publishing, recordings. The messages are kept by app/topics.
package topics
