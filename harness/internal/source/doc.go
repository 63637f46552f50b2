// Package source reads a YAML file so that faults can show their place: file, line,
// column, and the line itself, without its secrets and with a caret under it.
package source
