import { fits, TEMPLATE_FUNCTIONS, typeName } from "./function-table.ts";
import { type ParamType, TemplateCallError, type TemplateFunction, type TemplateScope } from "./function-type.ts";
import { GoTime } from "./go-time.ts";
import { timeMethod } from "./go-time-methods.ts";
import {
  GoInt64,
  type GoValue,
  goTypeName,
  isJsonMap,
  isLabelMap,
  isSlice,
  isTruthy,
  type LabelMap,
  printValue,
} from "./go-value.ts";
import {
  type ArgNode,
  type CommandNode,
  type ParsedTemplate,
  type PipeNode,
  printArg,
  printCommand,
  type TemplateNode,
} from "./template-ast.ts";

/** Thrown while a template runs; the message is Go's, `template: line:1:3: executing "line" at <…>: …`. */
export class TemplateRunError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TemplateRunError";
  }
}

const MAX_DEPTH = 1_000;
/** More than this a template may not write for one line: nested ranges and `repeat` grow without bound. */
const MAX_OUTPUT = 16_777_216;

interface Place {
  readonly at: number;
  readonly context: string;
}

interface Variable {
  readonly name: string;
  value: GoValue;
}

type Flow = "next" | "break" | "continue";

class Execution {
  private readonly template: ParsedTemplate;
  private readonly scope: TemplateScope;
  private readonly variables: Variable[];
  private out = "";
  private depth = 0;

  constructor(template: ParsedTemplate, data: LabelMap, scope: TemplateScope) {
    this.template = template;
    this.scope = scope;
    this.variables = [{ name: "$", value: data }];
  }

  run(data: LabelMap): string {
    this.walk(data, this.template.nodes);
    return this.out;
  }

  private fail(place: Place, message: string): never {
    const { name, text } = this.template;
    const before = text.slice(0, place.at);
    const lineStart = before.lastIndexOf("\n") + 1;
    const line = before.split("\n").length;
    const column = new TextEncoder().encode(before.slice(lineStart)).length;
    throw new TemplateRunError(
      `template: ${name}:${line}:${column}: executing ${JSON.stringify(name)} at <${place.context}>: ${message}`,
    );
  }

  private write(text: string): void {
    this.out += text;
    if (this.out.length > MAX_OUTPUT) throw new TemplateRunError(`template: ${this.template.name}: output too long`);
  }

  private walk(dot: GoValue, nodes: readonly TemplateNode[]): Flow {
    for (const node of nodes) {
      switch (node.kind) {
        case "text":
          this.write(node.text);
          break;
        case "action": {
          const value = this.pipeline(dot, node.pipe);
          if (node.pipe.variables.length === 0) this.write(value === null ? "<no value>" : printValue(value));
          break;
        }
        case "if":
        case "with": {
          const flow = this.conditional(dot, node);
          if (flow !== "next") return flow;
          break;
        }
        case "range":
          this.range(dot, node);
          break;
        case "break":
        case "continue":
          return node.kind;
        case "template":
          this.invoke(dot, node);
      }
    }
    return "next";
  }

  private conditional(dot: GoValue, node: Extract<TemplateNode, { kind: "if" | "with" | "range" }>): Flow {
    const mark = this.variables.length;
    const value = this.pipeline(dot, node.pipe);
    const inner = node.kind === "with" ? value : dot;
    const flow = isTruthy(value) ? this.walk(inner, node.body) : this.walk(dot, node.otherwise ?? []);
    this.variables.length = mark;
    return flow;
  }

  private range(dot: GoValue, node: Extract<TemplateNode, { kind: "if" | "with" | "range" }>): void {
    const mark = this.variables.length;
    const value = this.pipeline(dot, node.pipe);
    const items = this.items(value, node.pipe);
    for (const [key, item] of items) {
      this.variables.length = mark;
      const [first, second] = node.pipe.variables;
      if (first !== undefined) this.bind(first, second === undefined ? item : key, node.pipe.assigns);
      if (second !== undefined) this.bind(second, item, node.pipe.assigns);
      if (this.walk(item, node.body) === "break") break;
    }
    this.variables.length = mark;
    if (items.length === 0 && node.otherwise !== null) this.walk(dot, node.otherwise);
  }

  private items(value: GoValue, pipe: PipeNode): readonly (readonly [GoValue, GoValue])[] {
    if (value === null) return [];
    if (isLabelMap(value) || isJsonMap(value)) {
      return [...value.keys()].toSorted().map((key) => [key, value.get(key) ?? null] as const);
    }
    if (isSlice(value)) return value.map((item, index) => [BigInt(index), item] as const);
    const count = value instanceof GoInt64 ? value.value : value;
    if (typeof count === "bigint" && count <= 1_000_000n) {
      return Array.from({ length: Math.max(0, Number(count)) }, (_, index) => [BigInt(index), BigInt(index)] as const);
    }
    const context = pipe.commands.map(printCommand).join(" | ");
    return this.fail({ at: pipe.at, context }, `range can't iterate over ${printValue(value)}`);
  }

