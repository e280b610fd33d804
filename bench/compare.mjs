// SPDX-License-Identifier: MIT
// Whole commands of espflash-c and its peers on one paced wire, side by side.
// usage: node bench/compare.mjs BUILD [--quick] [--out FOLDER] [--host FILE] [--only TEXT]
//
// Each client gets a fresh virtual board (espsim --pace --latency). A proxy between them counts
// the bytes each way and the turns of the conversation. The result is FOLDER/performance.json,
// FOLDER/performance.svg and the tables of FOLDER/performance.md, between its marks. FILE: what
// bench/run measured before; it goes there, too. TEXT: only cases with it in their name. A client that
// hangs is ended after LIMIT_S.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Rfc2217Port } from "../tests/peer/rfc2217_port.mjs";

const top = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const args = process.argv.slice(2);
const known = ["--quick", "--out", "--host", "--only"];
const unknown = args.find((a, i) => a.startsWith("-") && !known.includes(a) && !known.slice(1).includes(args[i - 1]));
if (unknown) { // also --help: a run takes minutes, and writes into docs
	const help = fs.readFileSync(fileURLToPath(import.meta.url), "utf8").split("\n").slice(1, 9).map((l) => l.replace(/^\/\/ ?/, ""));
	console[unknown === "--help" ? "log" : "error"](unknown === "--help" ? help.join("\n") : `compare: no option ${unknown}; --help tells`);
	process.exit(unknown === "--help" ? 0 : 2);
}
const quick = args.includes("--quick");
const out = args.includes("--out") ? args[args.indexOf("--out") + 1] : path.join(top, "docs");
const only = args.includes("--only") ? args[args.indexOf("--only") + 1] : "";
const host = args.includes("--host") ? fs.readFileSync(args[args.indexOf("--host") + 1], "utf8").trimEnd() : "";
const build = args.find((a, i) => !a.startsWith("--") && !["--out", "--host", "--only"].includes(args[i - 1])) ?? path.join(top, "build");
const LIMIT_S = 600;
const cli = path.join(build, "src/cli/espflash-c"), espsim = path.join(build, "src/sim/espsim");
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), "ef-bench-"));
const ADDRESS = 0x10000, CHIP = "esp32";

// ---- images: machine code, and noise from a fixed seed ----
function noise(length) {
	const parts = [];
	for (let i = 0; i * 32 < length; i++) parts.push(createHash("sha256").update(`${i}`).digest());
	return Buffer.concat(parts).subarray(0, length);
}
// The sample program: all code of espflash-c, linked at fixed addresses, as firmware is. The second
// build has one function and some data more, in front of the rest: everything moves.
function link(name, extra) {
	const file = path.join(tmp, name), cc = process.env.CC || "cc";
	const libs = ["src/cli/libespflash-cli-objects.a", "src/libespflash.a"].map((l) => path.join(build, l));
	const made = spawnSync(cc, ["-no-pie", "-static", "-nostdlib", "-Wl,--unresolved-symbols=ignore-all,-e,0,-s,--build-id=none",
		"-x", "c", "-", "-x", "none", "-Wl,--whole-archive", ...libs, "-o", file], { input: extra });
	if (made.status !== 0) throw new Error(`${cc} can't link the sample program: ${made.stderr}`);
	return fs.readFileSync(file);
}
const first = link("first", "");
const second = link("second", "int added(int a) { return a * 7 + (a >> 3); }\nint data[16] = { 1, 2, 3 };\n");
function code(length, sample = first) {
	let b = sample;
	while (b.length < length + 0x1000) b = Buffer.concat([b, b.map((x) => x ^ (b.length >> 20 & 0xff))]);
	return b.subarray(0x1000, 0x1000 + length);
}
const edits = {
	"a string": (b) => { b = Buffer.from(b); b.write("another version", b.length >> 1); return b; },
	"a function": (b) => { b = Buffer.from(b); noise(2048).copy(b, b.length >> 2); return b; },
	"a full relink": (b) => code(b.length, second),
};
const images = { "70 KB": code(70000), "600 KB": code(601808), "600 KB of noise": noise(601808) };
if (!quick) Object.assign(images, { "4 MB": code(3900000), empty: Buffer.alloc(601808, 0xff) });

