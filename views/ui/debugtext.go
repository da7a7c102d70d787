package ui

// DebugTexter is a widget of our own that says what stands on it, for a test of the
// real window: see views/frame/uidebug.go. Widgets with a field Text or Selected need not.
type DebugTexter interface{ DebugText() string }
