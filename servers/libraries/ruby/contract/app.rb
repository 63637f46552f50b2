# frozen_string_literal: true

require "base64"
require "json"
require "sinatra/base"

# The routes, without CORS, on Sinatra.
class App < Sinatra::Base
  CHANGING = %w[GET HEAD POST PUT PATCH DELETE].freeze
  RUNS = Hash.new(0) # of /ok, by method
  LOCK = Mutex.new

  set :environment, :production
  # Rack::Protection would refuse requests of other origins, and adds headers.
  set :protection, false

  def self.on(path, *verbs, &handler)
    verbs.each { |verb| route(verb, path, &handler) }
  end

  def text(body, headers = {})
    response.headers.merge!({ "Content-Type" => "text/plain" }.merge(headers))
    body
  end

  on("/ok", *CHANGING) do
    LOCK.synchronize { RUNS[request.request_method] += 1 }
    text("ok", "X-Total" => "7", "X-Hidden" => "1", "Vary" => "Accept-Encoding")
  end

  on("/json", *CHANGING) do
    text('{"ok":true}', "Content-Type" => "application/json", "X-Total" => "7", "X-Hidden" => "1")
  end

  on("/options", "OPTIONS") { text("mine", "X-App-Options" => "1") }

  on("/put-only", "PUT") { text("ok") }

  on("/boom", "GET") { raise "boom" }

  # The check answers OPTIONS, too, where the library lets it through.
  on("/auth", "GET", "POST", "PUT", "OPTIONS") do
    status 401 unless request.env["HTTP_AUTHORIZATION"]
    text(request.env["HTTP_AUTHORIZATION"] ? "ok" : "login")
  end

  on("/dir/", "GET") { text("ok") }

  on("/redir", "GET") do
    status 302
    response["Location"] = params["to"]
    ""
  end

  on("/own", "GET") { text("ok", "Access-Control-Allow-Origin" => "*") }

  on("/cache", "GET") do
    kept = { "Cache-Control" => "max-age=600", "ETag" => '"1"' }
    halt 304, kept, "" if request.env["HTTP_IF_NONE_MATCH"] == '"1"'
    text("kept", kept)
  end

  on("/cookie", "GET") do
    text(request.env["HTTP_COOKIE"] || "none",
         "Set-Cookie" => "adapter=1; Path=/; Secure; SameSite=None", "Cache-Control" => "no-store")
  end

  on("/echo", "GET") do
    response.headers.merge!("Content-Type" => params["type"], "Cache-Control" => "max-age=600")
    Base64.urlsafe_decode64(params["data"])
  end

  on("/count", "GET") { text(JSON.generate(RUNS), "Content-Type" => "application/json") }
end
