# frozen_string_literal: true

require "json"

# The policy. A field that is absent is nil.
class Policy
  FIELDS = %w[credentials methods requestHeaders exposeHeaders maxAge].freeze

  attr_reader :mode, :fields

  def initialize(file)
    @policy = JSON.parse(File.read(file))
    @mode = @policy["origins"]["mode"]
    @fields = @policy.slice(*FIELDS)
  end

  def default? = @policy["kind"] == "default"

  def verbatim? = @policy["kind"] == "verbatim"

  def null? = @policy["origins"].fetch("allowNull", false)

  def layers = @policy["layers"] == "both" ? 2 : 1

  # The origins of a list. It is empty where no origin may read.
  def values = @policy["origins"].fetch("values", [])

  # The origins as regular expressions.
  def patterns
    mode == "subdomains" ? values.map { |origin| children(origin) } : values.map { |value| Regexp.new(value) }
  end

  private

  # https://example.test means https://x.example.test.
  def children(origin)
    scheme, parent = origin.split("://")
    Regexp.new("\\A#{scheme}://[a-z0-9-]+\\.#{Regexp.escape(parent)}\\z")
  end
end
