/* SPDX-License-Identifier: MIT */
/*
 * Writes the C file OUT with the stub images, their origin and their licence text,
 * as src/flasher/stub_json.h declares them. LICENCE-FILE may be "".
 *   gen-stubs OUT ORIGIN LICENCE-FILE [IMAGE.json]...
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *name)
{
	fprintf(stderr, "gen-stubs: %s '%s'\n", what, name);
	exit(1);
}

static void put_bytes(FILE *out, const char *path)
{
	FILE *in = fopen(path, "rb");
	int c, column = 0;

	if (!in)
		die("cannot read", path);
	while ((c = getc(in)) != EOF) {
		fprintf(out, "%d,", c);
		if (++column % 24 == 0)
			putc('\n', out);
	}
	if (ferror(in))
		die("cannot read", path);
	fclose(in);
}

static void put_text(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, "%d,", (unsigned char)*text);
}

/* Point *ret at the chip's name in "dir/esp32c3.json" and return the name's length. */
static int stem(const char *path, const char **ret)
{
	const char *slash = strrchr(path, '/');
	const char *dot;

	*ret = slash ? slash + 1 : path;
	dot = strrchr(*ret, '.');
	if (!dot || dot == *ret)
		die("no image name in", path);
	for (const char *c = *ret; c < dot; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			die("bad image name in", path);
	return (int)(dot - *ret);
}

int main(int argc, char **argv)
{
	FILE *out;

	if (argc < 4) {
		fputs("usage: gen-stubs OUT ORIGIN LICENCE-FILE [IMAGE.json]...\n", stderr);
		return 2;
	}
	out = fopen(argv[1], "w");
	if (!out)
		die("cannot write", argv[1]);
	fputs("/* Made by tools/gen-stubs; do not edit. */\n"
	      "#include \"flasher/stub_json.h\"\n\n",
	      out);
	fputs("const char ef_stub_images_origin[] = {", out);
	put_text(out, argc > 4 ? argv[2] : "");
	fputs("0};\nconst char ef_stub_images_licence[] = {\n", out);
	if (argv[3][0])
		put_bytes(out, argv[3]);
	fputs("0};\n", out);
	for (int i = 4; i < argc; i++) {
		fprintf(out, "static const uint8_t image_%d[] = {\n", i);
		put_bytes(out, argv[i]);
		fputs("};\n", out);
	}
	fputs("const struct ef_stub_image ef_stub_images[] = {\n", out);
	for (int i = 4; i < argc; i++) {
		const char *name;
		int len = stem(argv[i], &name);

		fprintf(out, "\t{ \"%.*s\", image_%d, sizeof(image_%d) },\n", len, name, i, i);
	}
	fputs("\t{ NULL, NULL, 0 },\n};\n", out);
	if (ferror(out) | fclose(out))
		die("cannot write", argv[1]);
	return 0;
}
