package Contract::Adapter;

# How an adapter starts and ends, and the line that it prints. servers/libraries/README.md describes it whole.

use strict;
use warnings;

use Getopt::Long;
use IO::Handle;
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use POSIX qw(WNOHANG);

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

# Starman has processes of its own: they are a process group. Two processes wait for the end of standard input and end
# that group: the first process, which ends last, and a process of the group, in case the first one was killed.
sub end_with_standard_input {
    defined(my $server = fork) or die "fork: $!\n";
    if ($server) {
        local $SIG{CHLD} = sub { };    # the end of the server interrupts the wait
        wait_for_the_end();
        my $ended = IO::Select->new(\*STDIN)->can_read(0);
        kill KILL => -$server;
        for (1 .. 150) {
            waitpid $server, WNOHANG;
            last unless kill 0 => -$server;
            select undef, undef, undef, 0.01;
        }
        exit($ended ? 0 : 1);
    }
    setpgrp;
    defined(my $watcher = fork) or die "fork: $!\n";
    return if $watcher;
    wait_for_the_end();
    kill KILL => -getpgrp;
    return;
}

sub wait_for_the_end {
    1 while sysread STDIN, my $text, 4096;
    return;
}

1;
