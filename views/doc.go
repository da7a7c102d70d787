// Package views makes the window of the running program: it gives each place of
// the rail its page, and the pages the program's parts. What is drawn is in the
// packages below it, each of which is a place of the rail or what places share.
//
// The views hand clicks to the models and speak to people through i18n. They never
// wait (see ui.After and ui.InBackground) and hold no state that matters: what a
// person must not lose lives in app. All of them run on the UI goroutine.
package views
