# SPDX-License-Identifier: GPL-2.0-only
# Print C files whose includes of our own headers loop, are too deep or too many.

# What every file of the library may speak (releasing, failing, logging, being
# cancelled) does not make it depend on more, so it is not counted.
BEGIN {
	max_depth = 4
	max_headers = 7
	split("cancel cleanup ct ctl err fds log report", names, " ")
	for (i in names)
		common[names[i] ".h"] = common["lib/" names[i] ".h"] = 1
}

function locate(from, name,    dir) {
	dir = from
	sub(/[^\/]*$/, "", dir)
	if (exists(dir name))
		return dir name
	return exists("userspace/" name) ? "userspace/" name : name
}

function exists(path,    line, found) {
	found = (getline line < path) > 0
	close(path)
	return found
}

function depth(file, trail,    list, n, i, d, max) {
	if (index(trail, " " file " ")) {
		if (index(trail, " " file " ") == 1)
			print file ": includes itself:" trail
		return 0
	}
	n = (file in includes) ? split(includes[file], list, " ") : 0
	for (i = 1; i <= n; i++) {
		d = 1 + depth(list[i], trail file " ")
		if (d > max)
			max = d
	}
	return max + 0
}

match($0, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/) {
	split($0, part, "\"")
	includes[FILENAME] = includes[FILENAME] " " locate(FILENAME, part[2])
	count[FILENAME] += !(part[2] in common)
}

END {
	for (file in includes) {
		if (file ~ /\.c$/ && count[file] > max_headers)
			print file ": " count[file] " headers of ours, at most " max_headers
		if ((d = depth(file, " ")) > max_depth)
			print file ": headers " d " deep, at most " max_depth
	}
}
