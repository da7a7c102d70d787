package ui

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"lamplighter/app/settings"
	"lamplighter/assets"
)

// TextScales are the factors by which all text can be made larger.
var TextScales = []float64{1, 1.15, 1.3, 1.5}

// The grid: everything is a multiple of unit apart.
const (
	Unit  float32 = 8
	touch float32 = 40 // the least height of what a finger meets
)

// The three sizes of text. Fyne's sub-heading is body text in bold.
const (
	SizeSmall = theme.SizeNameCaptionText
	SizeBody  = theme.SizeNameText
	sizeTitle = theme.SizeNameHeadingText
)

// Colours of our own, beside Fyne's. shade gives their values.
const (
	ColorCard     fyne.ThemeColorName = "card"     // what lies on the background
	ColorRail     fyne.ThemeColorName = "rail"     // rail and status line
	ColorChosen   fyne.ThemeColorName = "chosen"   // behind the chosen one of several
	ColorRing     fyne.ThemeColorName = "ring"     // around what has the keyboard
	ColorSoft     fyne.ThemeColorName = "soft"     // text of second rank
	ColorNotice   fyne.ThemeColorName = "notice"   // behind a remark
	ColorAlert    fyne.ThemeColorName = "alert"    // behind a warning
	ColorFail     fyne.ThemeColorName = "fail"     // behind an error
	ColorGood     fyne.ThemeColorName = "good"     // behind what went well
	ColorLamp     fyne.ThemeColorName = "lamp"     // light of a lamp without a colour of its own
	ColorLampDark fyne.ThemeColorName = "lampDark" // a lamp that is off
)

// hues is a colour in the light and in the dark window.
type hues struct{ Light, Dark uint32 }

// Palette has every colour of the window. It never changes.
var Palette = map[fyne.ThemeColorName]hues{
	theme.ColorNameBackground:          {0xf6f4f0ff, 0x161412ff},
	ColorCard:                          {0xffffffff, 0x221f1cff},
	ColorRail:                          {0xece8e1ff, 0x1c1917ff},
	ColorChosen:                        {0xfbe3bcff, 0x46351bff},
	theme.ColorNameForeground:          {0x25211cff, 0xf2ede6ff},
	ColorRing:                          {0x8a5200ff, 0xffb547ff},
	ColorSoft:                          {0x645c52ff, 0xb3aaa0ff},
	theme.ColorNamePlaceHolder:         {0x736b61ff, 0x9c9389ff},
	theme.ColorNameDisabled:            {0x6a6259ff, 0x968d83ff},
	theme.ColorNameButton:              {0xe1dacfff, 0x35302bff},
	theme.ColorNameDisabledButton:      {0xe5dfd6ff, 0x2a2622ff},
	theme.ColorNameHover:               {0x5a3c0a14, 0xffe0b016},
	theme.ColorNamePressed:             {0x5a3c0a2c, 0xffe0b02c},
	theme.ColorNameFocus:               {0xd4820066, 0xffb54770},
	theme.ColorNamePrimary:             {0xc67900ff, 0xffb547ff},
	theme.ColorNameForegroundOnPrimary: {0x211400ff, 0x211400ff},
	theme.ColorNameHyperlink:           {0x8a5200ff, 0xffc670ff},
	theme.ColorNameSelection:           {0xffd48a99, 0x7a5518cc},
	theme.ColorNameInputBackground:     {0xf6f2ecff, 0x171513ff},
	theme.ColorNameInputBorder:         {0x8a8176ff, 0x7d746aff},
	theme.ColorNameSeparator:           {0xddd7cdff, 0x3a352fff},
	theme.ColorNameScrollBar:           {0x25211c66, 0xf2ede666},
	theme.ColorNameScrollBarBackground: {0x25211c0c, 0xf2ede60c},
	theme.ColorNameShadow:              {0x3a2a1033, 0x00000080},
	theme.ColorNameHeaderBackground:    {0xece8e1ff, 0x2a2622ff},
	theme.ColorNameMenuBackground:      {0xffffffff, 0x2a2622ff},
	theme.ColorNameOverlayBackground:   {0xffffffff, 0x262320ff},
	theme.ColorNameError:               {0xb3261eff, 0xff8a80ff},
	theme.ColorNameForegroundOnError:   {0xffffffff, 0x2b0804ff},
	theme.ColorNameWarning:             {0xa85400ff, 0xffb86bff},
	theme.ColorNameForegroundOnWarning: {0xffffffff, 0x2a1600ff},
	theme.ColorNameSuccess:             {0x23724aff, 0x6fcf9bff},
	theme.ColorNameForegroundOnSuccess: {0xffffffff, 0x04200fff},
	ColorNotice:                        {0xe6edf2ff, 0x202a31ff},
	ColorAlert:                         {0xffe6b8ff, 0x4a3410ff},
	ColorFail:                          {0xfbe0ddff, 0x45201cff},
	ColorGood:                          {0xdcf0e4ff, 0x19352597},
	ColorLamp:                          {0xffb52eff, 0xffc252ff},
	CurveColors[0]:                     {0x8a5200ff, 0xffb547ff},
	CurveColors[1]:                     {0x1f6aa0ff, 0x6db8eaff},
	CurveColors[2]:                     {0x23724aff, 0x6fcf9bff},
	CurveColors[3]:                     {0xa03a76ff, 0xe58fc0ff},
	CurveColors[4]:                     {0x6650b8ff, 0xb3a2f0ff},
	CurveColors[5]:                     {0x65650fff, 0xcfcf5aff},
	ColorLampDark:                      {0x57504840, 0xffffff1c},
}

