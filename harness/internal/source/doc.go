// Package source reads a file of YAML so that its faults can say where they stand:
// file, line, column, and the line itself with a caret under it, without the
// secrets in it.
package source
