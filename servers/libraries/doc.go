// Package libraries has no code: the folder has the adapters of CORS libraries, a folder for
// each language, and README.md describes them. Its tests ask one adapter of each language
// that needs no long build, and hold it to its baseline.
package libraries
