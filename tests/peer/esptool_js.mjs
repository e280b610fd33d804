// SPDX-License-Identifier: MIT
// esptool-js, Espressif's own client, against the virtual board: it must take it for a chip.
// usage: node esptool_js.mjs ESPSIM NODE_MODULES CHIP...
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";
import { Rfc2217Port } from "./rfc2217_port.mjs";

const [espsim, modules, ...chips] = process.argv.slice(2);
const entry = path.join(modules, "esptool-js", "lib", "index.js");
if (!fs.existsSync(entry)) {
	console.log(`no esptool-js in '${modules}': skipped (npm ci --ignore-scripts)`);
	process.exit(77);
}
const { ESPLoader, Transport } = await import(pathToFileURL(entry));

// The board's first line on stdout is its URL.
async function startBoard(chip, options) {
	const board = spawn(espsim, ["--chip", chip, "--size", "8MB", "--quiet", ...options], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	for await (const line of readline.createInterface({ input: board.stdout }))
		return { board, url: line };
	throw new Error("espsim did not start");
}

function check(condition, text) {
	if (!condition) throw new Error(text);
}

function equal(a, b) {
	return Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;
}

async function run(chip, options, usb) {
	const { board, url } = await startBoard(chip, options);
	const log = [];
	const terminal = { clean() {}, write: (t) => log.push(t), writeLine: (t) => log.push(t + "\n") };
	const port = new Rfc2217Port(url, usb);
	const transport = new Transport(port, false);
	transport.trace = () => {};
	try {
		const loader = new ESPLoader({ transport, baudrate: 460800, romBaudrate: 115200, terminal });
		const description = await loader.main();
		const name = loader.chip.CHIP_NAME.toLowerCase().replace("-", "");
		check(name === chip, `taken for '${description}'`);
		check(loader.IS_STUB, "no stub runs");
		check((await loader.detectFlashSize()) === "8MB", "wrong flash size");

		const data = Buffer.concat([randomBytes(90000), Buffer.alloc(60000), Buffer.alloc(2, 0xc0)]);
		for (const [address, compress] of [[0x10000, true], [0x80000, false]])
			await loader.writeFlash({
				fileArray: [{ data: Uint8Array.from(data), address }],
				flashSize: "keep", flashMode: "keep", flashFreq: "keep", eraseAll: false, compress,
				calculateMD5Hash: (image) => createHash("md5").update(image).digest("hex"),
			});
		check(log.filter((l) => l.includes("Hash of data verified.")).length === 2, "not verified");
		const back = await loader.readFlash(0x10000, data.length);
		check(equal(back, data), "what was read back differs");
		// esptool-js leaves the MD5 that the stub sends after the data. A command in the same
		// packet as the last acknowledgement would be lost, as the stub loses it.
		const digest = await transport.read(3000);
		check(equal(digest, createHash("md5").update(data).digest()), "wrong MD5 after reading");
		await loader.after("hard_reset");
		console.log(`ok   ${chip}${usb.usbVendorId ? " over USB" : ""}: ${description}`);
		return true;
	} catch (error) {
		console.log(`FAIL ${chip}: ${error.stack}\n${log.join("")}`);
		return false;
	} finally {
		await transport.disconnect().catch(() => {});
		board.kill("SIGTERM");
		await new Promise((done) => board.once("exit", done));
	}
}

let good = true;
for (const chip of chips) good = (await run(chip, [], {})) && good;
const usb = { usbVendorId: 0x303a, usbProductId: 0x1001 };
good = (await run("esp32s3", ["--circuit", "usb-jtag"], usb)) && good;
process.exit(good ? 0 : 1);
