import { describe, expect, it } from "vitest";
import { sourceFiles } from "./source-files.ts";

const MAX_LINES = 400;

/** Longer files, each with the reason why it is one idea all the same. */
const LONGER: Readonly<Record<string, string>> = {};

const files = sourceFiles("src-*/**/*.{ts,tsx}", "build/**/*.ts", "test/**/*.{ts,tsx}");

describe("rooms", () => {
  it(`no file is longer than ${MAX_LINES} lines without a listed reason`, () => {
    const long = files.filter(({ path, lines }) => lines > MAX_LINES && LONGER[path] === undefined);
    expect(long.map(({ path, lines }) => `${path} (${lines})`)).toEqual([]);
  });

  it("no exception outlives its reason", () => {
    const gone = Object.keys(LONGER).filter(
      (path) => (files.find((file) => file.path === path)?.lines ?? 0) <= MAX_LINES,
    );
    expect(gone).toEqual([]);
  });

  it("files are kebab-case, and none is a drawer for everything", () => {
    const named = files.filter(
      ({ path }) =>
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.tsx?$/.test(path.split("/").at(-1) ?? "") ||
        /(^|\/)(utils?|helpers?|misc|common-things)(\/|\.tsx?$)/.test(path) ||
        /(^|\/)index\.tsx?$/.test(path),
    );
    expect(named.map(({ path }) => path)).toEqual([]);
  });

  it("exports have names", () => {
    const nameless = files.filter(
      ({ path, text }) => /^export default/m.test(text) && !/(^|\/)[\w.-]*config\.ts$/.test(path),
    );
    expect(nameless.map(({ path }) => path)).toEqual([]);
  });

  it("no source names a place of the machine it was written on", () => {
    const named = files.filter(
      ({ path, text }) => !path.startsWith("test/architecture/") && /\/work\/(main|shared)|\.\.\/shared\//.test(text),
    );
    expect(named.map(({ path }) => path)).toEqual([]);
  });

  it("no test is skipped or focused, and no work is put off in a comment", () => {
    const offences = files
      .filter(({ path }) => !path.startsWith("test/architecture/"))
      .filter(({ text }) => /\b(it|test|describe)\.(skip|only|todo)\b|\b(TODO|FIXME|XXX|HACK)\b/.test(text))
      .map(({ path }) => path);
    expect(offences).toEqual([]);
  });
});