  private invoke(dot: GoValue, node: Extract<TemplateNode, { kind: "template" }>): void {
    const context = `{{template ${JSON.stringify(node.name)}}}`;
    const body = this.template.definitions.get(node.name);
    if (body === undefined) this.fail({ at: node.at, context }, `template ${JSON.stringify(node.name)} not defined`);
    if (++this.depth > MAX_DEPTH) this.fail({ at: node.at, context }, `exceeded maximum template depth (${MAX_DEPTH})`);
    const data = node.pipe === null ? null : this.pipeline(dot, node.pipe);
    const outer = this.variables.splice(0, this.variables.length, { name: "$", value: data });
    this.walk(data, body);
    this.variables.splice(0, this.variables.length, ...outer);
    this.depth--;
  }

  private bind(name: string, value: GoValue, assigns: boolean): void {
    const existing = assigns ? this.variables.findLast((variable) => variable.name === name) : undefined;
    if (existing === undefined) this.variables.push({ name, value });
    else existing.value = value;
  }

  private pipeline(dot: GoValue, pipe: PipeNode): GoValue {
    let value: GoValue | undefined;
    for (const command of pipe.commands) value = this.command(dot, command, value);
    const result = value ?? null;
    const [first, second] = pipe.variables;
    if (first !== undefined && second === undefined) this.bind(first, result, pipe.assigns);
    return result;
  }

  private command(dot: GoValue, command: CommandNode, final: GoValue | undefined): GoValue {
    const [first] = command.args;
    if (first === undefined) return null;
    const args = command.args.slice(1);
    if (first.kind === "identifier") return this.call(dot, first, command, args, final);
    if (first.kind === "field") return this.fields(dot, dot, first.names, first, args, final);
    if (first.kind === "chain") {
      return this.fields(dot, this.operand(dot, first.inner), first.fields, first, args, final);
    }
    if (first.kind === "variable" && first.fields.length > 0) {
      return this.fields(dot, this.variable(first.name), first.fields, first, args, final);
    }
    if (args.length > 0 || final !== undefined) {
      this.fail({ at: first.at, context: printArg(first) }, `can't give argument to non-function ${printArg(first)}`);
    }
    if (first.kind === "nil") this.fail({ at: first.at, context: "nil" }, "nil is not a command");
    return this.operand(dot, first);
  }

  private variable(name: string): GoValue {
    return this.variables.findLast((variable) => variable.name === name)?.value ?? null;
  }

  private operand(dot: GoValue, node: ArgNode): GoValue {
    switch (node.kind) {
      case "dot":
        return dot;
      case "nil":
        return null;
      case "bool":
      case "number":
      case "string":
        return node.value;
      case "field":
        return this.fields(dot, dot, node.names, node, [], undefined);
      case "variable":
        return this.fields(dot, this.variable(node.name), node.fields, node, [], undefined);
      case "chain":
        return this.fields(dot, this.operand(dot, node.inner), node.fields, node, [], undefined);
      case "identifier":
        return this.call(dot, node, { at: node.at, args: [node] }, [], undefined);
      case "pipe":
        return this.pipeline(dot, node.pipe);
    }
  }