// CurveColors tell a chart's curves apart by colour; where there are several, a number at
// the end of each does too.
var CurveColors = []fyne.ThemeColorName{"curve1", "curve2", "curve3", "curve4", "curve5", "curve6"}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNamePadding:         Unit,
	theme.SizeNameInnerPadding:    Unit,
	theme.SizeNameInputRadius:     Unit,
	theme.SizeNameSelectionRadius: Unit,
	theme.SizeNameInputBorder:     1.5,
	theme.SizeNameScrollBar:       14,
	theme.SizeNameScrollBarSmall:  4,
	theme.SizeNameLineSpacing:     Unit / 2,
	theme.SizeNameInlineIcon:      22,
	theme.SizeNameSplitThickness:  2 * Unit,
}

// LargeRow is the least height of a row where targets are large. A menu's rows are
// higher than that anyhow.
const LargeRow float32 = 36

// LeastRow is the least height of a list's row, and the least width of what is touched
// in one, as the user wishes; 0 = no more than its text needs.
func LeastRow() float32 {
	if l, ours := fyne.CurrentApp().Settings().Theme().(*look); ours && l.large {
		return LargeRow
	}
	return 0
}

// largeSizes are those of large targets: the thumb of a slider is 4 smaller than an icon.
var largeSizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameInlineIcon:     32,
	theme.SizeNameScrollBarSmall: 14,
	theme.SizeNameScrollBar:      20,
}

// TextSizes has the size of every kind of text, before the factor that a person chose.
// It never changes.
var TextSizes = map[fyne.ThemeSizeName]float32{
	SizeSmall:                    13,
	SizeBody:                     15,
	theme.SizeNameSubHeadingText: 15,
	sizeTitle:                    23,
}

// look is the program's theme: warm amber for light on calm neutrals.
type look struct {
	mode  settings.Theme
	scale float32
	large bool // what is touched is larger
}

// NewLook makes the theme. Text below its own size is not readable on a
// whiteboard, and above twice that no page fits the window: a scale outside 1 to
// 2 is taken as the nearest. With large, rows are at least LargeRow high, and boxes
// and thumbs larger.
func NewLook(mode settings.Theme, scale float64, large bool) fyne.Theme {
	return &look{mode: mode, scale: float32(min(max(scale, 1), 2)), large: large}
}

// TextFactor is how much larger than usual text is: 1 to 2.
func TextFactor() float32 { return theme.TextSize() / TextSizes[SizeBody] }

func (l *look) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	h, ok := Palette[name]
	if !ok {
		return theme.DefaultTheme().Color(name, l.variant(variant))
	}
	if l.variant(variant) == theme.VariantDark {
		return Rgba(h.Dark)
	}
	return Rgba(h.Light)
}

func (l *look) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch l.mode {
	case settings.LightTheme:
		return theme.VariantLight
	case settings.DarkTheme:
		return theme.VariantDark
	}
	return system
}

func (l *look) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := TextSizes[name]; ok {
		return s * l.scale
	}
	if s, ok := largeSizes[name]; ok && l.large {
		return s
	}
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}

func (l *look) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

var (
	fontText = fyne.NewStaticResource("cjk.otf", assets.CJK)
	fontBold = fyne.NewStaticResource("cjk-bold.otf", assets.CJKBold)
	// Made when something is first shown in it: no start waits for it.
	fontMono = sync.OnceValue(func() fyne.Resource { return fyne.NewStaticResource("cjk-mono.otf", assets.MonoCJK()) })
)

// Font gives the font with Chinese in it for every style. Fyne takes the letters
// that it lacks from its own fonts, which know bold, italic and monospace.
func (l *look) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Symbol:
		return theme.DefaultTheme().Font(style)
	case style.Monospace:
		return fontMono()
	case style.Bold:
		return fontBold
	}
	return fontText
}

// Color is a colour of the present theme.
func Color(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// Rgba reads 0xRRGGBBAA.
func Rgba(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
}
