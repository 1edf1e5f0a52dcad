// SPDX-License-Identifier: GPL-2.0-or-later
/* Every limit of a container at once, whether it runs or is being made. */
#include "ct_limits.h"

#include <errno.h>

#include "cleanup.h"
#include "ctl.h"

int ct_limits_set(int ctl, const struct ct_spec *spec, struct vz_err *err)
{
	for (unsigned int i = 0; i < VZMOD_RESOURCES; i++) {
		const struct ct_limit *limit = &spec->limits[i];
		int ret;

		if (!(spec->limits_set >> i & 1))
			continue;
		ret = ctl_set_limit(ctl, spec->ctid, i, limit->barrier, limit->limit);
		if (ret) {
			errno = -ret;
			return vz_fail_errno(err, VZ_SETUBC_ERROR, "Unable to set UBC parameters");
		}
	}
	return 0;
}

int ct_apply_limits(const struct ct_spec *spec, struct vz_err *err)
{
	_cleanup_close_ int ctl = ctl_open(err);

	return ctl < 0 ? -1 : ct_limits_set(ctl, spec, err);
}
