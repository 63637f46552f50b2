package verify

// example is a policy with probes of every kind.
const example = `target: https://api.acme.com
origins: [https://app.acme.com, https://shop.acme.com]
credentials: true
methods: [GET, PUT]
requestHeaders: [Authorization, Content-Type]
exposeHeaders: [X-Total]
maxAge: 600
resources:
  - path: /v1/me
  - path: /public/status
    origins: any
    credentials: false
    methods: any
    requestHeaders: any
    exposeHeaders: any
  - path: /children
    origins: {subdomains: [https://acme.com]}
    methods: any
    requestHeaders: any
    exposeHeaders: any
    maxAge: 0
  - path: /null
    allowNull: true
    credentials: false
ask:
  headers: {Authorization: Bearer abc}
`
