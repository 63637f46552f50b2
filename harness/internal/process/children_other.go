//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package process

// Elsewhere the processes of the browser end with the browser, and none is looked for.

func running() []Process { return nil }

func look(int) (Process, bool) { return Process{}, false }

func end(int) {}
