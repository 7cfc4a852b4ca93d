// Asks Lean's own kernel about declarations that come as data: lines of JSON in the canonical form
// of kernels/official/job.py. Nothing is parsed or elaborated by Lean: its names, levels, terms and
// declarations are made here, one constructor at a time, and given to the kernel with the profile's
// environment, which no customer's text has touched.
"use strict";

const ANONYMOUS = 1; // a boxed zero, as are `[]`, `none` and `()`
const NIL = 1;
const SAFE = 1;
const DEFAULT = 0;
const FALSE = 0;
const AXIOM = 0;
const DEFINITION = 1;
const THEOREM = 2;
const OPAQUE = 3;
const HINTS = { opaque: 1, abbrev: 3 }; // without arguments: their places, boxed
const HEARTBEAT = 1000; // small allocations that Lean's options call one heartbeat
const MOST = 0xffffffff;
const BOXED = 2n ** 31n;
const SHOWN = 500;

// The kernel's exceptions that carry an environment, in their order; after them a text, then limits.
const REFUSALS = [
  "unknown constant", "already declared", "declaration type mismatch", "has metavariables",
  "has free variables", "function expected", "type expected", "let type mismatch",
  "type mismatch", "application type mismatch", "invalid projection",
  "type of a theorem is not a proposition",
];
const NAMED = new Set([0, 1]); // those whose second field is a name worth saying
const LIMITS = [
  ["heartbeats", "deterministic timeout"],
  ["memory", "excessive memory"],
  ["memory", "deep recursion"],
];

class Malformed extends Error {}

const malformed = (what) => {
  throw new Malformed(what);
};

function number(value, below) {
  if (!Number.isSafeInteger(value) || value < 0 || value >= below) malformed("a number is out of bounds");
  return value;
}

function text(value) {
  if (typeof value !== "string" || !value.isWellFormed()) malformed("not a text");
  return value;
}

function listed(value) {
  if (!Array.isArray(value)) malformed("not a list");
  return value;
}

// The only kind in an object beside its number, and what is under it.
function only(item, besides) {
  const keys = Object.keys(item).filter((key) => key !== besides);
  if (keys.length !== 1) malformed("an object of unknown kind");
  return [keys[0], item[keys[0]]];
}

// What has been made for one job. Each table holds one reference to each of its objects; `release`
// gives them back. The functions of Lean's that are called here take over what they are given.
class Job {
  constructor(guest) {
    this.fn = guest.fn;
    this.lean = guest.lean;
    this.names = [ANONYMOUS];
    this.levels = [this.fn("lean_level_mk_zero")(ANONYMOUS)];
    this.terms = [];
  }

  release() {
    for (const table of [this.terms, this.levels, this.names])
      for (const made of table) this.lean.give(made);
  }

  // Reads a numbered line, or returns the declaration that another line is.
  read(item) {
    if (typeof item !== "object" || item === null) malformed("not an object");
    if ("ie" in item) this.add(this.terms, item, "ie", TERMS);
    else if ("in" in item) this.add(this.names, item, "in", NAMES);
    else if ("il" in item) this.add(this.levels, item, "il", LEVELS);
    else return only(item);
    return null;
  }

  add(table, item, tag, makers) {
    if (item[tag] !== table.length) malformed(`\`${tag}\` must be ${table.length}`);
    const [kind, body] = only(item, tag);
    if (!Object.hasOwn(makers, kind)) malformed(`unknown kind ${kind}`);
    table.push(makers[kind](this, body));
  }

  name(i) {
    return this.lean.take(this.names[number(i, this.names.length)]);
  }

  level(i) {
    return this.lean.take(this.levels[number(i, this.levels.length)]);
  }

  term(i) {
    return this.lean.take(this.terms[number(i, this.terms.length)]);
  }

  nameList(values) {
    return this.lean.list(listed(values).map((i) => this.name(i)));
  }

  natural(value) {
    return this.whole(BigInt(number(value, Infinity)), 64);
  }

  // A whole number below 2^bits, put together from halves: Lean itself reads decimal digits in a time
  // that grows with the square of their number.
  whole(value, bits) {
    const { box, give } = this.lean;
    if (value < BOXED) return box(Number(value));
    const half = bits >>> 1;
    const high = this.whole(value >> BigInt(half), bits - half);
    const low = this.whole(BigInt.asUintN(half, value), half);
    const shifted = this.fn("lean_nat_shiftl")(high, box(half));
    give(high);
    if (low === box(0)) return shifted;
    const sum = this.fn("lean_nat_big_add")(shifted, low); // one of them is big, since the sum is
    give(shifted);
    give(low);
    return sum;
  }

  // A declaration as the kernel takes it.
  declaration(kind, body) {
    if (!Object.hasOwn(DECLARATIONS, kind)) malformed(`unknown kind of declaration ${kind}`);
    return DECLARATIONS[kind](this, body);
  }

  head({ name, levelParams, type }) {
    return [this.name(name), this.nameList(levelParams), this.term(type)];
  }

  hints(value) {
    if (typeof value === "string" && Object.hasOwn(HINTS, value)) return HINTS[value];
    return this.fn("lean_mk_reducibility_hints_regular")(number(value?.regular, MOST + 1));
  }
}

const NAMES = {
  str: (job, { pre, str }) => job.fn("lean_name_mk_string")(job.name(pre), job.lean.string(text(str))),
  num: (job, { pre, i }) => job.fn("lean_name_mk_numeral")(job.name(pre), job.natural(i)),
};

const both = (maker) => (job, body) => {
  if (listed(body).length !== 2) malformed("a level of two parts");
  return job.fn(maker)(job.level(body[0]), job.level(body[1]));
};

