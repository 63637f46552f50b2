package Contract::Adapter;

# How an adapter starts and ends, and the line that it prints. servers/libraries/README.md describes it whole.

use strict;
use warnings;

use Getopt::Long;
use IO::Handle;
use IO::Socket::INET;
use JSON::PP;

use Contract::Policy;

# The main function of an adapter. mount gets a policy and returns a hash: the line, and the PSGI application app.
sub run {
    my ($class, $mount) = @_;
    my $out = keep_standard_output();
    my %served = $mount->(read_policy());
    my $app = delete $served{app};
    return say_line($out, \%served) unless $app;
    end_with_standard_input();
    serve($app, sub { say_line($out, { ready => JSON::PP::true, port => $_[0], %served }) });
    return;
}

sub read_policy {
    my $file;
    GetOptions('policy=s' => \$file, 'upstream=s' => \my $upstream) or exit 2;
    return Contract::Policy->read_from($file);
}

# Starman speaks HTTP/1.1. It takes a socket as the program start_server would hand it over.
sub serve {
    my ($app, $ready) = @_;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 128) or die "listen: $!\n";
    my $port = $listener->sockport;
    local $ENV{SERVER_STARTER_PORT} = "127.0.0.1:$port=" . $listener->fileno;
    require Plack::Handler::Starman;
    my $server = Plack::Handler::Starman->new(
        host             => '127.0.0.1',
        port             => $port,
        workers          => 10,
        max_requests     => 1_000_000,
        server_ready     => sub { $ready->($port) },
        net_server_log_level => 0,
    );
    $server->run($app);
    return;
}

sub say_line {
    my ($out, $line) = @_;
    print {$out} JSON::PP->new->canonical->encode($line), "\n";
    $out->flush;
    return;
}

# Returns standard output, and has what libraries print go to standard error.
sub keep_standard_output {
    open my $out, '>&', \*STDOUT or die "standard output: $!\n";
    open STDOUT, '>&', \*STDERR or die "standard error: $!\n";
    return $out;
}

# Starman has processes of its own: all are in one group, and a process of that group waits for the end.
sub end_with_standard_input {
    setpgrp;
    my $server = $$;
    defined(my $child = fork) or die "fork: $!\n";
    return if $child;
    1 while sysread STDIN, my $text, 4096;
    kill TERM => $server;
    for (1 .. 20) {
        last unless kill 0 => $server;
        select undef, undef, undef, 0.1;
    }
    kill KILL => -getpgrp;    # what is left, and this process itself
    exit 0;
}

1;
