package source

import (
	"fmt"
	"io"
	"os"
)

// MaxText is how many bytes a policy or a baseline may have: ten thousand resources
// have one million. A much larger file takes minutes, and was given by mistake.
const MaxText = 4 << 20

// ReadFile reads a file of at most so many bytes, so that an endless or a wrong file
// does not fill the memory.
func ReadFile(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, fmt.Errorf("%s has more than %d MB: is it the right file?", path, most>>20)
	}
	return data, err
}