const LEVELS = {
  succ: (job, body) => job.fn("lean_level_mk_succ")(job.level(body)),
  max: both("lean_level_mk_max"),
  imax: both("lean_level_mk_imax"),
  param: (job, body) => job.fn("lean_level_mk_param")(job.name(body)),
};

const binding = (maker) => (job, { name, type, body }) =>
  job.fn(maker)(job.name(name), job.term(type), job.term(body), DEFAULT);

const TERMS = {
  app: (job, { fn, arg }) => job.fn("lean_expr_mk_app")(job.term(fn), job.term(arg)),
  lam: binding("lean_expr_mk_lambda"),
  forallE: binding("lean_expr_mk_forall"),
  letE: (job, { name, type, value, body }) =>
    job.fn("lean_expr_mk_let")(job.name(name), job.term(type), job.term(value), job.term(body), FALSE),
  const: (job, { name, us }) =>
    job.fn("lean_expr_mk_const")(job.name(name), job.lean.list(listed(us).map((i) => job.level(i)))),
  bvar: (job, body) => job.fn("lean_expr_mk_bvar")(job.natural(body)),
  sort: (job, body) => job.fn("lean_expr_mk_sort")(job.level(body)),
  natVal: (job, body) => {
    if (!/^(0|[1-9][0-9]*)$/.test(text(body))) malformed("not a natural number");
    const held = job.whole(BigInt(body), body.length * 4);
    return job.fn("lean_expr_mk_lit")(job.lean.constructor(0, [held]));
  },
  strVal: (job, body) =>
    job.fn("lean_expr_mk_lit")(job.lean.constructor(1, [job.lean.string(text(body))])),
  proj: (job, { typeName, idx, struct }) =>
    job.fn("lean_expr_mk_proj")(job.name(typeName), job.natural(idx), job.term(struct)),
};

const DECLARATIONS = {
  thm: (job, body) =>
    job.lean.constructor(THEOREM, [
      job.fn("lean_mk_theorem_val")(...job.head(body), job.term(body.value), job.nameList(body.all)),
    ]),
  def: (job, body) => {
    if (body.safety !== "safe") malformed("an unsafe definition");
    const hints = job.hints(body.hints);
    return job.lean.constructor(DEFINITION, [
      job.fn("lean_mk_definition_val")(
        ...job.head(body), job.term(body.value), hints, SAFE, job.nameList(body.all),
      ),
    ]);
  },
  opaque: (job, body) => {
    if (body.isUnsafe !== false) malformed("an unsafe constant");
    return job.lean.constructor(OPAQUE, [
      job.fn("lean_mk_opaque_val")(
        ...job.head(body), job.term(body.value), FALSE, job.nameList(body.all),
      ),
    ]);
  },
  inductive: (job, { types, ctors }) => {
    const first = listed(types)[0];
    if (!first || [...types, ...listed(ctors)].some((one) => one.isUnsafe !== false))
      malformed("no types, or unsafe ones");
    const made = types.map((type) => {
      const own = ctors.filter((one) => one.induct === type.name);
      const constructors = own.map((one) =>
        job.lean.constructor(0, [job.name(one.name), job.term(one.type)]),
      );
      return job.lean.constructor(0, [
        job.name(type.name), job.term(type.type), job.lean.list(constructors),
      ]);
    });
    return job.fn("lean_mk_inductive_decl")(
      job.nameList(first.levelParams), job.natural(first.numParams), job.lean.list(made), FALSE,
    );
  },
};

// Why the kernel does not accept a declaration.
function refusal({ lean }, error, name) {
  if (error & 1) {
    const limit = LIMITS[(error >>> 1) - REFUSALS.length - 1];
    if (!limit) return { status: "failed", detail: `\`${name}\`: the kernel was interrupted` };
    return { status: "refused", reason: limit[0], detail: `\`${name}\`: ${limit[1]}` };
  }
  const kind = lean.tag(error);
  let why = kind < REFUSALS.length ? REFUSALS[kind] : lean.text(lean.field(error, 0));
  if (NAMED.has(kind)) why += ` \`${lean.nameText(lean.field(error, 1))}\``;
  return { status: "refused", reason: "replay_failed", detail: `\`${name}\`: ${why}`.slice(0, SHOWN) };
}

// Has the kernel check every declaration of a job, in their order. `heartbeats` is the limit of
// each; 0 is none.
module.exports = function judge(guest, { job: lines, heartbeats }) {
  const { lean, fn } = guest;
  const job = new Job(guest);
  let environment = lean.take(guest.snapshot.environment);
  let last = null;
  try {
    const limit = Math.min(number(heartbeats, Infinity) * HEARTBEAT, MOST);
    for (const line of text(lines).split("\n")) {
      if (!line) continue;
      const found = job.read(JSON.parse(line));
      if (!found) continue;
      const [kind, body] = found;
      const name = body?.name ?? body?.types?.[0]?.name;
      last = kind;
      const declaration = job.declaration(kind, body);
      fn("_ZN4lean14set_heartbeatsEy")(0n);
      const result = fn("lean_add_decl")(environment, limit, declaration, NIL);
      environment = NIL; // it was taken over
      lean.give(declaration);
      if (lean.tag(result) !== 1) {
        const answer = refusal(guest, lean.field(result, 0), lean.nameText(job.names[name]));
        lean.give(result);
        return answer;
      }
      environment = lean.take(lean.field(result, 0));
      lean.give(result);
    }
    if (last !== "thm") malformed("the last declaration is no theorem");
    return { status: "accepted" };
  } catch (e) {
    if (!(e instanceof Malformed || e instanceof SyntaxError || e instanceof TypeError)) throw e;
    return { status: "failed", detail: `this is no job: ${e.message}`.slice(0, SHOWN) };
  } finally {
    lean.give(environment);
    job.release();
  }
};
