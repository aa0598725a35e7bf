// @ts-check
// What belongs together in a trace, and the sentence that says so. In goes the record that html.py packed; out come
// `linked` (ops, lines and storages of anything that can be pointed at) and `sentence`.
// Anything that can be pointed at has a key: o12 an op, l3 a line, s4 a storage, g5 a module, pass or repetition.

/** @typedef {{at: number, name: string, kind: string, line: number, size: string, live: number, ins: number[],
 *   outs: number[], written: number[], remarks: string[], odd: boolean, aten: string[], node: string,
 *   path: string, around: Group[]}} Op */
/** @typedef {{id: number, title: string, short: string, path: string, kind: string, size: string, flops: string,
 *   macs: string, rows: Row[], ops: number[]}} Group */
/** @typedef {Op|Group} Row */
/** @typedef {{at: number, size: string, device: string, made: number, freed: number, tensors: number[], name: string,
 *   ops: number[]}} Storage */
/** @typedef {{ops: Map<number, string>, lines: Set<number>, storages: Map<number, string>}} Links */

const packed = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("record")).textContent || "{}");
/** @param {number} k @returns {string} */
const word = (k) => packed.words[k];

/** @type {{name: string, caption: string, storage: number}[]} */
const tensors = packed.tensors.map(([name, caption, storage]) => ({ name: word(name), caption: word(caption), storage }));
/** @type {{number: number, file: string, size: string, flops: string, macs: string, ops: number[]}[]} */
const lines = packed.lines.map(([file, number, ...sums]) => {
  const [size, flops, macs] = sums.map(word);
  return { file: word(file), number, size, flops, macs, ops: [] };
});
/** @type {Op[]} */
const ops = packed.ops.map(([name, kind, line, size, live, ins, outs, written, remarks, odd, aten, node], at) => ({
  ...{ at, name: word(name), kind: word(kind), line, size: word(size), live, ins, outs, written },
  ...{ remarks: remarks.map(word), odd: !!odd, aten: aten.map(word), node: word(node), path: "", around: [] },
}));
/** @type {Storage[]} */
const storages = packed.storages.map(([size, device, made, freed], at) => (
  { at, size: word(size), device: word(device), made, freed, tensors: [], name: "", ops: [] }));
/** @type {Group[]} */
const groups = [];

/** Rows as they nest; an op knows what is around it, outermost first. @param {any} packedRow @param {Group[]} around @returns {Row} */
function row(packedRow, around) {
  if (typeof packedRow === "number") {
    const path = around.map((one) => one.title).join(" › ");
    return Object.assign(ops[packedRow], { around, path });
  }
  const [kind, title, path, size, flops, macs, inner] = packedRow;
  const sums = { size: word(size), flops: word(flops), macs: word(macs) };
  /** @type {Group} */
  const group = { id: groups.length, title: word(title), short: "", path: word(path), kind, ...sums, rows: [], ops: [] };
  const parent = around.map((one) => one.path).findLast(Boolean);
  group.short = parent ? group.title.replaceAll(`${parent}.`, "") : group.title; // the rows above say the rest
  groups.push(group);
  group.rows = inner.map((/** @type {any} */ one) => row(one, [...around, group]));
  group.ops = group.rows.flatMap((one) => ("rows" in one ? one.ops : [one.at]));
  return group;
}
/** @type {Row[]} */
const tree = packed.rows.map((/** @type {any} */ one) => row(one, []));

/** @param {number} t */
const named = (t) => `${tensors[t].name} ${tensors[t].caption}`.trim();
tensors.forEach((tensor, t) => storages[tensor.storage]?.tensors.push(t));
/** What an op does to each storage it meets. @type {Map<number, string>[]} */
const touches = ops.map((op) => {
  const found = new Map();
  const does = { view: "views", "no-op": "returns" }[op.kind] || "reads";
  for (const t of [...op.ins, ...op.outs]) found.set(tensors[t].storage, does);
  for (const t of op.written) found.set(tensors[t].storage, "writes");
  found.delete(-1);
  return found;
});
storages.forEach((storage) => { if (storage.made >= 0) touches[storage.made]?.set(storage.at, "makes"); });
ops.forEach((op) => {
  lines[op.line]?.ops.push(op.at);
  touches[op.at].forEach((_, s) => storages[s].ops.push(op.at));
});
storages.forEach((storage) => {
  const names = [...new Set(storage.tensors.map((t) => tensors[t].name).filter(Boolean))];
  const maker = ops[storage.made];
  const inner = storage.tensors.length ? tensors[storage.tensors[0]].caption : "internal";
  storage.name = names.join(", ") || (maker ? `op ${maker.at} ${inner}` : inner);
});

