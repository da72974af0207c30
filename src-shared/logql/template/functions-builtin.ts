import { htmlEscape, jsEscape, queryEscape } from "./encodings.ts";
import { fixed, TemplateCallError, type TemplateFunction, variadic } from "./function-type.ts";
import {
  byteAt,
  byteLength,
  byteSlice,
  GoInt64,
  type GoValue,
  goTypeName,
  isJsonMap,
  isLabelMap,
  isSlice,
  isTruthy,
} from "./go-value.ts";
import { sprint, sprintf } from "./printf.ts";
import { printValue } from "./go-value.ts";

/** The functions of `text/template` itself; `and` and `or` are the interpreter's, since they stop early. */

type Basic = {
  readonly kind: "int" | "float64" | "string" | "bool";
  readonly value: bigint | number | string | boolean;
};

function basic(value: GoValue): Basic | null {
  if (typeof value === "bigint") return { kind: "int", value };
  if (value instanceof GoInt64) return { kind: "int", value: value.value };
  if (typeof value === "number") return { kind: "float64", value };
  if (typeof value === "string") return { kind: "string", value };
  return typeof value === "boolean" ? { kind: "bool", value } : null;
}

function incompatible(left: GoValue, right: GoValue): never {
  throw new TemplateCallError(`incompatible types for comparison: ${goTypeName(left)} and ${goTypeName(right)}`);
}

function equal(left: GoValue, right: GoValue): boolean {
  if (left === null || right === null) return left === right;
  const first = basic(left);
  const second = basic(right);
  if (first === null || second === null) {
    if (first !== second) incompatible(left, right);
    throw new TemplateCallError(`non-comparable type ${goTypeName(left)}`);
  }
  return first.kind === second.kind ? first.value === second.value : incompatible(left, right);
}

function less(left: GoValue, right: GoValue): boolean {
  const first = basic(left);
  const second = basic(right);
  if (first === null || second === null) throw new TemplateCallError("invalid type for comparison");
  if (first.kind !== second.kind) incompatible(left, right);
  if (first.kind === "bool") throw new TemplateCallError("invalid type for comparison");
  return first.value < second.value;
}

function compare(decide: (left: GoValue, right: GoValue) => boolean): TemplateFunction {
  return fixed(["any", "any"], ([left, right]) => decide(left, right));
}

function indexOne(item: GoValue, at: GoValue): GoValue {
  if (item === null) throw new TemplateCallError("index of untyped nil");
  if (isLabelMap(item) || isJsonMap(item)) {
    if (typeof at !== "string") throw new TemplateCallError(`value has type ${goTypeName(at)}; should be string`);
    return item.get(at) ?? (isLabelMap(item) ? "" : null);
  }
  if (typeof item !== "string" && !isSlice(item))
    throw new TemplateCallError(`can't index item of type ${goTypeName(item)}`);
  const place = at instanceof GoInt64 ? at.value : at;
  if (typeof place !== "bigint") throw new TemplateCallError(`cannot index slice/array with type ${goTypeName(at)}`);
  const length = typeof item === "string" ? byteLength(item) : item.length;
  if (place < 0n || place >= BigInt(length)) throw new TemplateCallError(`index out of range: ${place}`);
  return typeof item === "string" ? BigInt(byteAt(item, Number(place)) ?? 0) : (item[Number(place)] ?? null);
}

function slice(item: GoValue, bounds: readonly GoValue[]): GoValue {
  if (typeof item !== "string" && !isSlice(item))
    throw new TemplateCallError(`can't slice item of type ${goTypeName(item)}`);
  const length = typeof item === "string" ? byteLength(item) : item.length;
  const [from = 0, to = length] = bounds.map((bound) => {
    const place = bound instanceof GoInt64 ? bound.value : bound;
    if (typeof place !== "bigint")
      throw new TemplateCallError(`cannot index slice/array with type ${goTypeName(bound)}`);
    if (place < 0n || place > BigInt(length)) throw new TemplateCallError(`index out of range: ${place}`);
    return Number(place);
  });
  if (from > to) throw new TemplateCallError(`invalid slice index: ${from} > ${to}`);
  return typeof item === "string" ? byteSlice(item, from, to) : item.slice(from, to);
}

function lengthOf(item: GoValue): bigint {
  if (typeof item === "string") return BigInt(byteLength(item));
  if (item === null) throw new TemplateCallError("len of nil pointer");
  if (isSlice(item)) return BigInt(item.length);
  if (isLabelMap(item)) return BigInt(item.keys().length);
  if (isJsonMap(item)) return BigInt(item.size);
  throw new TemplateCallError(`len of type ${goTypeName(item)}`);
}

export const BUILTIN_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  not: fixed(["any"], ([value]) => !isTruthy(value)),
  len: fixed(["any"], ([value]) => lengthOf(value)),
  index: variadic(["any", "any"], ([item = null, ...places]) => places.reduce<GoValue>(indexOne, item)),
  slice: variadic(["any", "any"], ([item = null, ...bounds]) => slice(item, bounds)),
  print: variadic(["any"], (args) => sprint(args)),
  println: variadic(["any"], (args) => `${args.map(printValue).join(" ")}\n`),
  printf: variadic(["string", "any"], ([layout = "", ...args]) => sprintf(printValue(layout), args)),
  html: variadic(["any"], (args) => htmlEscape(sprint(args))),
  js: variadic(["any"], (args) => jsEscape(sprint(args))),
  urlquery: variadic(["any"], (args) => queryEscape(sprint(args))),
  eq: variadic(["any", "any"], (args) => {
    const [first = null, ...rest] = args;
    if (rest.length === 0) throw new TemplateCallError("missing argument for comparison");
    return rest.some((value) => equal(first, value));
  }),
  ne: compare((left, right) => !equal(left, right)),
  lt: compare(less),
  le: compare((left, right) => less(left, right) || equal(left, right)),
  gt: compare((left, right) => !less(left, right) && !equal(left, right)),
  ge: compare((left, right) => !less(left, right)),
};
