package behaviour

// Harm says what a break of a behaviour does, and whom it harms.
type Harm string

// Harms to the users of pages that the policy allows.
const (
	LockedOut        Harm = "locked-out"
	LockedOutByCache Harm = "locked-out-by-cache"
	ErrorHidden      Harm = "error-hidden"
	HeaderHidden     Harm = "header-hidden"
	KeptOtherwise    Harm = "kept-otherwise"
	ResponseChanged  Harm = "response-changed"
	WrongVariant     Harm = "wrong-variant"
)

// Harms by pages that the policy excludes, or by pages that get more than it allows.
const (
	AnyoneReads          Harm = "anyone-reads"
	StrangerReads        Harm = "stranger-reads"
	ReadsWithCredentials Harm = "reads-with-credentials"
	HeadersExposed       Harm = "headers-exposed"
	MalformedPasses      Harm = "malformed-passes"
	MethodPasses         Harm = "method-passes"
	HeaderPasses         Harm = "header-passes"
	HandlerRuns          Harm = "handler-runs"
	Exhausted            Harm = "exhausted"
	InputReflected       Harm = "input-reflected"
	Misled               Harm = "misled"
)

// Nobody means no harm: the behaviour is only reported.
const Nobody Harm = "nobody"

// harms describes each harm in a sentence.
var harms = map[Harm]string{
	LockedOut:        "A page that the policy allows is locked out.",
	LockedOutByCache: "A page that the policy allows is locked out when a cache has the response to another question.",
	ErrorHidden:      "A page that the policy allows sees a network error and cannot tell why the server refused.",
	HeaderHidden:     "A page that the policy allows reads the response, but not all of the headers that it needs.",
	KeptOtherwise:    "A preflight's permission lasts shorter or longer than the policy says.",
	ResponseChanged:  "A client gets another status or body than the server meant.",
	WrongVariant:     "A cache gives a client a response that was made for another client.",

	AnyoneReads:          "Any page reads the response, and with credentials it reads as the signed-in user.",
	StrangerReads:        "A page that the policy excludes reads the response, and with credentials it reads as the signed-in user.",
	ReadsWithCredentials: "A page that may read without credentials reads as the signed-in user.",
	HeadersExposed:       "A page reads response headers that the policy keeps from scripts.",
	MalformedPasses:      "No page can use this today: the server accepts an Origin that no browser sends.",
	MethodPasses:         "A page sends a method that the policy does not list.",
	HeaderPasses:         "A page sends a header that the policy does not list.",
	HandlerRuns:          "The server does what was asked, although the answer is a refusal or only a permission.",
	Exhausted:            "A single client takes the server's time and memory.",
	InputReflected:       "A client writes its own text into responses or logs.",
	Misled:               "An excluded page gets a response that is not a refusal.",

	Nobody: "No harm: it is only reported.",
}

// Sentence describes the harm. It is empty for a harm that this build does not know.
func (h Harm) Sentence() string { return harms[h] }
