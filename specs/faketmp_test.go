package specs_test

const fakeVersion = "CORSPROOF_SPECS_FAKE_CHROME"

func fakeChrome(string) {}
