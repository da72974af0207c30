/**
 * LALR(1) tables from a list of productions, after DeRemer and Pennello, "Efficient Computation of LALR(1) Look-Ahead Sets"
 * (1982). Conflicts are settled as yacc does: by precedence, else shift; of two reductions the earlier production. Every
 * state with a reduction has a default one, so that an error shows in the same state, with the same expectations, as in a
 * yacc parser.
 */
export interface Production {
  readonly left: string;
  readonly right: readonly string[];
  /** The terminal whose precedence the production has; by default its last terminal. */
  readonly precedence?: string | undefined;
}

export interface Precedence {
  readonly level: number;
  readonly associativity: "left" | "right";
}

export interface LalrTables {
  /** Per state: what to shift on each terminal, and where to go after each nonterminal. */
  readonly next: readonly ReadonlyMap<string, number>[];
  /** Per state: reductions by terminal that differ from the default. */
  readonly reductions: readonly ReadonlyMap<string, number>[];
  /** Per state: the production to reduce by when nothing else fits; -1 for an error. */
  readonly defaults: readonly number[];
  readonly acceptState: number;
}

export const START = "$start";
const END = "$end";

interface State {
  readonly kernel: readonly number[];
  readonly next: Map<string, number>;
  readonly complete: number[];
}

class Builder {
  readonly productions: readonly Production[];
  readonly states: State[] = [];
  private readonly byLeft = new Map<string, number[]>();
  private readonly nullable = new Set<string>();
  private readonly dotBase: readonly number[];
  private readonly itemProduction: number[] = [];

  constructor(productions: readonly Production[]) {
    this.productions = productions;
    const bases: number[] = [];
    productions.forEach((production, index) => {
      bases.push(this.itemProduction.length);
      for (let dot = 0; dot <= production.right.length; dot++) this.itemProduction.push(index);
      const same = this.byLeft.get(production.left);
      if (same === undefined) this.byLeft.set(production.left, [index]);
      else same.push(index);
    });
    this.dotBase = bases;
    this.findNullable();
    this.buildStates();
  }

  isTerminal(symbol: string): boolean {
    return !this.byLeft.has(symbol);
  }

  production(index: number): Production {
    const production = this.productions[index];
    if (production === undefined) throw new RangeError(`no production ${index}`);
    return production;
  }

  state(index: number): State {
    const state = this.states[index];
    if (state === undefined) throw new RangeError(`no state ${index}`);
    return state;
  }

  isNullable(symbol: string): boolean {
    return this.nullable.has(symbol);
  }

  productionsOf(left: string): readonly number[] {
    return this.byLeft.get(left) ?? [];
  }

  private findNullable(): void {
    for (let grown = true; grown;) {
      grown = false;
      for (const { left, right } of this.productions) {
        if (this.nullable.has(left) || !right.every((symbol) => this.nullable.has(symbol))) continue;
        this.nullable.add(left);
        grown = true;
      }
    }
  }

  private afterDot(item: number): string | undefined {
    const index = this.itemProduction[item] ?? 0;
    return this.production(index).right[item - (this.dotBase[index] ?? 0)];
  }

  private closure(kernel: readonly number[]): number[] {
    const items = [...kernel];
    const seen = new Set<string>();
    for (const item of items) {
      const symbol = this.afterDot(item);
      if (symbol === undefined || seen.has(symbol)) continue;
      seen.add(symbol);
      for (const index of this.productionsOf(symbol)) items.push(this.dotBase[index] ?? 0);
    }
    return items;
  }

  private buildStates(): void {
    const known = new Map<string, number>();
    const add = (kernel: number[]): number => {
      const sorted = kernel.toSorted((a, b) => a - b);
      const key = sorted.join(" ");
      const existing = known.get(key);
      if (existing !== undefined) return existing;
      known.set(key, this.states.length);
      this.states.push({ kernel: sorted, next: new Map(), complete: [] });
      return this.states.length - 1;
    };
    add([0]);
    for (let at = 0; at < this.states.length; at++) {
      const state = this.state(at);
      const moves = new Map<string, number[]>();
      const seen = new Set<number>();
      for (const item of this.closure(state.kernel)) {
        if (seen.has(item)) continue;
        seen.add(item);
        const symbol = this.afterDot(item);
        if (symbol === undefined) {
          state.complete.push(this.itemProduction[item] ?? 0);
          continue;
        }
        const targets = moves.get(symbol);
        if (targets === undefined) moves.set(symbol, [item + 1]);
        else targets.push(item + 1);
      }
      for (const [symbol, kernel] of moves) state.next.set(symbol, add(kernel));
    }
  }
}

/** A nonterminal transition: its direct reads, and the transitions whose follow sets its own contains. */
interface Transition {
  readonly state: number;
  readonly symbol: string;
  follow: bigint;
  readonly reads: number[];
  readonly includes: number[];
}

