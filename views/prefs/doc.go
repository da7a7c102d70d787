// Package prefs is the page of the settings, with the import and export of
// connections.
package prefs
