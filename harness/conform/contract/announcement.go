package contract

// Announcement is the one line of JSON that an adapter prints: it is ready, or the library
// refused the policy, or has no option for it.
type Announcement struct {
	_ [0]func()

	// Ready says that the adapter answers at Port of 127.0.0.1.
	Ready bool `json:"ready,omitempty"`
	Port  int  `json:"port,omitempty"`
	// Library and Version name what is tested, such as "rs/cors" and "1.11.1".
	Library string `json:"library,omitempty"`
	Version string `json:"version,omitempty"`
	// Config is the configuration that the adapter used, as one would write it.
	Config string `json:"config,omitempty"`

	// Refused is the error text of a library that does not accept the policy.
	Refused string `json:"refused,omitempty"`
	// Unsupported are the fields of the policy that the library has no option for, such as
	// "methods" or "origins.mode=regex". With Ready, all other fields are configured.
	Unsupported []string `json:"unsupported,omitempty"`
}
