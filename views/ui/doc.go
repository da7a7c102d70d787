// Package ui has what every page is made of: controls, layouts, dialogs, the theme,
// charts, lists of lines, and Shell, what the frame does for a page. It knows
// nothing of lamps, brokers or boards.
package ui
