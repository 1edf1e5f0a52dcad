// SPDX-License-Identifier: GPL-2.0-or-later
/* Configuration files as lists of lines; see conf.h. */
#include "conf.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "atomic_write.h"
#include "cleanup.h"
#include "log.h"

#define MAX_WARNINGS	20

void conf_warn(struct conf *conf, size_t line, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (conf->warnings > MAX_WARNINGS)
		return;
	if (conf->warnings++ == MAX_WARNINGS) {
		vz_log(LOG_ERROR, "Warning: more problems in %s are not shown",
		       conf->path);
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	vz_log(LOG_ERROR, "Warning at %s:%zu: %s", conf->path, line + 1, text);
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t\r\v\f");
}

static bool is_end(const char *s)
{
	const char *rest = skip_blanks(s);

	return !*rest || (*rest == '#' && (rest > s));
}

static size_t key_length(const char *s)
{
	size_t n = 0;

	if (isalpha((unsigned char)*s) || *s == '_')
		while (isalnum((unsigned char)s[n]) || s[n] == '_')
			n++;
	return n;
}

/*
 * Copy the value at @s without quotes and escapes into @out, which is as long.
 * Returns NULL, or what is wrong with it.
 */
static const char *scan_value(const char *s, char *out)
{
	char quote = *s == '"' || *s == '\'' ? *s++ : '\0';

	for (; *s; s++) {
		if (quote ? *s == quote : isspace((unsigned char)*s))
			break;
		if (*s == '\\' && quote != '\'' && s[1])
			s++;
		*out++ = *s;
	}
	*out = '\0';
	if (quote && *s++ != quote)
		return "quote is not closed";
	return is_end(s) ? NULL : "text after the value";
}

static int parse_line(struct conf *conf, struct conf_line *line)
{
	size_t number = line - conf->lines;
	const char *s = skip_blanks(line->text);
	size_t len = key_length(s);
	const char *problem;

	if (!*s || *s == '#')
		return 0;
	if (!len || s[len] != '=') {
		conf_warn(conf, number, "not KEY=\"value\", ignored");
		return 0;
	}
	line->value = malloc(strlen(s));
	line->key = strndup(s, len);
	if (!line->value || !line->key)
		return -1;
	problem = scan_value(s + len + 1, line->value);
	if (problem) {
		conf_warn(conf, number, "%s in %s, ignored", problem,
			  line->key);
		free(steal_ptr(&line->key));
		free(steal_ptr(&line->value));
	}
	return 0;
}

static struct conf_line *add_line(struct conf *conf, char *text)
{
	struct conf_line *lines;

	/* Grown by doubling: a power of two is full. */
	if (!(conf->count & (conf->count - 1))) {
		lines = reallocarray(conf->lines, conf->count * 2 + 1,
				     sizeof(*lines));
		if (!lines)
			return NULL;
		conf->lines = lines;
	}
	conf->lines[conf->count] = (struct conf_line){ .text = text };
	return &conf->lines[conf->count++];
}

static int parse_next_line(struct conf *conf, const char *buf, size_t len)
{
	_cleanup_free_ char *text = strndup(buf, len);
	struct conf_line *line = text ? add_line(conf, text) : NULL;

	if (!line)
		return -1;
	steal_ptr(&text);
	return parse_line(conf, line);
}

int conf_parse(struct conf *conf, const char *path, const char *buf, size_t len,
	       struct vz_err *err)
{
	const char *end = buf + len;

	*conf = (struct conf){ .path = strdup(path) };
	if (!conf->path)
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", path);
	if (len > CONF_MAX_SIZE)
		return vz_fail(err, VZ_INVALID_CONFIG,
			       "Configuration file %s is too large (%zu bytes, at most %d)",
			       path, len, CONF_MAX_SIZE);
	if (memchr(buf, '\0', len))
		return vz_fail(err, VZ_INVALID_CONFIG,
			       "Configuration file %s is damaged: not a text file",
			       path);
	while (buf < end) {
		const char *eol = memchr(buf, '\n', end - buf);

		if (!eol)
			eol = end;
		if (parse_next_line(conf, buf, eol - buf))
			return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", path);
		buf = eol + 1;
	}
	return 0;
}

/* Reads up to one byte more than conf_parse() accepts. */
static ssize_t read_file(int fd, char *buf, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, buf + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		used += n;
	}
	return used;
}

