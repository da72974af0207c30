const CONTEXT = 3;

/**
 * A unified diff with one hunk, from the first line that differs to the last one, as `patch -p1` takes it (format:
 * https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html). Empty where nothing differs.
 */
export function oneHunkDiff(file: string, before: string, after: string): string {
  if (before === after) return "";
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const from = Math.max(0, head - CONTEXT);
  const behind = Math.min(CONTEXT, tail);
  const oldTo = old.length - tail;
  const nowTo = now.length - tail;
  const lines = [
    ...old.slice(from, head).map((line) => ` ${line}`),
    ...old.slice(head, oldTo).map((line) => `-${line}`),
    ...now.slice(head, nowTo).map((line) => `+${line}`),
    ...old.slice(oldTo, oldTo + behind).map((line) => ` ${line}`),
  ];
  const ranges = `@@ -${range(from, oldTo + behind)} +${range(from, nowTo + behind)} @@`;
  return [`--- a/${file}`, `+++ b/${file}`, ranges, ...lines, ""].join("\n");
}

/** A last line without a newline is another line than with one. */
function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") return lines.slice(0, -1);
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ""}\n\\ No newline at end of file`];
}

function range(from: number, to: number): string {
  return to === from ? `${from},0` : `${from + 1},${to - from}`;
}
