// Package problem puts errors into a person's words: what happened, and what to do.
// What one page alone can meet is a table of Text beside that page. It never fails: an
// error that it does not know keeps its own text as details.
package problem
