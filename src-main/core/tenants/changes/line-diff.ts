const CONTEXT = 3;
/** Beyond so many changed lines the way of fewest changes is not looked for: one hunk is told. */
const MOST_CHANGES = 400;

/** Lines `[from, to)` of the old text that lines `[nowFrom, nowTo)` of the new one stand for. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly nowFrom: number;
  readonly nowTo: number;
}

/**
 * A unified diff with as many hunks as there are places, as `git apply` and `patch -p1` take it (format:
 * https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html). Empty where nothing differs.
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return "";
  const [old, now] = [linesOf(before), linesOf(after)];
  const hunks = hunksOf(changesOf(old, now)).map((changes) => hunkText(changes, old, now));
  return [`--- a/${file}`, `+++ b/${file}`, ...hunks, ""].join("\n");
}

/** A last line without a newline is another line than with one. */
function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") return lines.slice(0, -1);
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""}\n\\ No newline at end of file`];
}

function changesOf(old: readonly string[], now: readonly string[]): readonly Change[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const [oldEnd, nowEnd] = [old.length - tail, now.length - tail];
  const path = fewestChanges(old.slice(head, oldEnd), now.slice(head, nowEnd));
  if (path === null) return [{ from: head, to: oldEnd, nowFrom: head, nowTo: nowEnd }];
  return path.map(({ from, to, nowFrom, nowTo }) => ({
    from: from + head,
    to: to + head,
    nowFrom: nowFrom + head,
    nowTo: nowTo + head,
  }));
}

/** Myers, "An O(ND) Difference Algorithm and Its Variations" (1986); `null` past the bound. */
function fewestChanges(old: readonly string[], now: readonly string[]): readonly Change[] | null {
  const reached: ReadonlyMap<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let changes = 0; changes <= Math.min(MOST_CHANGES, old.length + now.length); changes++) {
    reached.push(furthest);
    const next = new Map(furthest);
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const below = furthest.get(diagonal + 1) ?? -1;
      const left = furthest.get(diagonal - 1) ?? -1;
      let at = diagonal === -changes || (diagonal !== changes && left < below) ? below : left + 1;
      while (at < old.length && at - diagonal < now.length && old[at] === now[at - diagonal]) at += 1;
      next.set(diagonal, at);
      if (at >= old.length && at - diagonal >= now.length) return backtracked(reached, old.length, now.length);
    }
    furthest = next;
  }
  return null;
}

function backtracked(reached: readonly ReadonlyMap<number, number>[], oldEnd: number, nowEnd: number): Change[] {
  const changes: Change[] = [];
  let [at, nowAt] = [oldEnd, nowEnd];
  for (let step = reached.length - 1; step > 0; step--) {
    const furthest = reached[step] ?? new Map<number, number>();
    const diagonal = at - nowAt;
    const below = furthest.get(diagonal + 1) ?? -1;
    const left = furthest.get(diagonal - 1) ?? -1;
    const inserted = diagonal === -step || (diagonal !== step && left < below);
    const from = inserted ? below : left;
    const nowFrom = from - (inserted ? diagonal + 1 : diagonal - 1);
    const to = inserted ? from : from + 1;
    const nowTo = inserted ? nowFrom + 1 : nowFrom;
    const later = changes.at(-1);
    if (later !== undefined && later.from === to && later.nowFrom === nowTo) {
      changes[changes.length - 1] = { ...later, from, nowFrom };
    } else changes.push({ from, to, nowFrom, nowTo });
    [at, nowAt] = [from, nowFrom];
  }
  return changes.toReversed();
}

/** Changes whose context touches stand in one hunk. */
function hunksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const hunk = hunks.at(-1);
    const last = hunk?.at(-1);
    if (hunk !== undefined && last !== undefined && change.from - last.to <= 2 * CONTEXT) hunk.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function hunkText(changes: readonly Change[], old: readonly string[], now: readonly string[]): string {
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return "";
  const before = Math.min(CONTEXT, first.from);
  const behind = Math.min(CONTEXT, old.length - last.to);
  const lines: string[] = [];
  let at = first.from - before;
  for (const { from, to, nowFrom, nowTo } of changes) {
    lines.push(...old.slice(at, from).map((line) => ` ${line}`));
    lines.push(...old.slice(from, to).map((line) => `-${line}`));
    lines.push(...now.slice(nowFrom, nowTo).map((line) => `+${line}`));
    at = to;
  }
  lines.push(...old.slice(at, at + behind).map((line) => ` ${line}`));
  const oldRange = range(first.from - before, last.to + behind);
  const nowRange = range(first.nowFrom - before, last.nowTo + behind);
  return [`@@ -${oldRange} +${nowRange} @@`, ...lines].join("\n");
}

function range(from: number, to: number): string {
  return to === from ? `${from},0` : `${from + 1},${to - from}`;
}
