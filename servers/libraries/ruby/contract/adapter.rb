# frozen_string_literal: true

require "json"
require "optparse"
require "contract/policy"

# How an adapter starts and ends, and the line that it prints. servers/libraries/README.md describes it whole.
module Adapter
  # The library does not accept the policy.
  class Refused < StandardError; end

  # What is mounted: a Rack application, and the fields of the line.
  Served = Struct.new(:app, :library, :version, :config, keyword_init: true)

  # The main function of an adapter. The block gets the policy and returns a Served.
  def self.main
    out = keep_standard_output
    end_with_standard_input
    served = yield(read_policy)
    serve(served.app) { |port| say(out, line(served, port)) }
  rescue Refused => e
    say(out, refused: e.message)
  end

  # An exception inside the block is the library's refusal of the policy.
  def self.refusals
    yield
  rescue StandardError => e
    raise Refused, e.message
  end

  def self.read_policy
    file = nil
    OptionParser.new do |options|
      options.on("--policy FILE") { |value| file = value }
      options.on("--upstream URL") # for proxies
    end.parse!
    Policy.new(file)
  end

  def self.line(served, port)
    { ready: true, port: port, library: served.library, version: served.version, config: served.config }
  end

  # Puma is the server that Rails and Sinatra start.
  def self.serve(app)
    require "puma"
    require "puma/server"
    server = Puma::Server.new(app)
    server.add_tcp_listener("127.0.0.1", 0)
    running = server.run
    yield server.connected_ports.first
    running.join
  end

  def self.say(out, line)
    out.puts(JSON.generate(line))
    out.flush
  end

  # Returns standard output, and has what libraries print go to standard error.
  def self.keep_standard_output
    out = $stdout.dup
    $stdout.reopen($stderr)
    out
  end

  def self.end_with_standard_input
    Thread.new do
      $stdin.read
      exit!(0)
    end
  end
end
