// Package viewtest builds windows with doubles for the tests of the views, and checks
// that every scene fits. It is for tests only.
package viewtest