// ---- the wire ----
async function startBoard(flash, latency) {
	const board = spawn(espsim, ["--chip", CHIP, "--size", "8MB", "--quiet", "--pace", "--latency", `${latency}`,
		"--flash", flash], { stdio: ["ignore", "pipe", "ignore"] });
	for await (const line of readline.createInterface({ input: board.stdout })) return { board, url: line };
	throw new Error("espsim did not start");
}
// Bytes of RFC 2217 itself count too: a few dozen.
async function startProxy(url) {
	const target = new URL(url.replace(/^rfc2217:/, "http:"));
	const count = { up: 0, down: 0, turns: 0, last: "" };
	const server = net.createServer((a) => {
		const b = net.connect(Number(target.port), target.hostname);
		for (const s of [a, b]) s.setNoDelay(true).on("error", () => {});
		a.on("data", (d) => { count.up += d.length; count.last = "up"; b.write(d); });
		b.on("data", (d) => {
			count.down += d.length;
			if (count.last === "up") count.turns++;
			count.last = "down";
			a.write(d);
		});
		a.on("close", () => b.end());
		b.on("close", () => a.end());
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	return { server, count, url: `rfc2217://127.0.0.1:${server.address().port}` };
}

// ---- clients ----
function run(command, argv) {
	return new Promise((done, fail) => {
		const child = spawn(command, argv, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ESPFLASH_BAUD: "" } });
		const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_S * 1000);
		let text = "";
		for (const s of [child.stdout, child.stderr]) s.on("data", (d) => (text += d));
		child.on("error", fail);
		child.on("close", (code) => clearTimeout(limit) ?? (code === 0 ? done() : fail(new Error(`${command}: ${code}: ${text}`))));
	});
}
const jsEntry = path.join(top, "node_modules", "esptool-js", "lib", "index.js");
const js = fs.existsSync(jsEntry) ? await import(pathToFileURL(jsEntry)) : null;
async function esptoolJs(url, file, baud) {
	const terminal = { clean() {}, write() {}, writeLine() {} };
	const transport = new js.Transport(new Rfc2217Port(url), false);
	transport.trace = () => {};
	const loader = new js.ESPLoader({ transport, baudrate: baud, romBaudrate: 115200, terminal });
	await loader.main();
	await loader.writeFlash({
		fileArray: [{ data: Uint8Array.from(fs.readFileSync(file)), address: ADDRESS }],
		flashSize: "keep", flashMode: "keep", flashFreq: "keep", eraseAll: false, compress: true,
		calculateMD5Hash: (image) => createHash("md5").update(image).digest("hex"),
	});
	await loader.after("hard_reset");
	await transport.disconnect();
}
const esptool = ["esptool", "esptool.py"].find((n) => spawnSync(n, ["version"]).status === 0);
const clients = {
	"espflash-c": (url, file, baud, own) => run(cli, ["write-bin", "--non-interactive", "--no-listen", "-p", url,
		...(baud ? ["-B", `${baud}`] : []), ...own, `${ADDRESS}`, file]),
};
if (js) clients["esptool-js"] = (url, file, baud) => esptoolJs(url, file, baud || 115200);
else console.log("no esptool-js (npm ci --ignore-scripts): skipped");
if (esptool) clients.esptool = (url, file, baud) => run(esptool, ["--port", url, "--chip", CHIP,
	...(baud ? ["-b", `${baud}`] : []), "write-flash", `${ADDRESS}`, file]);
else console.log("no esptool installed: skipped");

// ---- one measurement ----
async function within(work) {
	let limit;
	const late = new Promise((_, fail) => (limit = setTimeout(() => fail(new Error(`no end within ${LIMIT_S} s`)), LIMIT_S * 1000)));
	try {
		await Promise.race([work, late]);
	} finally {
		clearTimeout(limit);
	}
}
// own: options that only espflash-c has
async function measure(client, what, image, before, baud, latency, own = []) {
	const flash = path.join(tmp, "flash"), file = path.join(tmp, "image.bin");
	const content = Buffer.alloc(8 << 20, 0xff);
	if (before) before.copy(content, ADDRESS);
	fs.writeFileSync(flash, content);
	fs.writeFileSync(file, image);
	const { board, url } = await startBoard(flash, latency);
	const proxy = await startProxy(url);
	const row = { client, what, baud: baud || "none given", latency_ms: latency };
	const start = process.hrtime.bigint();
	try {
		await within(clients[client](proxy.url, file, baud, own));
		row.seconds = Number(process.hrtime.bigint() - start) / 1e9;
		row.bytes_to_chip = proxy.count.up;
		row.bytes_from_chip = proxy.count.down;
		row.round_trips = proxy.count.turns;
		if (baud) row.limit_seconds = (proxy.count.up * 10) / baud;
		if (baud) row.idle_seconds = row.seconds - row.limit_seconds;
		const now = fs.readFileSync(flash).subarray(ADDRESS, ADDRESS + image.length);
		if (!now.equals(image)) row.error = "the flash differs from the image";
	} catch (error) {
		row.error = error.message.split("\n")[0];
	}
	board.kill("SIGTERM");
	await new Promise((done) => board.once("exit", done));
	proxy.server.close();
	const cells = row.error ?? `${row.seconds.toFixed(2)} s, ${row.bytes_to_chip} bytes, ${row.round_trips} round trips`;
	console.log(`${what.padEnd(34)} ${`${row.baud}`.padStart(10)} ${`${latency}`.padStart(3)} ms  ${client.padEnd(11)} ${cells}`);
	return row;
}

const cases = [];
for (const [name, image] of Object.entries(images))
	for (const [baud, latency] of quick ? [[921600, 1]] : [[460800, 1], [921600, 1], [921600, 16]])
		cases.push([`${name}, first flash`, image, null, baud, latency]);
