// Package app is the program without its windows: it holds the parts, routes
// messages between them, starts them and closes them. It never draws and never
// translates.
package app
