package views

// told is a widget of our own that says what stands on it, for a test of the
// real window: see uidebug.go. Widgets with a field Text or Selected need not.
type told interface{ debugText() string }
