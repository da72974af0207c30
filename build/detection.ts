import { readLabels, scoreTrace, type TraceScore } from "./detection/score.ts";

/** `node build/detection.ts [DIR]`: how well labelled recordings of a cluster are judged. */
const folder = process.argv[2] ?? "test/fixtures/cluster-traces";

function seconds(value: number | null): string {
  return value === null ? "-" : value.toFixed(0);
}

/** A gray verdict that is still there when a recording ends, within what clearing may take, is no miss. */
function cleared({ clearSeconds, afterSeconds, truePositives }: TraceScore): string {
  if (truePositives === 0) return "-";
  return clearSeconds === null ? `> ${seconds(afterSeconds)}` : seconds(clearSeconds);
}

const scores: TraceScore[] = [];
console.log(
  `${"recording".padEnd(28)}${"precision".padStart(10)}${"recall".padStart(8)}${"delay s".padStart(9)}${"clear s".padStart(9)}  blamed; common causes`,
);
for (const label of readLabels(folder)) {
  const score = await scoreTrace(folder, label);
  scores.push(score);
  const { scenario, victim, truePositives: hits, falsePositives: wrong, blamed, causes } = score;
  const precision = hits + wrong === 0 ? "-" : (hits / (hits + wrong)).toFixed(2);
  const recall = victim === null ? "-" : hits.toFixed(2);
  const cells = [
    precision.padStart(10),
    recall.padStart(8),
    seconds(score.delaySeconds).padStart(9),
    cleared(score).padStart(9),
  ];
  console.log(`${scenario.padEnd(28)}${cells.join("")}  ${[blamed.join(", ") || "nobody", ...causes].join("; ")}`);
}
const sum = (pick: (score: TraceScore) => number) => scores.reduce((total, score) => total + pick(score), 0);
const hits = sum(({ truePositives }) => truePositives);
const wrong = sum(({ falsePositives }) => falsePositives);
const missed = sum(({ missed: count }) => count);
console.log(
  `all: precision ${(hits / Math.max(1, hits + wrong)).toFixed(2)}, recall ${(hits / Math.max(1, hits + missed)).toFixed(2)}`,
);
process.exitCode = wrong + missed === 0 ? 0 : 1;
