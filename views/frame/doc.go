// Package frame is the program's one window around its pages: the rail, the page in
// view, the status line, the window's keys. It knows its pages by ui.Page alone.
package frame
