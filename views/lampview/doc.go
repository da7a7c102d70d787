// Package lampview draws one lamp and says how it is: the picture, the switch, the
// words. It changes no lamp.
package lampview