static int open_regular(const char *path, struct stat *st)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, st))
		return -1;
	if (!S_ISREG(st->st_mode)) {
		errno = S_ISDIR(st->st_mode) ? EISDIR : EINVAL;
		return -1;
	}
	return steal_fd(&fd);
}

int conf_load(struct conf *conf, const char *path, struct vz_err *err)
{
	_cleanup_free_ char *buf = malloc(CONF_MAX_SIZE + 1);
	_cleanup_close_ int fd = -1;
	ssize_t len = -1;
	struct stat st;
	size_t size;

	fd = open_regular(path, &st);
	if (fd >= 0 && buf)
		len = read_file(fd, buf, CONF_MAX_SIZE + 1);
	if (len < 0)
		return vz_fail_errno(err, VZ_NO_CONFIG, "Unable to read %s",
				     path);
	/* Beyond the limit only the size is looked at. */
	size = len > CONF_MAX_SIZE ? (size_t)st.st_size : (size_t)len;
	return conf_parse(conf, path, buf, size, err);
}

static void free_line(struct conf_line *line)
{
	free(line->text);
	free(line->key);
	free(line->value);
}

void conf_free(struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->count; i++)
		free_line(&conf->lines[i]);
	free(conf->lines);
	free(conf->path);
	*conf = (struct conf){ 0 };
}

static struct conf_line *find(const struct conf *conf, size_t from,
			      const char *key)
{
	size_t i;

	for (i = from; i < conf->count; i++)
		if (conf->lines[i].key && !strcmp(conf->lines[i].key, key))
			return &conf->lines[i];
	return NULL;
}

const char *conf_get(const struct conf *conf, const char *key)
{
	const struct conf_line *line = find(conf, 0, key);

	return line ? line->value : NULL;
}

bool conf_value_is_safe(const char *value)
{
	const char *s;

	for (s = value; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f ||
		    strchr("\"`\\", *s))
			return false;
		if (*s == '$' && strncmp(s, "${VEID}", 7) &&
		    (strncmp(s, "$VEID", 5) || isalnum((unsigned char)s[5]) ||
		     s[5] == '_'))
			return false;
	}
	return true;
}

static void remove_lines(struct conf *conf, struct conf_line *line,
			 const char *key)
{
	while ((line = find(conf, line - conf->lines, key))) {
		free_line(line);
		memmove(line, line + 1, (char *)(conf->lines + conf->count) -
			(char *)(line + 1));
		conf->count--;
		conf->changed = true;
	}
}

/* A line that reads as @key with @value; all three texts are allocated. */
static int make_line(struct conf_line *line, const char *key, const char *value)
{
	*line = (struct conf_line){ 0 };
	line->key = strdup(key);
	line->value = strdup(value);
	if (line->key && line->value &&
	    asprintf(&line->text, "%s=\"%s\"", key, value) >= 0)
		return 0;
	line->text = NULL;
	free_line(line);
	return -1;
}

int conf_set(struct conf *conf, const char *key, const char *value,
	     struct vz_err *err)
{
	struct conf_line *line = find(conf, 0, key);
	struct conf_line made;

	if (!value) {
		if (line)
			remove_lines(conf, line, key);
		return 0;
	}
	if (line && !strcmp(line->value, value))
		return 0;
	if (!conf_value_is_safe(value))
		return vz_fail(err, VZ_BAD_VALUE,
			       "Value of %s cannot be stored in a configuration file: %s",
			       key, value);
	if (make_line(&made, key, value))
		return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", key);
	if (line) {
		free_line(line);
		*line = made;
		remove_lines(conf, line + 1, key);
	} else {
		line = add_line(conf, NULL);
		if (!line) {
			free_line(&made);
			return vz_fail_errno(err, VZ_SYSTEM_ERROR, "%s", key);
		}
		*line = made;
	}
	conf->changed = true;
	return 0;
}

char *conf_text(const struct conf *conf, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);
	size_t i;

	if (!out)
		return NULL;
	for (i = 0; i < conf->count; i++)
		fprintf(out, "%s\n", conf->lines[i].text);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

int conf_save(const struct conf *conf, const char *path, struct vz_err *err)
{
	size_t len;
	_cleanup_free_ char *text = conf_text(conf, &len);

	if (!text)
		return vz_fail_errno(err, VZ_SAVE_CONFIG_ERROR,
				     "Unable to save %s", path);
	return atomic_write(path, text, len, 0644, err);
}
