// SPDX-License-Identifier: MIT
// A Web Serial port over an RFC 2217 connection: just what esptool-js asks of one.
import net from "node:net";

const IAC = 255, SB = 250, SE = 240, WILL = 251, DONT = 254, COM_PORT = 44;
const SET_BAUD = 1, SET_CONTROL = 5;

export class Rfc2217Port {
	constructor(url, info = {}) {
		const { hostname, port } = new URL(url.replace(/^rfc2217:/, "http:"));
		this.host = hostname;
		this.port = Number(port);
		this.info = info;
		this.readable = null;
		this.writable = null;
	}

	getInfo() {
		return this.info;
	}

	async open({ baudRate }) {
		this.state = "data";
		this.socket = net.connect({ host: this.host, port: this.port, noDelay: true });
		await new Promise((done, fail) => {
			this.socket.once("connect", done);
			this.socket.once("error", fail);
		});
		this.readable = new ReadableStream({
			start: (controller) => {
				this.controller = controller;
			},
			cancel: () => {
				this.controller = null;
			},
		});
		this.writable = new WritableStream({
			write: (chunk) => this.send(this.escape(chunk)),
		});
		this.socket.on("data", (data) => this.receive(data));
		this.socket.on("error", () => {});
		// we WILL and they shall DO: binary, no go-ahead, serial port
		await this.send([0, 3, COM_PORT].flatMap((o) => [IAC, WILL, o, IAC, 253, o]));
		await this.setBaudRate(baudRate);
	}

	async close() {
		try {
			this.controller?.close();
		} catch {
			// closed before
		}
		this.controller = null;
		this.readable = null;
		this.writable = null;
		await new Promise((done) => this.socket.end(done));
		this.socket.destroy();
	}

	async setBaudRate(rate) {
		await this.send(this.option(SET_BAUD, [rate >>> 24, rate >>> 16, rate >>> 8, rate]));
	}

	// Both lines in one packet: they change together, as in one control transfer.
	async setSignals({ dataTerminalReady, requestToSend }) {
		let packet = [];
		if (dataTerminalReady !== undefined)
			packet = packet.concat(this.option(SET_CONTROL, [dataTerminalReady ? 8 : 9]));
		if (requestToSend !== undefined)
			packet = packet.concat(this.option(SET_CONTROL, [requestToSend ? 11 : 12]));
		await this.send(packet);
	}

	option(code, value) {
		return [IAC, SB, COM_PORT, code, ...this.escape(value.map((b) => b & 255)), IAC, SE];
	}

	escape(bytes) {
		const out = [];
		for (const b of bytes) {
			out.push(b);
			if (b === IAC) out.push(b);
		}
		return out;
	}

	send(bytes) {
		return new Promise((done, fail) =>
			this.socket.write(Uint8Array.from(bytes), (e) => (e ? fail(e) : done())),
		);
	}

	// Telnet commands go away, what is left is the board's.
	receive(data) {
		const out = [];
		for (const b of data) {
			if (this.state === "data") {
				if (b === IAC) this.state = "iac";
				else out.push(b);
			} else if (this.state === "iac") {
				this.state = "data";
				if (b === IAC) out.push(b);
				else if (b === SB) this.state = "sub";
				else if (b >= WILL && b <= DONT) this.state = "option";
			} else if (this.state === "option") {
				this.state = "data";
			} else if (this.state === "sub") {
				if (b === IAC) this.state = "sub-iac";
			} else {
				this.state = b === SE ? "data" : "sub";
			}
		}
		if (out.length && this.controller) this.controller.enqueue(Uint8Array.from(out));
	}
}
