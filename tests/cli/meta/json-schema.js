// SPDX-License-Identifier: MIT
// json-schema.js DOC HELP.json RUNS: compares what the program printed with the tables
// of docs/json.md. Each line of RUNS is "ok|fails COMMAND FILE STATUS", or
// "lines|progress COMMAND FILE STATUS" where FILE has an object a line.
'use strict';
const fs = require('fs');
const [doc, help, runs] = process.argv.slice(2);
let bad = 0;

function wrong(text) {
	console.log(text);
	bad++;
}

// ---- the tables: section -> [{ name, type, there, values }] ----

const sections = new Map();
let section = null;
for (const line of fs.readFileSync(doc, 'utf8').split('\n')) {
	const heading = line.match(/^###? (.*)/);
	if (heading)
		section = heading[1].toLowerCase().replace(/[^a-z0-9 -]/g, '').replace(/ /g, '-');
	const row = line.match(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]*)\|/);
	if (!row)
		continue;
	const there = row[3].trim().match(/^only with (\w+) (`.*)$/);
	if (!sections.has(section))
		sections.set(section, []);
	sections.get(section).push({
		name: row[1], type: row[2].trim(), always: row[3].trim() === 'always',
		key: there && there[1],
		keys: there && there[2].split(', ').map((k) => k.slice(1, -1)),
		values: (row[4].match(/`"[^"]*"`/g) || []).map((v) => v.slice(2, -2)), seen: false,
	});
}

// ---- objects ----

function isThere(def, object) {
	return !def.key || def.keys.includes(object[def.key]);
}

function included(def, object) {
	def.seen = true;
	return allOf(def.type.match(/\(#([^)]*)\)/)[1], object);
}

function allOf(name, object) {
	if (!sections.has(name))
		throw new Error(`docs: no table '${name}'`);
	visited.add(name);
	return sections.get(name).filter((def) => isThere(def, object)).flatMap((def) =>
		def.type.startsWith('fields of') ? included(def, object) : [def]);
}

function checkType(value, type, where) {
	const base = type.replace(/ or null$/, '');
	const link = base.match(/\(#([^)]*)\)/);
	if (value === null)
		return base !== type;
	if (base.startsWith('array of')) {
		if (!Array.isArray(value))
			return false;
		value.forEach((item, i) => {
			const type = link ? base.replace('array', 'object') : base.slice(9);
			if (!checkType(item, type, `${where}[${i}]`))
				wrong(`${where}[${i}]: ${JSON.stringify(item)} is no ${type}`);
		});
		return true;
	}
	if (link) {
		if (typeof value !== 'object' || Array.isArray(value))
			return false;
		check(value, [link[1]], where, false);
		return true;
	}
	return base === 'integer' ? Number.isInteger(value) : typeof value === base;
}

const visited = new Set();

function check(object, names, where, isPartial) {
	const defs = names.flatMap((name) => allOf(name, object));
	for (const [key, value] of Object.entries(object)) {
		const mine = defs.filter((def) => def.name === key);
		if (mine.length === 0) {
			wrong(`${where}.${key} is not in the tables`);
			continue;
		}
		for (const def of mine) {
			def.seen = true;
			if (!checkType(value, def.type, `${where}.${key}`))
				wrong(`${where}.${key} is no ${def.type}: ${value}`);
			if (value !== null && def.values.length && !def.values.includes(value))
				wrong(`${where}.${key} is '${value}': not among its values`);
		}
	}
	for (const def of defs)
		if ((def.always || def.key) && !isPartial && !(def.name in object))
			wrong(`${where}.${def.name} is missing`);
}

// ---- what was printed ----

const EVERY = 'every-object';

// A monitor's object is nothing but its end with an error.
function tablesOf(command) {
	return command === '' || command === 'monitor' ? [EVERY] : [EVERY, command];
}

function checkRun(kind, command, file, status) {
	const text = fs.readFileSync(file, 'utf8');
	if (kind === 'ok' || kind === 'fails') {
		const object = JSON.parse(text);
		if (object.command !== command || object.schema !== 1)
			wrong(`${command}: the object is of '${object.command}'`);
		check(object, tablesOf(command), command || 'no command', 'error' in object);
		if (('error' in object) !== (kind === 'fails'))
			wrong(`${command}: ${kind === 'ok' ? object.error.message : 'no error'}`);
		if ((object.error ? object.error.exit_status : 0) !== Number(status))
			wrong(`${command}: status ${status}, and the object tells another`);
		return;
	}
	for (const line of text.trimEnd().split('\n')) {
		const object = JSON.parse(line);
		if (kind === 'progress')
			check(object, ['lines-of---progress-json'], 'progress', false);
		else if ('event' in object)
			check(object, ['lines-of-monitor'], 'monitor', false);
		else
			check(object, tablesOf(command), command, 'error' in object);
	}
}

const done = new Set();
for (const line of fs.readFileSync(runs, 'utf8').trimEnd().split('\n')) {
	const [kind, command, file, status] = line.split(' ');
	try {
		checkRun(kind, command === '-' ? '' : command, file, status);
	} catch (e) {
		wrong(`${line}: ${e.message}`);
	}
	done.add(`${kind === 'lines' ? 'ok' : kind} ${command}`);
}

// ---- what was not tried, and what never came ----

for (const c of JSON.parse(fs.readFileSync(help, 'utf8')).commands) {
	if (!c.options.some((o) => o.name === 'json'))
		continue;
	for (const kind of ['ok', 'fails'])
		if (!done.has(`${kind} ${c.name}`))
			wrong(`${c.name} was not tried ('${kind}')`);
}
const rare = (process.env.NEVER_HERE || '').split(' ');
for (const [name, defs] of sections) {
	if (rare.includes(name))
		continue;
	if (!visited.has(name)) {
		wrong(`the table '${name}' is for no object`);
		continue;
	}
	for (const def of defs)
		if (!def.seen && !rare.includes(`${name}.${def.name}`))
			wrong(`${name}: '${def.name}' never came`);
}
process.exit(bad ? 1 : 0);