  private fields(
    dot: GoValue,
    start: GoValue,
    names: readonly string[],
    node: ArgNode,
    args: readonly ArgNode[],
    final: GoValue | undefined,
  ): GoValue {
    let value = start;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      value = this.field(dot, value, name, node, isLast ? args : [], isLast ? final : undefined);
    }
    return value;
  }

  private field(
    dot: GoValue,
    receiver: GoValue,
    name: string,
    node: ArgNode,
    args: readonly ArgNode[],
    final: GoValue | undefined,
  ): GoValue {
    const place = { at: node.at, context: printArg(node) };
    if (receiver instanceof GoTime) {
      const method = timeMethod(receiver, name);
      if (method !== null) return this.invokeFunction(dot, method, name, place, place, args, final);
      this.fail(place, `can't evaluate field ${name} in type time.Time`);
    }
    if (receiver === null) this.fail(place, `nil pointer evaluating interface {}.${name}`);
    if (isLabelMap(receiver) || isJsonMap(receiver)) {
      if (args.length > 0 || final !== undefined) this.fail(place, `${name} is not a method but has arguments`);
      return receiver.get(name) ?? (isLabelMap(receiver) ? "" : null);
    }
    return this.fail(place, `can't evaluate field ${name} in type ${goTypeName(receiver)}`);
  }

  private call(
    dot: GoValue,
    node: Extract<ArgNode, { kind: "identifier" }>,
    command: CommandNode,
    args: readonly ArgNode[],
    final: GoValue | undefined,
  ): GoValue {
    const { name } = node;
    if (name === "and" || name === "or") return this.shortCircuit(dot, node, args, final);
    const commandPlace = { at: command.at, context: printCommand(command) };
    if (name === "call") {
      const [first] = args;
      const value = first === undefined ? (final ?? null) : this.operand(dot, first);
      const shown = first === undefined ? printValue(value) : printArg(first);
      this.fail(commandPlace, `error calling call: non-function ${shown} of type ${goTypeName(value)}`);
    }
    const called = TEMPLATE_FUNCTIONS.get(name);
    const place = { at: node.at, context: name };
    if (called === undefined) return this.fail(place, `${JSON.stringify(name)} is not a defined function`);
    return this.invokeFunction(dot, called, name, place, commandPlace, args, final);
  }

  private shortCircuit(
    dot: GoValue,
    node: Extract<ArgNode, { kind: "identifier" }>,
    args: readonly ArgNode[],
    final: GoValue | undefined,
  ): GoValue {
    const given = args.length + (final === undefined ? 0 : 1);
    if (given === 0) {
      this.fail({ at: node.at, context: node.name }, `wrong number of args for ${node.name}: want at least 1 got 0`);
    }
    let value: GoValue = null;
    for (const arg of args) {
      value = this.operand(dot, arg);
      if (isTruthy(value) === (node.name === "or")) return value;
    }
    return final === undefined ? value : final;
  }

  private invokeFunction(
    dot: GoValue,
    called: TemplateFunction,
    name: string,
    place: Place,
    callPlace: Place,
    args: readonly ArgNode[],
    final: GoValue | undefined,
  ): GoValue {
    const given = args.length + (final === undefined ? 0 : 1);
    const least = called.params.length - (called.variadic ? 1 : 0);
    if (called.variadic ? given < least : given !== least) {
      const atLeast = called.variadic ? "at least " : "";
      this.fail(place, `wrong number of args for ${name}: want ${atLeast}${least} got ${args.length}`);
    }
    const typeAt = (index: number): ParamType => called.params[Math.min(index, called.params.length - 1)] ?? "any";
    const values = args.map((arg, index) => this.argument(dot, typeAt(index), arg));
    if (final !== undefined) values.push(this.checked(final, typeAt(args.length), place));
    try {
      return called.call(values, this.scope);
    } catch (error) {
      if (error instanceof TemplateCallError) this.fail(callPlace, `error calling ${name}: ${error.message}`);
      throw error;
    }
  }

  private checked(value: GoValue, type: ParamType, place: Place): GoValue {
    if (value === null && type !== "any") this.fail(place, `invalid value; expected ${typeName(type)}`);
    if (!fits(value, type)) {
      this.fail(place, `wrong type for value; expected ${typeName(type)}; got ${goTypeName(value)}`);
    }
    return value;
  }

  private argument(dot: GoValue, type: ParamType, node: ArgNode): GoValue {
    const place = { at: node.at, context: printArg(node) };
    if (node.kind === "nil") return type === "any" ? null : this.fail(place, `cannot assign nil to ${typeName(type)}`);
    if (node.kind === "number") return this.constant(place, type, node);
    if (node.kind === "string" || node.kind === "bool") {
      return type === "any" || type === node.kind ? node.value : this.expected(place, type, node);
    }
    return this.checked(this.operand(dot, node), type, place);
  }

  private constant(place: Place, type: ParamType, node: Extract<ArgNode, { kind: "number" }>): GoValue {
    if (type === "any") return node.value;
    const isWhole = typeof node.value === "bigint" || Number.isInteger(node.value);
    if (type === "float64") return Number(node.value);
    if (type === "int" && isWhole) return BigInt(node.value);
    return type === "int64" && isWhole ? new GoInt64(BigInt(node.value)) : this.expected(place, type, node);
  }

  private expected(place: Place, type: ParamType, node: ArgNode): never {
    const names: Readonly<Record<ParamType, string>> = {
      string: "string",
      int: "integer",
      int64: "integer",
      float64: "float",
      bool: "bool",
      time: "time.Time",
      any: "interface {}",
    };
    if (type === "time") this.fail(place, `can't handle ${printArg(node)} for arg of type time.Time`);
    return this.fail(place, `expected ${names[type]}; found ${printArg(node)}`);
  }
}

/** Runs a template over labels; throws `TemplateRunError`. */
export function runTemplate(template: ParsedTemplate, labels: LabelMap, scope: TemplateScope): string {
  return new Execution(template, labels, scope).run(labels);
}
