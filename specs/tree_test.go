package specs_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
)

func lint(t *testing.T, tree Report) {}
