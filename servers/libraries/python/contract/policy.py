"""The policy, and what most libraries are given for it."""

import re

FIELDS = ("credentials", "methods", "requestHeaders", "exposeHeaders", "maxAge")

# The names that several libraries have for the options of these fields.
NAMES = {
    "credentials": "allow_credentials",
    "methods": "allow_methods",
    "requestHeaders": "allow_headers",
    "exposeHeaders": "expose_headers",
    "maxAge": "max_age",
}


class Unsupported(Exception):
    """The library cannot express the policy at all. Its arguments are the fields."""


class Policy:
    def __init__(self, fields):
        origins = fields["origins"]
        self.kind = fields["kind"]
        self.mode = origins["mode"]
        self.values = origins.get("values", [])
        self.null = ["null"] if origins.get("allowNull") else []
        self.layers = 2 if fields.get("layers") == "both" else 1
        self.fields = {name: fields[name] for name in FIELDS if name in fields}
        # The fields that the library has no option for.
        self.unsupported = []

    @property
    def unconfigured(self):
        return self.kind == "default"

    @property
    def list(self):
        """The origins of a list. It is empty where no origin may read."""
        return self.values + self.null

    @property
    def exact(self):
        """The origins for a library without patterns: a list, or the star for any origin."""
        match self.mode:
            case "any":
                return "*"
            case "subdomains" | "regex":
                raise Unsupported(f"origins.mode={self.mode}")
        return self.list

    @property
    def patterns(self):
        """The origins as regular expressions."""
        if self.mode == "subdomains":
            return [children(origin) for origin in self.values]
        return self.values

    @property
    def pattern(self):
        """The origins as one regular expression."""
        if len(self.patterns) == 1:
            return self.patterns[0]
        return "|".join(f"(?:{pattern})" for pattern in self.patterns)

    def options(self, names, any_name="*", without_any=()):
        """Returns the options of a library for the fields that the policy has.

        names has the library's name of the option for a field. The library has no option for the other
        fields, and no value for any name in the fields of without_any. any_name is that value.
        """
        options = {}
        for field, value in self.fields.items():
            if field not in names or (value == "*" and field in without_any):
                self.unsupported.append(field)
            else:
                options[names[field]] = any_name if value == "*" else value
        return options


def children(origin):
    """The regular expression of an origin's children: https://example.test means https://x.example.test."""
    scheme, parent = origin.split("://")
    return rf"^{scheme}://[a-z0-9-]+\.{re.escape(parent)}$"
