package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// secretWords are parts of names whose values are secrets.
var secretWords = []string{"auth", "token", "secret", "key", "password", "session", "credential", "cookie"}

// hasSecretWord says whether a name in lower case has such a part.
func hasSecretWord(name string) bool {
	return slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(name, word) })
}

// secretParameters are names of parameters whose values are secrets, though no secret
// word is in them. The words of most of them are parts of harmless names, too.
var secretParameters = []string{"code", "jwt", "otp", "pass", "passwd", "passphrase", "pin", "pwd", "sas", "sess", "sid", "sig", "sign", "signature", "ticket"}

// harmlessParameters have a secret word in them and name no secret.
var harmlessParameters = []string{"author", "authors", "keyboard", "keyword", "keywords"}

// IsSecretParameter says whether the value of a parameter in a URL is a secret by its
// name: the names of [IsSecretHeader], and those of signatures, one-time codes and
// sessions. The name is as the URL has it, perhaps percent-encoded.
func IsSecretParameter(name string) bool {
	name = Lower(unescaped(name))
	if slices.Contains(harmlessParameters, name) {
		return false
	}
	last := name[strings.LastIndexAny(name, "-_.[")+1:]
	return hasSecretWord(name) || slices.Contains(secretParameters, name) ||
		last != "code" && slices.Contains(secretParameters, strings.TrimSuffix(last, "]"))
}

var (
	// JSON Web Tokens, and keys of well-known services, begin in the same way.
	// https://www.rfc-editor.org/rfc/rfc7519#section-3
	secretLook = regexp.MustCompile(`^(eyJ[\w-]+\.[\w-]+|gh[a-z]_\w{16,}|github_pat_\w+|glpat-[\w-]{16,}|xox[a-z]-[\w-]+|[sr]k_(live|test)_\w+|A(KIA|SIA)[A-Z0-9]{12,}|AIza[\w-]{20,}|Bearer[ +]\S+|Basic[ +]\S+)`)
	// One word of many letters and digits, such as base64 and hexadecimal text.
	randomLook = regexp.MustCompile(`^[A-Za-z0-9_+/-]{20,}={0,2}$`)
	hexLook    = regexp.MustCompile(`^[0-9a-fA-F]{32,}$`)
)

// LooksSecret says whether a value looks like a credential, whatever its name is: a
// token, a key of a service, or 20 and more random characters. It is as the URL has it,
// perhaps percent-encoded. Identifiers with dashes, such as a UUID, are no secrets.
func LooksSecret(value string) bool {
	value = unescaped(value)
	switch {
	case secretLook.MatchString(value), hexLook.MatchString(value):
		return true
	case !randomLook.MatchString(value):
		return false
	}
	digits := strings.ContainsAny(value, "0123456789")
	return digits && strings.ToLower(value) != value && strings.ToUpper(value) != value
}

// unescaped decodes a part of a query. What cannot be decoded stays as it is.
func unescaped(part string) string {
	if decoded, err := url.QueryUnescape(part); err == nil {
		return decoded
	}
	return part
}
