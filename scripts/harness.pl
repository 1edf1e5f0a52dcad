#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# Run TAP-printing commands with perl's own TAP::Harness, print one last line.
# Unit tests come first, and have the machine for themselves.
#
#   harness.pl JOBS LOGS <LIST     lines of NAME<tab>COMMAND, words split at
#                                  blanks
#
# What a command writes to its standard error goes to LOGS/NAME; the end of it
# is printed after all others have run if the command failed.  Its standard
# output goes to LOGS/NAME.tap first, because TAP::Harness starts nothing while
# it waits for the rest of a line.

use strict;
use warnings;
use File::Basename qw(dirname);
use File::Path qw(make_path);
use TAP::Harness;

use constant LOG_LINES => 60;
use constant RUN => '"$@" >"$0.tap" 2>"$0"; status=$?; cat "$0.tap"; exit $status';

my ($jobs, $logs) = @ARGV == 2 ? @ARGV : die "usage: harness.pl JOBS LOGS <LIST\n";
my (@names, %commands, @skipped);
while (<STDIN>) {
	chomp;
	my ($name, $command) = split /\t/, $_, 2;
	push @names, $name;
	make_path(dirname("$logs/$name"));
	$commands{$name} = ['sh', '-c', RUN, "$logs/$name", split ' ', $command];
}

sub print_log {
	my ($name) = @_;

	open my $log, '<', "$logs/$name" or return;
	my @lines = <$log>;
	splice @lines, 0, -LOG_LINES if @lines > LOG_LINES;
	print "---- end of $logs/$name ----\n", @lines, "----\n" if @lines;
}

my $harness = TAP::Harness->new({
	jobs     => $jobs,
	timer    => 1,
	failures => 1,
	rules    => { seq => [ { par => 'unit/*' }, { par => '**' } ] },
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
for my $name (@names) {
	my ($parser) = $results->parsers($name);
	print_log($name) if $parser->has_problems;
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
