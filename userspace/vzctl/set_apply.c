// SPDX-License-Identifier: GPL-2.0-or-later
/* Changing a running container; see set.h. */
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/config.h"
#include "lib/dist.h"
#include "lib/log.h"
#include "set.h"

/* What each group says about a container that is not running. */
static const struct {
	const char *text;
	int level;
} not_running[PARAM_GROUPS] = {
	[G_UBC] = { "Unable to apply UBC parameters: container is not running",
		    LOG_ERROR },
	[G_NET] = { "Unable to apply network parameters: container is not running",
		    LOG_ERROR },
	[G_NETDEV] = { "Unable to setup network devices: container is not running",
		       LOG_ERROR },
	[G_CPU] = { "Unable to apply CPU parameters: container is not running",
		    LOG_ERROR },
	[G_DEV] = { "Unable to apply devperm: container is not running",
		    LOG_ERROR },
	[G_PCI] = { "Unable to configure PCI devices: container is not running",
		    LOG_ERROR },
	[G_MEMINFO] = { "Unable to apply meminfo: container is not running",
			LOG_ERROR },
	[G_IO] = { "Unable to apply IO parameters: container is not running",
		   LOG_ERROR },
	[G_DISK] = { "Unable to apply disk parameters: container is not running",
		     LOG_ERROR },
	[G_CONFIGURE] = { "Unable to configure container: not running",
			  LOG_NORMAL },
	[G_VETH] = { "Unable to create veth: container is not running",
		     LOG_ERROR },
};

/* Restart-only parameters, in the words of the classic vzctl. */
static const struct {
	enum param_id id;
	const char *text;
} needs_restart[] = {
	{ P_CAPABILITY, "Unable to set capability on a running container" },
	{ P_NETFILTER,
	  "Unable to set iptables/netfilter on a running container" },
	{ P_IPTABLES,
	  "Unable to set iptables/netfilter on a running container" },
	{ P_FEATURES, "Unable to set features on a running container" },
	{ P_DISK_QUOTA,
	  "Unable to switch DISK_QUOTA on or off on a running container" },
	{ P_MOUNT_OPTS,
	  "Unable to change mount options on a running container" },
	{ P_NONE, NULL }
};

static bool has_group(const struct params *params, enum param_group group)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++)
		if (params->set[id] && param_get(id)->group == group)
			return true;
	return false;
}

static int refuse_stopped(const struct set_request *req, struct vz_err *err)
{
	enum param_group group;

	for (group = G_NONE + 1; group < PARAM_GROUPS; group++) {
		if (!has_group(&req->params, group) &&
		    !(req->reset_ub && group == G_UBC))
			continue;
		if (not_running[group].level == LOG_ERROR)
			return vz_fail(err, VZ_NOT_RUNNING, "%s",
				       not_running[group].text);
		vz_log(not_running[group].level, "%s", not_running[group].text);
		return vz_fail(err, VZ_NOT_RUNNING, "%s", "");
	}
	return 0;
}

/* Of a list that is added to, only items that are not in it are a change. */
static bool differs(const struct cmd_ctx *ctx, const struct set_request *req,
		    enum param_id id)
{
	_cleanup_free_ char *now = params_format(ctx->params, id);
	_cleanup_free_ char *wanted = params_format(&req->params, id);
	_cleanup_free_ char *added = NULL;

	if (!wanted || !now)
		return wanted;
	if (!param_get(id)->type->adds)
		return strcmp(now, wanted);
	added = list_remove(wanted, now, '\0');
	return !added || *added;
}

static bool is_for_later(const struct cmd_ctx *ctx,
			 const struct set_request *req, enum param_id id)
{
	return differs(ctx, req, id) && param_get(id)->flags & PF_LATER &&
	       param_get(id)->group;
}

static int refuse_impossible(const struct cmd_ctx *ctx,
			     const struct set_request *req, struct vz_err *err)
{
	enum param_id id;

	for (id = P_NONE + 1; id < PARAM_COUNT; id++) {
		const struct param *param = param_get(id);

		if (!differs(ctx, req, id))
			continue;
		if (param->flags & PF_STOPPED)
			return vz_fail(err, VZ_RUNNING,
				       "Unable to change %s on a running container",
				       param->key);
		if (req->typed[id] && is_for_later(ctx, req, id))
			return vz_fail(err, VZ_NO_KERNEL,
				       "--%s is not applied to a running container by this version",
				       param->option ? param->option :
				       param->key);
	}
	return 0;
}

