package broken

import (
	"strings"

	"github.com/corsproof/corsproof/fixtures"
	"github.com/corsproof/corsproof/harness"
)

// The paths of the shop.
const (
	mePath     = "/v1/me"
	ordersPath = "/v1/orders"
	cartPath   = "/v1/cart"
	photoPath  = "/v1/photos/42.png"
)

// The origins that the shop means to allow.
const (
	storefront = "https://www.shop.test"
	backOffice = "https://admin.shop.test"
)

// resource is what the shop serves at a path, and which pages may read it.
type resource struct {
	path    string
	origins []string
	public  bool // any origin, without credentials
	methods string
	header  harness.Header
	body    string
}

// resourceAt returns the resource at a path, or the nearest one above it, whose
// rules hold below it too. The bool says whether there is one.
func resourceAt(path string) (at resource, there bool) {
	for _, r := range resources {
		if path == r.path || strings.HasPrefix(path, r.path+"/") {
			return r, path == r.path
		}
	}
	return resource{path: path, origins: []string{storefront, backOffice}, methods: "GET"}, false
}

var resources = []resource{
	{
		path: mePath, origins: []string{storefront}, methods: "GET",
		header: harness.Header{contentType("application/json"), keep("private, no-cache")},
		body:   `{"name": "Ada", "email": "ada@example.com"}`,
	},
	{
		path: ordersPath, origins: []string{storefront, backOffice}, methods: "GET",
		header: harness.Header{
			contentType("application/json"), keep("private, no-cache"),
			{Name: "X-Total", Value: "2"}, {Name: "Access-Control-Expose-Headers", Value: "X-Total"},
		},
		body: `[{"id": 1, "total": "12.00"}, {"id": 2, "total": "7.50"}]`,
	},
	{
		path: cartPath, origins: []string{storefront, backOffice}, methods: "GET, PUT",
		header: harness.Header{contentType("application/json"), keep("private, no-cache")},
		body:   `{"items": [{"id": 42, "count": 1}]}`,
	},
	{
		path: photoPath, public: true, methods: "GET",
		header: harness.Header{contentType("image/png"), keep("public, max-age=3600")},
		body:   photo(),
	},
}

func contentType(value string) harness.Field {
	return harness.Field{Name: "Content-Type", Value: value}
}

func keep(value string) harness.Field { return harness.Field{Name: "Cache-Control", Value: value} }

// photo is a real image, because a browser that loads an image decodes it.
func photo() string {
	image, err := fixtures.FS.ReadFile("media/image.png")
	if err != nil {
		panic(err) // it is embedded
	}
	return string(image)
}
