#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# Run TAP-printing commands with perl's own TAP::Harness, print one last line.
#
#   harness.pl JOBS <LIST     lines of NAME<tab>COMMAND, words split at blanks

use strict;
use warnings;
use TAP::Harness;

my $jobs = shift // die "usage: harness.pl JOBS <LIST\n";
my (@names, %commands, @skipped);
while (<STDIN>) {
	chomp;
	my ($name, $command) = split /\t/, $_, 2;
	push @names, $name;
	$commands{$name} = [split ' ', $command];
}

my $harness = TAP::Harness->new({
	jobs     => $jobs,
	timer    => 1,
	failures => 1,
	exec     => sub { $commands{$_[1]} },
});
$harness->callback(made_parser => sub {
	my ($parser, $job) = @_;
	$parser->callback(test => sub {
		push @skipped, $job->[1] . ': ' . $_[0]->as_string if $_[0]->has_skip;
	});
});
my $results = $harness->runtests(map { [$_, $_] } @names);

# A program that died, or did not do what it planned, failed as a whole even
# if each line it printed was good.
my ($failed, $skipped) = (scalar $results->failed, scalar $results->skipped);
for my $parser ($results->parsers(@names)) {
	$failed++ if $parser->has_problems && !$parser->failed;
	if (defined $parser->skip_all) {
		$skipped++;
		push @skipped, 'all of it: ' . $parser->skip_all;
	}
}
my $passed = $results->passed - $results->skipped;

print "skipped: $_\n" for @skipped;
print "$passed passed, $failed failed, $skipped skipped\n";
exit($failed || !$passed);
