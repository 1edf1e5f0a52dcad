/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who owns an object of the kernel: every chargeable one leads to a user
 * namespace, and a container is a user namespace with all that is below it.
 */
#ifndef VZ_KMOD_OWNER_H
#define VZ_KMOD_OWNER_H

#include <linux/user_namespace.h>

#include "kernel/ct.h"

struct ct *owner_walk(const struct user_namespace *ns);

/**
 * owner_of() - the container that a user namespace belongs to
 * @ns: pinned by the caller
 *
 * One compare for everything that belongs to the host.
 *
 * Context: any.
 * Return: valid as long as @ns is pinned; NULL for the host.
 */
static __always_inline struct ct *owner_of(const struct user_namespace *ns)
{
	if (likely(ns == &init_user_ns))
		return NULL;
	return owner_walk(ns);
}

/**
 * bc_of() - the beancounter to charge for what a user namespace owns
 * @ns: pinned by the caller
 *
 * Context: any.
 * Return: valid as long as @ns is pinned; NULL for the host, which is not
 * charged.
 */
static __always_inline struct beancounter *bc_of(const struct user_namespace *ns)
{
	struct ct *ct = owner_of(ns);

	return ct ? &ct->bc : NULL;
}

/**
 * owner_get() - pin a container, by its user namespace
 * @ct: a container that is alive
 *
 * For what is charged to it and does not pin the namespace itself.
 *
 * Context: any.
 */
static inline void owner_get(struct ct *ct)
{
	get_user_ns((struct user_namespace *)ct->ns);
}

/**
 * owner_put() - the end of owner_get()
 * @ct: not to be used any more
 *
 * Context: any.
 */
static inline void owner_put(struct ct *ct)
{
	put_user_ns((struct user_namespace *)ct->ns);
}

#endif
