# frozen_string_literal: true

# rack-cors on Sinatra, as its README says for config.ru: use Rack::Cors. The text of config is the file that runs.

require "contract/adapter"
require "contract/app"
require "rack"
require "rack/cors"
require "rack/cors/version"

def config(policy)
  "#{layer(policy) * policy.layers}run App\n"
end

def layer(policy)
  return "use Rack::Cors\n" if policy.default?

  resource = ['"*"', *options(policy).map { |name, value| "#{name}: #{value.inspect}" }].join(", ")
  <<~LAYER
    use Rack::Cors do
      allow do
        origins #{origins(policy)}
        resource #{resource}
      end
    end
  LAYER
end

def origins(policy)
  return '"*"' if policy.mode == "any"

  list = %w[subdomains regex].include?(policy.mode) ? policy.patterns : policy.values
  # A string always means a scheme and a host: opaque origins need a regular expression.
  list += [/\Anull\z/] if policy.null?
  list.empty? ? "[]" : list.map(&:inspect).join(", ")
end

def options(policy)
  given = policy.fields
  {
    headers: names(given["requestHeaders"]),
    methods: methods(given["methods"], policy),
    expose: given["exposeHeaders"],
    credentials: given["credentials"],
    max_age: given["maxAge"]
  }.compact
end

def names(value)
  value == "*" ? :any : value
end

# The README writes methods as symbols in lower case.
def methods(value, policy)
  return names(value) unless value.is_a?(Array) && !policy.verbatim?

  value.map { |method| method.downcase.to_sym }
end

Adapter.main do |policy|
  text = config(policy)
  app = Adapter.refusals { Rack::Builder.new_from_string(text) }
  Adapter::Served.new(app: app, library: "rack-cors", version: Rack::Cors::VERSION, config: text)
end
