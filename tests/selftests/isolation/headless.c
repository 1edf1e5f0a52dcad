// SPDX-License-Identifier: GPL-2.0-or-later
/* An init whose main thread ends and leaves everything to another one. */
#include <pthread.h>
#include <unistd.h>

static void *stay(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int main(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, stay, NULL))
		return 1;
	pthread_exit(NULL);
}
