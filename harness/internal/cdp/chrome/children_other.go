//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package chrome

// Elsewhere the processes of Chrome end with Chrome, and none is looked for.

func running() []process { return nil }

func look(int) (process, bool) { return process{}, false }

func end(int) {}
