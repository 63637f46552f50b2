package command

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watchedFiles tells when files change. It watches their folders, because an editor replaces a
// file by another one, and compares what is there, because a file may be a link to another
// folder, as Kubernetes mounts a ConfigMap.
type watchedFiles struct {
	patterns []string
	notify   *fsnotify.Watcher

	// changed gets a value when the files have changed, and are quiet again.
	changed chan struct{}

	mu     sync.Mutex
	before map[string]os.FileInfo // by the path
	fresh  map[string]bool        // the changed patterns that nobody has taken yet
	failed error
}

// quiet is how long the files must stay as they are: an editor writes a file in several steps.
const quiet = 5 * time.Millisecond

// watchFiles begins to watch files and patterns.
func watchFiles(patterns []string) (*watchedFiles, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	f := &watchedFiles{patterns: patterns, notify: notify, changed: make(chan struct{}, 1), fresh: map[string]bool{}}
	for _, pattern := range patterns {
		folders, err := filepath.Glob(filepath.Dir(pattern))
		for _, folder := range folders {
			err = errors.Join(err, notify.Add(folder))
		}
		if err != nil {
			return nil, errors.Join(err, notify.Close())
		}
	}
	f.before = f.look()
	go f.follow()
	return f, nil
}

// follow waits for events until the watcher is closed.
func (f *watchedFiles) follow() {
	settled := time.NewTimer(time.Hour)
	settled.Stop()
	for {
		select {
		case event, open := <-f.notify.Events:
			if !open {
				return
			}
			if f.concerns(event) {
				settled.Reset(quiet)
			}
		case err, open := <-f.notify.Errors:
			if !open {
				return
			}
			f.mu.Lock()
			f.failed = err // events were lost: the files may have changed
			f.mu.Unlock()
			f.tell()
		case <-settled.C:
			f.tell()
		}
	}
}

// tell wakes the reader of changed.
func (f *watchedFiles) tell() {
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// concerns says whether an event changed a file, and notes which patterns it is of.
func (f *watchedFiles) concerns(event fsnotify.Event) bool {
	if event.Op == fsnotify.Chmod {
		return false
	}
	now := f.look()
	f.mu.Lock()
	defer f.mu.Unlock()
	concerned := false
	for _, pattern := range f.patterns {
		written, _ := filepath.Match(filepath.Clean(pattern), filepath.Clean(event.Name))
		if written || filepath.Clean(pattern) == filepath.Clean(event.Name) || f.differs(pattern, now) {
			f.fresh[pattern], concerned = true, true
		}
	}
	f.before = now
	return concerned
}

// differs says whether the files of a pattern are others than before. The lock is held.
func (f *watchedFiles) differs(pattern string, now map[string]os.FileInfo) bool {
	paths, _ := matching(pattern) // the pattern was read before
	for path := range f.before {
		if match, _ := filepath.Match(pattern, path); (match || pattern == path) && now[path] == nil {
			return true
		}
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		was, is := f.before[path], now[path]
		return is != nil && (was == nil || !os.SameFile(was, is) || !was.ModTime().Equal(is.ModTime()) || was.Size() != is.Size())
	})
}

// look returns what is there now.
func (f *watchedFiles) look() map[string]os.FileInfo {
	files := map[string]os.FileInfo{}
	for _, pattern := range f.patterns {
		paths, _ := matching(pattern)
		for _, path := range paths {
			if info, err := os.Stat(path); err == nil {
				files[path] = info
			}
		}
	}
	return files
}

// take returns the patterns whose files changed since the last call.
func (f *watchedFiles) take() (patterns []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	patterns, err = slices.Sorted(maps.Keys(f.fresh)), f.failed
	f.fresh, f.failed = map[string]bool{}, nil
	return patterns, err
}

// close ends the watching.
func (f *watchedFiles) close() { _ = f.notify.Close() }

// matching returns the files of a pattern. A file whose name looks like a pattern is a file.
func matching(pattern string) ([]string, error) {
	if _, err := os.Stat(pattern); err == nil {
		return []string{pattern}, nil
	}
	return filepath.Glob(pattern)
}
