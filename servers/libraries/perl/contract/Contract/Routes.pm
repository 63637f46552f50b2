package Contract::Routes;

# The routes, without CORS: a PSGI application.

use strict;
use warnings;

use JSON::PP;
use MIME::Base64 qw(decode_base64url);
use Plack::Middleware::Head;
use Plack::Request;

my @text     = ('Content-Type' => 'text/plain');
my @changing = qw(GET HEAD POST PUT PATCH DELETE);

# The runs of /ok, by method. Starman has several processes: each run adds a byte to an unnamed file that they share.
my %runs = map { $_ => unnamed_file() } @changing;

my %routes = (
    '/ok'       => { map { $_ => \&ok } @changing },
    '/json'     => { map { $_ => \&json } @changing },
    '/options'  => { OPTIONS => sub { return answer(200, 'mine', 'X-App-Options' => '1') } },
    '/put-only' => { PUT => \&plain },
    '/boom'     => { GET => sub { die "boom\n" } },
    '/auth'     => { map { $_ => \&auth } qw(GET POST PUT OPTIONS) },
    '/dir/'     => { GET => \&plain },
    '/redir'    => { GET => sub { return [302, [Location => $_[0]->param('to')], []] } },
    '/own'      => { GET => sub { return answer(200, 'ok', 'Access-Control-Allow-Origin' => '*') } },
    '/cache'    => { GET => \&cache },
    '/cookie'   => { GET => \&cookie },
    '/echo'     => { GET => \&echo },
    '/count'    => { GET => \&count },
);

# Starman would send the body of an answer to HEAD.
sub app {
    return Plack::Middleware::Head->wrap(\&respond);
}

sub respond {
    my $request = Plack::Request->new(shift);
    my $route   = $routes{ $request->path } or return answer(404, 'not found');
    my $handler = $route->{ $request->method } or return answer(405, 'method not allowed');
    return $handler->($request);
}

sub answer {
    my ($status, $body, @headers) = @_;
    return [$status, [@text, @headers], [$body]];
}

sub plain { return answer(200, 'ok') }

sub ok {
    my ($request) = @_;
    syswrite $runs{ $request->method }, '.';
    return answer(200, 'ok', 'X-Total' => '7', 'X-Hidden' => '1', 'Vary' => 'Accept-Encoding');
}

sub json {
    my @headers = ('Content-Type' => 'application/json', 'X-Total' => '7', 'X-Hidden' => '1');
    return [200, \@headers, ['{"ok":true}']];
}

# The check answers OPTIONS, too, where the library lets it through.
sub auth {
    my ($request) = @_;
    return $request->header('Authorization') ? plain() : answer(401, 'login');
}

sub cache {
    my ($request) = @_;
    my @kept = ('Cache-Control' => 'max-age=600', 'ETag' => '"1"');
    return [304, \@kept, []] if ($request->header('If-None-Match') // '') eq '"1"';
    return answer(200, 'kept', @kept);
}

sub cookie {
    my ($request) = @_;
    my @headers = ('Set-Cookie' => 'adapter=1; Path=/; Secure; SameSite=None', 'Cache-Control' => 'no-store');
    return answer(200, $request->header('Cookie') // 'none', @headers);
}

sub echo {
    my ($request) = @_;
    my @headers = ('Content-Type' => $request->param('type'), 'Cache-Control' => 'max-age=600');
    return [200, \@headers, [decode_base64url($request->param('data'))]];
}

sub count {
    my %count = map { $_ => -s $runs{$_} } keys %runs;
    return [200, ['Content-Type' => 'application/json'], [JSON::PP->new->canonical->encode(\%count)]];
}

sub unnamed_file {
    open my $file, '+>>', undef or die "unnamed file: $!\n";
    return $file;
}

1;