/* What a sample brings along is no reason to refuse the rest of it. */
static void warn_for_later(const struct cmd_ctx *ctx,
			   const struct set_request *req)
{
	_cleanup_free_ char *names = NULL;
	enum param_id id;
	size_t size;
	FILE *out = open_memstream(&names, &size);

	if (!out)
		return;
	for (id = P_NONE + 1; id < PARAM_COUNT; id++)
		if (!req->typed[id] && is_for_later(ctx, req, id))
			fprintf(out, " %s", param_get(id)->key);
	if (!fclose(out) && *names)
		vz_log(LOG_ERROR, "Warning: not applied by this version:%s",
		       names);
}

static int restart_with(struct cmd_ctx *ctx, struct set_request *req,
			struct vz_err *err)
{
	char restart[] = "restart";

	if (params_overlay(ctx->params, &req->params) ||
	    params_to_spec(ctx->params, ctx->ctid, &ctx->spec, err))
		return vz_fail(err, VZ_SYSTEM_ERROR,
			       "Unable to merge parameters");
	return cmd_restart(ctx, 1, (char *[]){ restart, NULL }, err);
}

/* *restart: everything takes effect by a restart, nothing else is to do. */
static int check_restart(const struct cmd_ctx *ctx, struct set_request *req,
			 bool *restart, struct vz_err *err)
{
	const char *mode = req->setmode;
	bool complained = false;
	size_t i;

	*restart = false;
	for (i = 0; needs_restart[i].id; i++) {
		if (!differs(ctx, req, needs_restart[i].id))
			continue;
		complained = true;
		if (mode && !strcmp(mode, "restart"))
			*restart = true;
		else
			vz_log(LOG_ERROR, "%s", needs_restart[i].text);
	}
	if (!complained || *restart)
		return 0;
	if (mode)
		return vz_fail(err, VZ_RUNNING, "%s", "");
	vz_log(LOG_ERROR,
	       "WARNING: Some of the parameters could not be applied to a running container.\n"
	       "\tPlease consider using --setmode option");
	return 0;
}

/* Only what the command line has, or, for --reset_ub, only the limits. */
static int apply_limits(const struct cmd_ctx *ctx, struct set_request *req,
			struct vz_err *err)
{
	struct ct_spec spec = ctx->spec;

	if (!req->reset_ub &&
	    params_to_spec(&req->params, ctx->ctid, &spec, err))
		return -1;
	if (ct_apply_limits(&spec, err))
		return -1;
	vz_log(LOG_NORMAL, "UB limits were set successfully");
	return 0;
}

static int apply_hostname(const struct cmd_ctx *ctx, struct set_request *req,
			  struct vz_err *err)
{
	const char *ips = params_text(ctx->params, P_IP_ADDRESS);
	struct ct_spec spec = ctx->spec;
	char ip[64];

	if (!ctx->ctid)
		return vz_fail(err, VZ_BAD_HOSTNAME,
			       "The host name of CT0 is not set by vzctl");
	spec.hostname = params_text(&req->params, P_HOSTNAME);
	if (!*spec.hostname)
		return 0;
	snprintf(ip, sizeof(ip), "%.*s", (int)strcspn(ips ? ips : "", " /"),
		 ips ? ips : "");
	return dist_set_hostname(&spec, params_text(ctx->params, P_OSTEMPLATE),
				 ip, "running", err);
}

int set_apply(struct cmd_ctx *ctx, struct set_request *req, bool running,
	      struct vz_err *err)
{
	bool restart;

	if (!running)
		return refuse_stopped(req, err);
	if (check_restart(ctx, req, &restart, err) ||
	    refuse_impossible(ctx, req, err))
		return -1;
	warn_for_later(ctx, req);
	if (restart)
		return restart_with(ctx, req, err) ? -1 : 0;
	if ((req->reset_ub || has_group(&req->params, G_UBC)) &&
	    apply_limits(ctx, req, err))
		return -1;
	if (req->params.set[P_HOSTNAME])
		return apply_hostname(ctx, req, err);
	return 0;
}
