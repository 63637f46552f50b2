# frozen_string_literal: true

# Serves a given program: the file in CORSPROOF_TEXT is a config.ru.

require "contract/adapter"
require "rack"
require "rack/cors/version"

Adapter.main do |_policy|
  app = Rack::Builder.new_from_string(File.read(ENV.fetch("CORSPROOF_TEXT")))
  Adapter::Served.new(app: app, library: "rack-cors", version: Rack::Cors::VERSION, config: "given")
end