/** @param {string} key @returns {[string, number]} */
const parts = (key) => [key[0], Number(key.slice(1))];

/** The ops that a key stands for. @param {string} key @returns {number[]} */
function opsOf(key) {
  const [kind, at] = parts(key);
  if (kind === "o") return [at];
  return (kind === "l" ? lines[at] : kind === "s" ? storages[at] : groups[at]).ops;
}

/** @param {string} key @returns {Links} */
function linked(key) {
  const [kind, at] = parts(key);
  /** @type {Links} */
  const found = { ops: new Map(), lines: new Set(), storages: new Map() };
  for (const k of opsOf(key)) {
    found.ops.set(k, kind === "s" ? touches[k].get(at) || "" : "");
    if (ops[k].line >= 0) found.lines.add(ops[k].line);
    if (kind === "s") continue;
    for (const [s, does] of touches[k]) if (strength(does) > strength(found.storages.get(s))) found.storages.set(s, does);
  }
  if (kind === "s") found.storages.set(at, "");
  return found;
}
/** @param {string|undefined} does */
const strength = (does) => (does ? ["returns", "views", "reads", "writes", "makes"].indexOf(does) : -1);

/** `3 ops (4, 5, 9)`; of many only the first and the last. @param {number[]} which */
function opsInWords(which) {
  if (which.length === 1) return `op ${which[0]}`;
  const shown = which.length <= 6 ? which.join(", ") : `${which[0]} … ${which[which.length - 1]}`;
  return `${which.length.toLocaleString("en")} ops (${shown})`;
}
/** @param {string[]} names */
const some = (names) => (names.length > 5 ? `${names.slice(0, 4).join(", ")} and ${names.length - 4} more` : names.join(", "));

/** @param {string} key @returns {string} */
function sentence(key) {
  const [kind, at] = parts(key);
  if (kind === "o") return aboutOp(ops[at]);
  if (kind === "s") return aboutStorage(storages[at]);
  const { title, size, flops, macs } = kind === "l" ? { title: `line ${lines[at].number}`, ...lines[at] } : groups[at];
  const ran = opsOf(key);
  if (!ran.length) return `${title} ran no op`;
  return `${title} ran ${opsInWords(ran)}: ${size} new, ${flops} FLOPs, ${macs} MACs${storagesInWords(linked(key).storages)}`;
}
/** @param {Map<number, string>} met */
function storagesInWords(met) {
  const said = ["makes", "writes", "reads"].map((does) => {
    const names = [...met].filter(([, done]) => done === does).map(([s]) => storages[s].name);
    return names.length ? `${does} ${some(names)}` : "";
  }).filter(Boolean);
  return said.length ? `; ${said.join("; ")}` : "";
}
/** @param {Op} op */
function aboutOp(op) {
  const where = op.line >= 0 ? `, line ${lines[op.line].number}` : "";
  const took = op.ins.length ? ` takes ${some(op.ins.map(named))},` : "";
  const gave = op.outs.length ? ` gives ${some(op.outs.map(named))}` : op.kind === "failed" ? " failed" : " gives no tensor";
  const inside = (op.node ? `; run by ${op.node}` : "") + (op.path ? `; in ${op.path}` : "");
  const remarks = op.remarks.map((remark) => `; ${remark}`).join("");
  return `op ${op.at}, ${op.name} (${op.kind}${where}),${took}${gave}: ${op.size} new${remarks}${inside}`;
}
/** @param {Storage} storage */
function aboutStorage(storage) {
  const by = (/** @type {string} */ does) => storage.ops.filter((k) => touches[k].get(storage.at) === does);
  const maker = ops[storage.made];
  const born = maker ? `made by op ${maker.at}, ${maker.name}` : "there before the trace";
  const freed = storage.freed < ops.length ? `freed before op ${storage.freed}` : "freed after the last op";
  const end = storage.freed < 0 ? "still alive at the end" : freed;
  const uses = [["written", "writes"], ["viewed", "views"], ["read", "reads"]]
    .map(([done, does]) => (by(does).length ? `; ${done} by ${opsInWords(by(does))}` : ""));
  const holds = storage.tensors.length ? `; in it lie ${some([...new Set(storage.tensors.map(named))])}` : "";
  return `storage of ${storage.name}, ${storage.size} on ${storage.device}: ${born}; ${end}${uses.join("")}${holds}`;
}
