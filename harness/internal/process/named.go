package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// Named returns the path of the program that a user has named: by path or, where that is empty, by
// an environment variable. It is empty where neither names one. browser stands in the error.
func Named(browser, path, variable string) (string, error) {
	whence := ""
	if path == "" {
		path, whence = os.Getenv(variable), ", which "+variable+" names"
	}
	if path == "" {
		return "", nil
	}
	found, err := exec.LookPath(path)
	if err != nil {
		return "", fmt.Errorf("no %s at %s%s: %w", browser, path, whence, innermost(err))
	}
	return found, nil
}

// innermost is the last cause in the chain: the other errors would repeat the path.
func innermost(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}
