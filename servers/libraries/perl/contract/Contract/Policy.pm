package Contract::Policy;

# The policy. A field that is absent does not exist in the hash.

use strict;
use warnings;

use JSON::PP;

sub read_from {
    my ($class, $file) = @_;
    open my $handle, '<', $file or die "$file: $!\n";
    local $/;
    return bless JSON::PP->new->decode(<$handle>), $class;
}

sub mode { return $_[0]{origins}{mode} }

sub is_default { return $_[0]{kind} eq 'default' }

sub layers { return ($_[0]{layers} // '') eq 'both' ? 2 : 1 }

# The origins of a list. It is empty where no origin may read.
sub list {
    my ($self) = @_;
    return (@{ $self->{origins}{values} // [] }, $self->{origins}{allowNull} ? 'null' : ());
}

1;
