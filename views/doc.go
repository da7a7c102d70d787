// Package views draws the program and hands clicks to the models: one file a
// thing on the screen. It is the only package that draws and the only one that
// speaks to people, through i18n. It never waits (see after and aside) and holds
// no state that matters: what a person must not lose lives in app.
//
// All of it runs on the UI goroutine.
package views