/** Adds to each node's set the sets of all nodes it reaches (Tarjan's strongly connected components). */
function spread(transitions: readonly Transition[], edges: (node: Transition) => readonly number[]): void {
  const depth = transitions.map(() => 0);
  const stack: number[] = [];
  const visit = (index: number): void => {
    const node = transitions[index];
    if (node === undefined) return;
    stack.push(index);
    const own = stack.length;
    depth[index] = own;
    for (const target of edges(node)) {
      if (depth[target] === 0) visit(target);
      depth[index] = Math.min(depth[index] ?? own, depth[target] ?? own);
      node.follow |= transitions[target]?.follow ?? 0n;
    }
    if (depth[index] !== own) return;
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      depth[top] = Infinity;
      if (top === index) break;
      const member = transitions[top];
      if (member !== undefined) member.follow = node.follow;
    }
  };
  for (let index = 0; index < transitions.length; index++) if (depth[index] === 0) visit(index);
}

function lookaheads(builder: Builder, bit: (terminal: string) => bigint): Map<string, bigint> {
  const transitions: Transition[] = [];
  const indexOf = new Map<string, number>();
  builder.states.forEach((state, at) => {
    for (const symbol of state.next.keys()) {
      if (builder.isTerminal(symbol)) continue;
      indexOf.set(`${at} ${symbol}`, transitions.length);
      transitions.push({ state: at, symbol, follow: 0n, reads: [], includes: [] });
    }
  });
  const lookbacks = new Map<string, number[]>();
  transitions.forEach((transition, index) => {
    const target = builder.state(builder.state(transition.state).next.get(transition.symbol) ?? 0);
    if (transition.state === 0 && transition.symbol === builder.production(0).right[0]) transition.follow |= bit(END);
    const targetIndex = builder.state(transition.state).next.get(transition.symbol) ?? 0;
    for (const symbol of target.next.keys()) {
      if (builder.isTerminal(symbol)) transition.follow |= bit(symbol);
      else if (builder.isNullable(symbol)) transition.reads.push(indexOf.get(`${targetIndex} ${symbol}`) ?? 0);
    }
    for (const production of builder.productionsOf(transition.symbol)) {
      const { right } = builder.production(production);
      let state = transition.state;
      right.forEach((symbol, position) => {
        if (!builder.isTerminal(symbol) && right.slice(position + 1).every((rest) => builder.isNullable(rest))) {
          const inner = indexOf.get(`${state} ${symbol}`);
          if (inner !== undefined) transitions[inner]?.includes.push(index);
        }
        state = builder.state(state).next.get(symbol) ?? 0;
      });
      const key = `${state} ${production}`;
      const list = lookbacks.get(key);
      if (list === undefined) lookbacks.set(key, [index]);
      else list.push(index);
    }
  });
  spread(transitions, (node) => node.reads);
  spread(transitions, (node) => node.includes);
  const sets = new Map<string, bigint>();
  for (const [key, list] of lookbacks) {
    sets.set(
      key,
      list.reduce((set, index) => set | (transitions[index]?.follow ?? 0n), 0n),
    );
  }
  return sets;
}

/** Builds the tables. The first production must be `$start: <root>`. */
export function buildLalrTables(
  productions: readonly Production[],
  precedences: ReadonlyMap<string, Precedence>,
): LalrTables {
  const builder = new Builder(productions);
  const terminals = [...new Set(productions.flatMap(({ right }) => right))].filter((name) => builder.isTerminal(name));
  terminals.push(END);
  const bits = new Map(terminals.map((name, index) => [name, 1n << BigInt(index)]));
  const sets = lookaheads(builder, (terminal) => bits.get(terminal) ?? 0n);

  const precedenceOf = (index: number): Precedence | undefined => {
    const { right, precedence } = builder.production(index);
    const last = precedence ?? right.findLast((symbol) => builder.isTerminal(symbol));
    return last === undefined ? undefined : precedences.get(last);
  };

  const reductions: Map<string, number>[] = [];
  const defaults: number[] = [];
  let acceptState = -1;
  builder.states.forEach((state, at) => {
    const byTerminal = new Map<string, number>();
    for (const production of state.complete.toSorted((a, b) => a - b)) {
      if (production === 0) {
        acceptState = at;
        continue;
      }
      const set = sets.get(`${at} ${production}`) ?? 0n;
      const own = precedenceOf(production);
      for (const terminal of terminals) {
        if ((set & (bits.get(terminal) ?? 0n)) === 0n || byTerminal.has(terminal)) continue;
        if (state.next.has(terminal)) {
          const other = precedences.get(terminal);
          if (own === undefined || other === undefined || own.level < other.level) continue;
          if (own.level === other.level && own.associativity === "right") continue;
          state.next.delete(terminal);
        }
        byTerminal.set(terminal, production);
      }
    }
    const counts = new Map<number, number>();
    for (const production of byTerminal.values()) counts.set(production, (counts.get(production) ?? 0) + 1);
    let most = -1;
    for (const [production, count] of counts) if (most < 0 || count > (counts.get(most) ?? 0)) most = production;
    for (const [terminal, production] of byTerminal) if (production === most) byTerminal.delete(terminal);
    reductions.push(byTerminal);
    defaults.push(most);
  });
  return { next: builder.states.map((state) => state.next), reductions, defaults, acceptState };
}
