package web

// IsRedirectStatus says whether a status redirects.
//
// https://fetch.spec.whatwg.org/#redirect-status
func IsRedirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// IsNullBodyStatus says whether a response with this status has no body.
//
// https://fetch.spec.whatwg.org/#null-body-status
func IsNullBodyStatus(status int) bool {
	switch status {
	case 101, 103, 204, 205, 304:
		return true
	}
	return false
}

// IsOKStatus says whether a status is a success, which the status of a preflight must be.
//
// https://fetch.spec.whatwg.org/#ok-status
func IsOKStatus(status int) bool { return status >= 200 && status <= 299 }
