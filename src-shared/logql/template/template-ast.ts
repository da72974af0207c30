/** The tree of a Go template (`text/template`). `at` is the offset in the template that Go's messages count from. */
export type ArgNode =
  | { readonly kind: "dot"; readonly at: number }
  | { readonly kind: "nil"; readonly at: number }
  | { readonly kind: "bool"; readonly at: number; readonly value: boolean }
  | { readonly kind: "number"; readonly at: number; readonly text: string; readonly value: bigint | number }
  | { readonly kind: "string"; readonly at: number; readonly quoted: string; readonly value: string }
  | { readonly kind: "field"; readonly at: number; readonly names: readonly string[] }
  | { readonly kind: "variable"; readonly at: number; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: "chain"; readonly at: number; readonly inner: ArgNode; readonly fields: readonly string[] }
  | { readonly kind: "identifier"; readonly at: number; readonly name: string }
  | { readonly kind: "pipe"; readonly at: number; readonly pipe: PipeNode };

export interface CommandNode {
  readonly at: number;
  readonly args: readonly ArgNode[];
}

export interface PipeNode {
  readonly at: number;
  /** `$x :=` declares, `$x =` assigns; `range` may have two. */
  readonly variables: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly CommandNode[];
}

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipe: PipeNode }
  | {
      readonly kind: "if" | "with" | "range";
      readonly at: number;
      readonly pipe: PipeNode;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[] | null;
    }
  | { readonly kind: "break" | "continue"; readonly at: number }
  | { readonly kind: "template"; readonly at: number; readonly name: string; readonly pipe: PipeNode | null };

export interface ParsedTemplate {
  readonly name: string;
  readonly text: string;
  readonly nodes: readonly TemplateNode[];
  /** `{{define "x"}}` and `{{block "x" …}}` */
  readonly definitions: ReadonlyMap<string, readonly TemplateNode[]>;
}

function printNames(names: readonly string[]): string {
  return names.map((name) => `.${name}`).join("");
}

/** A node as Go prints it in an error's context. */
export function printArg(node: ArgNode): string {
  switch (node.kind) {
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return node.quoted;
    case "field":
      return printNames(node.names);
    case "variable":
      return node.name + printNames(node.fields);
    case "chain":
      return (
        (node.inner.kind === "pipe" ? `(${printPipe(node.inner.pipe)})` : printArg(node.inner)) +
        printNames(node.fields)
      );
    case "identifier":
      return node.name;
    case "pipe":
      return printPipe(node.pipe);
  }
}

export function printCommand({ args }: CommandNode): string {
  return args.map((arg) => (arg.kind === "pipe" ? `(${printPipe(arg.pipe)})` : printArg(arg))).join(" ");
}

export function printPipe({ variables, assigns, commands }: PipeNode): string {
  const head = variables.length === 0 ? "" : `${variables.join(", ")} ${assigns ? "=" : ":="} `;
  return head + commands.map(printCommand).join(" | ");
}
