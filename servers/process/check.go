package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Complaint says what an adapter does not do as the contract says.
type Complaint struct {
	// Where is the policy, the route or the rule.
	Where string
	// Problem says what is wrong, and what is wanted.
	Problem string
	// Doubt says that the library may be the cause, and not the adapter.
	Doubt bool
}

func (c Complaint) String() string { return c.Where + ": " + c.Problem }

// Check holds an adapter to its contract, apart from what the library does: it starts it
// with each policy, and asks the routes without Origin. It returns all complaints, and
// progress is called before each policy. The error is the end of the context.
func (a Adapter) Check(ctx context.Context, policies []contract.Policy, progress func(policy string)) ([]Complaint, error) {
	c := &checker{adapter: a}
	var ready []contract.Policy
	for _, p := range policies {
		progress(p.Name)
		if c.policy(ctx, p, len(ready) == 0) {
			ready = append(ready, p)
		}
		if ctx.Err() != nil {
			return c.list, context.Cause(ctx)
		}
	}
	if len(ready) == 0 {
		c.complain("every policy", "the adapter is ready with none of %d policies, so nothing can be asked", len(policies))
	} else {
		c.together(ctx, ready[0])
	}
	c.rubbish(ctx)
	return c.list, context.Cause(ctx)
}

// checker collects complaints.
type checker struct {
	adapter Adapter
	list    []Complaint
}

func (c *checker) complain(where, format string, args ...any) {
	c.list = append(c.list, Complaint{Where: where, Problem: fmt.Sprintf(format, args...)})
}

// doubt notes what the library may have done.
func (c *checker) doubt(where, format string, args ...any) {
	c.list = append(c.list, Complaint{Where: where, Problem: fmt.Sprintf(format, args...), Doubt: true})
}

// policy starts the adapter with a policy, and says whether it was ready.
func (c *checker) policy(ctx context.Context, p contract.Policy, routes bool) (ready bool) {
	where := "policy " + p.Name
	program, cleanUp, err := c.adapter.program(p)
	if err != nil {
		c.complain(where, "%v", err)
		return false
	}
	defer cleanUp()
	ctx, stop := c.adapter.ready(ctx)
	defer stop()
	said, err := program.Announce(ctx)
	if err != nil {
		c.complain(where, "%v", err)
		return false
	}
	if !said.Ready {
		return false
	}
	c.announcement(where, p, said)
	c.loopbackOnly(where, said.Port)
	if routes {
		c.routes(ctx, said.Port)
	}
	if err := program.Close(); err != nil {
		c.complain(where, "%v", err)
	} else if program.left {
		c.complain(where, "the adapter ended and left children behind: want it to end them first")
	}
	return true
}

// announcement checks the line of an adapter that is ready.
func (c *checker) announcement(where string, p contract.Policy, said contract.Announcement) {
	for name, value := range map[string]string{"library": said.Library, "version": said.Version, "config": said.Config} {
		if strings.TrimSpace(value) == "" {
			c.complain(where, "%q is missing in the line of JSON, or empty", name)
		}
	}
	if list := p.Origins.Values; p.Kind == contract.Intent && p.Origins.Mode == contract.List && !strings.Contains(plain(said.Config), plain(hostOf(list[0]))) {
		c.complain(where, `"config" does not show the origins of the policy, such as %s: want the configuration that was used`, list[0])
	}
}

// plain removes what a pattern has more than the host.
func plain(text string) string { return strings.NewReplacer(`\`, "", "[.]", ".").Replace(text) }

func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	host, _, _ = strings.Cut(host, ":")
	return host
}

// loopbackOnly wants nobody else to reach the adapter.
func (c *checker) loopbackOnly(where string, port int) {
	for _, ip := range outside() {
		conn, err := net.Dial("tcp", net.JoinHostPort(ip.String(), strconv.Itoa(port)))
		if err == nil {
			_ = conn.Close()
			c.complain(where, "the adapter listens at %s, too: want 127.0.0.1 alone", ip)
			return
		}
	}
}

// outside are the addresses at which other machines reach this one. There may be none.
func outside() []net.IP {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var list []net.IP
	for _, a := range addresses {
		if ip, ok := a.(*net.IPNet); ok && !ip.IP.IsLoopback() && ip.IP.To4() != nil {
			list = append(list, ip.IP)
		}
	}
	return list
}

// together starts two adapters at a time, as corsproof does. Both run until both are
// ready. They get a policy that the adapter was ready with before.
func (c *checker) together(ctx context.Context, p contract.Policy) {
	ctx, stop := c.adapter.ready(ctx)
	defer stop()
	var started sync.WaitGroup
	var programs [2]*Process
	var cleanUps [2]func()
	var ports [2]int
	var errs [2]error
	for i := range programs {
		started.Go(func() {
			if programs[i], cleanUps[i], errs[i] = c.adapter.program(p); errs[i] != nil {
				return
			}
			var said contract.Announcement
			said, errs[i] = programs[i].Announce(ctx)
			ports[i] = said.Port
			if errs[i] == nil && !said.Ready {
				errs[i] = fmt.Errorf("the adapter is not ready with the policy %s, and was before", p.Name)
			}
		})
	}
	started.Wait()
	for i, program := range programs {
		if errs[i] == nil {
			errs[i] = program.Close()
		}
		if cleanUps[i] != nil {
			cleanUps[i]()
		}
	}
	for _, err := range errs {
		if err != nil {
			c.complain("two at a time", "%v", err)
		}
	}
	if ports[0] != 0 && ports[0] == ports[1] {
		c.complain("two at a time", "both adapters say that they listen on port %d: want a free port for each", ports[0])
	}
}

// rubbish wants a policy that cannot be read to be an error, and no verdict.
func (c *checker) rubbish(ctx context.Context) {
	dir, err := os.MkdirTemp("", "corsproof-check-")
	if err != nil {
		c.complain("rubbish", "%v", err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "rubbish.json")
	if err := os.WriteFile(file, []byte("{rubbish"), 0o600); err != nil {
		c.complain("rubbish", "%v", err)
		return
	}
	for where, path := range map[string]string{"a policy that is no JSON": file, "a policy file that is missing": filepath.Join(dir, "missing.json")} {
		program := &Process{Command: slices.Concat(c.adapter.Command, []string{"--policy", path, "--upstream", "http://127.0.0.1:9"}), Dir: c.adapter.Dir, label: c.adapter.String(), patience: c.adapter.endIn}
		ctx, stop := c.adapter.ready(ctx)
		said, err := program.Announce(ctx)
		stop()
		const want = "want a message on standard error, and an exit status other than 0"
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit): // as wanted
		case err != nil:
			c.complain(where, "%v: %s", err, want)
		case said.Ready:
			_ = program.Close() // it is wrong already
			c.complain(where, "the adapter is ready: %s", want)
		default:
			c.complain(where, "the adapter announces a verdict of the library: %s", want)
		}
	}
}
