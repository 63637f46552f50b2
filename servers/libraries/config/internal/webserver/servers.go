package webserver

import (
	"path/filepath"
	"regexp"
	"strconv"
)

// Nginx is https://nginx.org.
var Nginx = Server{
	Name:        "nginx",
	Binaries:    []string{"nginx"},
	ShowVersion: []string{"-v"},
	Version:     regexp.MustCompile(`nginx/(\S+)`),
	Test: func(f Files) []string {
		return []string{"-t", "-q", "-e", filepath.Join(f.Dir, "errors"), "-p", f.Dir, "-c", f.Frame}
	},
	Run:   func(f Files) []string { return []string{"-e", "stderr", "-p", f.Dir, "-c", f.Frame} },
	Noise: regexp.MustCompile(`(?m)^nginx: (configuration file .*\n)?`),
	Quote: quoteKeeping(`"'\trn`),
}

// Apache is https://httpd.apache.org.
var Apache = Server{
	Name:        "apache",
	Binaries:    []string{"apache2", "httpd"},
	ShowVersion: []string{"-v"},
	Version:     regexp.MustCompile(`Apache/(\S+)`),
	Test:        func(f Files) []string { return []string{"-t", "-d", f.Dir, "-f", f.Frame} },
	Run:         func(f Files) []string { return []string{"-X", "-d", f.Dir, "-f", f.Frame} },
	Noise:       regexp.MustCompile(`\bAH\d+: `),
	Quote:       quoteKeeping(`\"`),
	Modules: []string{
		"usr/lib/apache2/modules", "usr/lib64/httpd/modules", "usr/libexec/apache2",
		"usr/local/apache2/modules", "opt/homebrew/lib/httpd/modules",
	},
}

// HAProxy is https://www.haproxy.org.
var HAProxy = Server{
	Name:        "haproxy",
	Binaries:    []string{"haproxy"},
	ShowVersion: []string{"-v"},
	Version:     regexp.MustCompile(`version (\S+)`),
	Test:        func(f Files) []string { return []string{"-c", "-f", f.Frame, "-f", f.Recipe} },
	Run:         func(f Files) []string { return []string{"-q", "-db", "-f", f.Frame, "-f", f.Recipe} },
	Noise:       regexp.MustCompile(`(?m)^\[NOTICE\].*\n| *\(\d+\) :`),
	Quote:       quoteShell,
}

// Caddy is https://caddyserver.com.
var Caddy = Server{
	Name:        "caddy",
	Binaries:    []string{"caddy"},
	ShowVersion: []string{"version"},
	Version:     regexp.MustCompile(`v?(\d\S+)`),
	Test:        func(f Files) []string { return []string{"validate", "--adapter", "caddyfile", "--config", f.Frame} },
	Run:         func(f Files) []string { return []string{"run", "--adapter", "caddyfile", "--config", f.Frame} },
	Noise:       regexp.MustCompile(`(?m)^\{.*\}\n`),
	Quote:       quoteKeeping(`"`),
}

// Lighttpd is https://www.lighttpd.net.
var Lighttpd = Server{
	Name:        "lighttpd",
	Binaries:    []string{"lighttpd"},
	ShowVersion: []string{"-v"},
	Version:     regexp.MustCompile(`lighttpd/(\S+)`),
	Test:        func(f Files) []string { return lighttpd(f, "-tt") },
	Run:         func(f Files) []string { return lighttpd(f, "-D") },
	Noise:       regexp.MustCompile(`(?m)^\d+-\d+-\d+ \d+:\d+:\d+: `),
	Quote:       quoteKeeping(`"`),
	Modules:     []string{"usr/lib/lighttpd", "usr/lib64/lighttpd", "usr/local/lib/lighttpd", "opt/homebrew/lib/lighttpd"},
}

func lighttpd(f Files, args ...string) []string {
	if f.Modules != "" {
		args = append(args, "-m", f.Modules)
	}
	return append(args, "-f", f.Frame)
}

// Varnish is https://varnish-cache.org.
//
// Its default time to live is 0, so that it keeps only the answers whose headers say that
// they may be kept: the handler of /ok counts its runs.
var Varnish = Server{
	Name:        "varnish",
	Binaries:    []string{"varnishd"},
	ShowVersion: []string{"-V"},
	Version:     regexp.MustCompile(`varnish-(\d[0-9.]*)`),
	Test:        func(f Files) []string { return []string{"-C", "-j", "none", "-n", varnishDir(f), "-f", f.Frame} },
	Run: func(f Files) []string {
		return []string{
			"-F", "-j", "none", "-n", varnishDir(f), "-f", f.Frame, "-a", "127.0.0.1:" + strconv.Itoa(f.Port),
			"-s", "malloc,16m", "-t", "0", "-T", "none",
		}
	},
	Noise: regexp.MustCompile(`(?m)^(Could not delete .*)?\n`),
	Quote: quoteVCL,
}

func varnishDir(f Files) string { return filepath.Join(f.Dir, "varnish") }
