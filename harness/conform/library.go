package conform

import (
	"context"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Library is a CORS implementation under test. Its methods are called from several
// goroutines.
type Library interface {
	// Name is unique among the libraries of a run: lower-case letters, digits and hyphens,
	// at most 40 of them. It is a part of host names.
	Name() string
	// Start configures the library as the policy says, and serves the routes of the
	// contract at https://HOST. An error is a fault of the adapter or of the machine, and
	// never a verdict on the library.
	Start(ctx context.Context, p contract.Policy, host string) (Served, error)
}

// Served is a library that was started with a policy.
type Served struct {
	_ [0]func()

	// Announcement says whether the library answers, or refused the policy.
	contract.Announcement
	// Close ends it. It is called once, and only where the library is ready.
	Close func() error
}

// CachedHost is the name at which a library that is served at a host answers through a
// shared cache.
func CachedHost(host string) string { return "cached-" + host }

// NotRunError says that a library cannot be asked on this machine, and why. The library is
// shown as not run.
type NotRunError struct{ Why string }

func (e *NotRunError) Error() string { return e.Why }

// NotRun is a library that cannot be asked.
type NotRun struct{ Called, Of, Why string }

// Name is the name of the library.
func (n NotRun) Name() string { return n.Called }

// Language is the language of the library.
func (n NotRun) Language() string { return n.Of }

// Start returns a *NotRunError.
func (n NotRun) Start(context.Context, contract.Policy, string) (Served, error) {
	return Served{}, &NotRunError{n.Why}
}
