#!/usr/bin/env perl

# Plack::Middleware::CrossOrigin, as its documentation says: enable 'CrossOrigin' in a builder. The text of config is
# the program that runs. The application is plain PSGI: Plack has no router.

use strict;
use warnings;

use Plack::Builder;
use Plack::Middleware::CrossOrigin;

use Contract::Adapter;
use Contract::Routes;

my $app = Contract::Routes::app();

# The library's names of the options.
my %names = (
    methods        => 'methods',
    requestHeaders => 'headers',
    exposeHeaders  => 'expose_headers',
    maxAge         => 'max_age',
    credentials    => 'credentials',
);

Contract::Adapter->run(sub {
    my ($policy) = @_;
    if ($policy->mode eq 'regex') {
        return (unsupported => ['origins.mode=regex']);
    }
    my $config  = config($policy);
    my $mounted = eval $config;    ## no critic: the text was made below
    return (refused => $@) unless $mounted;
    return (
        app     => $mounted,
        library => 'Plack::Middleware::CrossOrigin',
        version => Plack::Middleware::CrossOrigin->VERSION,
        config  => $config,
    );
});

sub config {
    my ($policy) = @_;
    my $enable = "    enable 'CrossOrigin'" . join('', map { ",\n        $_" } options($policy)) . ";\n";
    return "builder {\n" . $enable x $policy->layers . "    \$app;\n};\n";
}

sub options {
    my ($policy) = @_;
    return if $policy->is_default;
    my @fields = grep { exists $policy->{$_} } qw(methods requestHeaders exposeHeaders maxAge credentials);
    return 'origins => ' . origins($policy), map { "$names{$_} => " . literal($policy->{$_}) } @fields;
}

sub origins {
    my ($policy) = @_;
    return literal('*') if $policy->mode eq 'any';
    my @list = $policy->list;
    if ($policy->mode eq 'subdomains') {
        s{://}{://*.} for @list;
    }
    return literal(\@list);
}

sub literal {
    my ($value) = @_;
    return '[' . join(', ', map { literal($_) } @{$value}) . ']' if ref $value eq 'ARRAY';
    return $value ? 1 : 0 if JSON::PP::is_bool($value);
    return $value if $value =~ /\A[0-9]+\z/;
    return "'" . $value =~ s/(['\\])/\\$1/gr . "'";
}
