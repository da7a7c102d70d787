// Package problem puts errors into a person's words: what happened, and what to do.
// It is the only place that does, and it never fails: an error that it does not
// know keeps its own text as details.
package problem
