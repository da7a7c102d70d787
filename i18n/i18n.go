// Package i18n gives every text that a person sees, in the chosen language. It
// never guesses, glues or compares texts.
package i18n