if (quick) for (const [baud, latency] of [[460800, 1], [921600, 16]]) cases.push(["600 KB, first flash", images["600 KB"], null, baud, latency]);
cases.push(["600 KB, first flash", images["600 KB"], null, 2000000, 1]);
cases.push(["600 KB, first flash", images["600 KB"], null, 0, 1]);
for (const latency of [1, 16]) cases.push(["600 KB, the same again", images["600 KB"], images["600 KB"], 921600, latency]);
for (const [name, edit] of Object.entries(edits))
	cases.push([`600 KB, ${name}`, edit(images["600 KB"]), images["600 KB"], 921600, 1]);
cases.push(["600 KB, a full relink, --no-skip", edits["a full relink"](images["600 KB"]), images["600 KB"], 921600, 1, ["--no-skip"]]);
const rows = [];
for (const c of cases.filter((c) => c[0].includes(only)))
	for (const client of c[5] ? ["espflash-c"] : Object.keys(clients)) rows.push(await measure(client, ...c));

// ---- results ----
const machine = { date: new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC", cpu: os.cpus()[0].model,
	cores: os.cpus().length, system: `${os.type()} ${os.release()}`, load_at_end: os.loadavg()[0],
	program: spawnSync(cli, ["--version"]).stdout.toString().trim(),
	peers: [js && `esptool-js ${JSON.parse(fs.readFileSync(path.join(jsEntry, "../../package.json"))).version}`,
		esptool && `esptool ${/[0-9]+(\.[0-9]+)+/.exec(spawnSync(esptool, ["version"]).stdout)?.[0]}`].filter(Boolean) };
fs.writeFileSync(path.join(out, "performance.json"), JSON.stringify({ machine, rows, host: host.split("\n") }, null, "\t") + "\n");

function svg() {
	const names = [...new Set(rows.map((r) => `${r.what}, ${r.baud}, ${r.latency_ms} ms`))];
	const list = Object.keys(clients), colors = ["#1f77b4", "#ff7f0e", "#2ca02c"];
	const good = rows.filter((r) => !r.error), most = Math.max(...good.map((r) => r.seconds));
	const step = 18 * list.length + 14;
	let body = "", y = 34;
	list.forEach((c, i) => (body += `<rect x="${330 + i * 130}" y="8" width="12" height="12" fill="${colors[i]}"/>` +
		`<text x="${348 + i * 130}" y="18">${c}</text>`));
	for (const name of names) {
		body += `<text x="320" y="${y + 12}" text-anchor="end">${name}</text>`;
		for (const r of good.filter((r) => `${r.what}, ${r.baud}, ${r.latency_ms} ms` === name)) {
			const i = list.indexOf(r.client), w = (r.seconds / most) * 380;
			body += `<rect x="330" y="${y + 18 * i}" width="${w.toFixed(1)}" height="14" fill="${colors[i]}"/>` +
				`<text x="${(336 + w).toFixed(1)}" y="${y + 18 * i + 12}">${r.seconds.toFixed(2)} s</text>`;
		}
		y += step;
	}
	return `<svg xmlns="http://www.w3.org/2000/svg" width="780" height="${y}" font-family="sans-serif" font-size="12">` +
		`<rect width="100%" height="100%" fill="white"/>${body}</svg>\n`;
}
fs.writeFileSync(path.join(out, "performance.svg"), svg());

const number = (n) => (n === undefined ? "" : n.toLocaleString("en-US"));
const table = ["| what | baud | latency | client | whole command | ratio to limit | bytes to chip | from chip | round trips | idle wire |",
	"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
	...rows.map((r) => r.error
		? `| ${r.what} | ${r.baud} | ${r.latency_ms} ms | ${r.client} | failed: ${r.error} | | | | | |`
		: `| ${r.what} | ${r.baud} | ${r.latency_ms} ms | ${r.client} | ${r.seconds.toFixed(2)} s | ${r.limit_seconds ? (r.seconds / r.limit_seconds).toFixed(2) : ""} | ` +
			`${number(r.bytes_to_chip)} | ${number(r.bytes_from_chip)} | ${r.round_trips} | ${r.idle_seconds ? r.idle_seconds.toFixed(2) + " s" : ""} |`)];
const page = path.join(out, "performance.md"), begin = "<!-- bench -->", end = "<!-- /bench -->";
const result = `${begin}\n\nMeasured ${machine.date} with ${machine.program} on ${machine.cores} cores of ${machine.cpu}, ${machine.system}, ` +
	`load ${machine.load_at_end.toFixed(1)} at the end. Peers: ${machine.peers.join(", ") || "none"}.\n\n` +
	(host ? `\`\`\`text\n${host}\n\`\`\`\n\n` : "") + `![times of whole commands](performance.svg)\n\n${table.join("\n")}\n\n${end}`;
let text = fs.existsSync(page) ? fs.readFileSync(page, "utf8") : `# Performance\n\n${begin}${end}\n`;
text = text.slice(0, text.indexOf(begin)) + result + text.slice(text.indexOf(end) + end.length);
fs.writeFileSync(page, text);
fs.rmSync(tmp, { recursive: true });
