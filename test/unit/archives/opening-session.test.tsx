import { describe, expect, it } from "vitest";
import { UPLOAD_PIECE_BYTES } from "../../../src-shared/api/archives.api.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { ArchiveDescription, ArchiveQuestion } from "../../../src-shared/model/archive.ts";
import { OpeningSession } from "../../../src-renderer/features/archives/opening/opening-session.ts";
import { archiveExample } from "../../builders/archive-examples.ts";
import { createFakeConsoleClient, type FakeAnswers } from "../../builders/fake-console-client.ts";
import { wireError } from "../../builders/site-examples.ts";

const ARCHIVE = archiveExample();
const QUESTION: ArchiveQuestion = { kind: "zone", file: "a.log", example: "10:00 up", suggestions: ["UTC"] };
const UPLOAD = "abcdefghijklmnop";

function session(archives: NonNullable<FakeAnswers["archives"]>) {
  const client = createFakeConsoleClient({ archives });
  const opened: ArchiveDescription[] = [];
  const opening = new OpeningSession({ client: client.api.archives, onOpened: (archive) => opened.push(archive) });
  const phases: string[] = [];
  opening.subscribe(() => phases.push(opening.snapshot.phase));
  const inputs = (path: string) => client.calls.filter((call) => call.path === path).map(({ input }) => input);
  return { opening, opened, phases, client, inputs };
}

/** A call that is answered when the test says so. */
function held<Value>() {
  let answer: (value: Value) => void = () => {};
  const promise = new Promise<Value>((resolve) => {
    answer = resolve;
  });
  return { promise, answer };
}

describe("opening logs by their paths", () => {
  it("hands over what was opened, and is done", async () => {
    const { opening, opened, phases, inputs } = session({
      open: () => Promise.resolve({ kind: "opened", archive: ARCHIVE }),
    });
    await opening.openPaths(["/a.log", "/b.log"]);
    expect(opened).toEqual([ARCHIVE]);
    expect(phases).toEqual(["opening", "idle"]);
    expect(inputs("archives.open")).toEqual([{ paths: ["/a.log", "/b.log"], assumptions: {} }]);
  });

  it("asks what the files do not say, and opens the same again with the answer", async () => {
    const { opening, opened, inputs } = session({
      open: ({ assumptions }) =>
        Promise.resolve(
          assumptions.zone === undefined
            ? { kind: "questions", questions: [QUESTION] }
            : { kind: "opened", archive: ARCHIVE },
        ),
    });
    await opening.openPaths(["/a.log"]);
    expect(opening.snapshot).toMatchObject({ phase: "questions", questions: [QUESTION] });
    expect(opened).toEqual([]);
    await opening.answer({ zone: "UTC" });
    expect(opened).toEqual([ARCHIVE]);
    expect(inputs("archives.open").at(-1)).toEqual({ paths: ["/a.log"], assumptions: { zone: "UTC" } });
  });

  it("shows why it failed, and tries the same again when told to", async () => {
    let tries = 0;
    const { opening, opened } = session({
      open: () => {
        tries += 1;
        return tries === 1
          ? Promise.reject(new RemoteError(wireError("archive.changed", { part: "a.log" })))
          : Promise.resolve({ kind: "opened", archive: ARCHIVE });
      },
    });
    await opening.openPaths(["/a.log"]);
    expect(opening.snapshot).toMatchObject({ phase: "failed", error: { code: "archive.changed" } });
    await opening.retry();
    expect(opened).toEqual([ARCHIVE]);
  });

  it("forgets an opening that was given up, whatever comes of it", async () => {
    const slow = held<{ kind: "opened"; archive: ArchiveDescription }>();
    const { opening, opened } = session({ open: () => slow.promise });
    const running = opening.openPaths(["/a.log"]);
    opening.cancel();
    slow.answer({ kind: "opened", archive: ARCHIVE });
    await running;
    expect(opened).toEqual([]);
    expect(opening.snapshot).toEqual({ phase: "idle" });
  });
});

describe("paths that came from outside", () => {
  it("are shown and not read until a person says so", async () => {
    const { opening, opened, inputs } = session({
      open: () => Promise.resolve({ kind: "opened", archive: ARCHIVE }),
    });
    opening.confirmPaths(["/a.log"]);
    opening.confirmPaths(["/b.log", "/a.log"]);
    expect(opening.snapshot).toEqual({ phase: "confirm", names: ["/a.log", "/b.log"] });
    expect(inputs("archives.open")).toEqual([]);
    await opening.answer({});
    expect(inputs("archives.open")).toEqual([{ paths: ["/a.log", "/b.log"], assumptions: {} }]);
    expect(opened).toEqual([ARCHIVE]);
  });

  it("are forgotten when the person says no", () => {
    const { opening, inputs } = session({});
    opening.confirmPaths(["/a.log"]);
    opening.cancel();
    expect(opening.snapshot).toEqual({ phase: "idle" });
    expect(inputs("archives.open")).toEqual([]);
  });

  it("wait until what the person is doing is done", async () => {
    const { opening } = session({
      open: ({ assumptions }) =>
        Promise.resolve(
          assumptions.zone === undefined
            ? { kind: "questions", questions: [QUESTION] }
            : { kind: "opened", archive: ARCHIVE },
        ),
    });
    await opening.openPaths(["/own.log"]);
    opening.confirmPaths(["/link.log"]);
    expect(opening.snapshot.phase).toBe("questions");
    await opening.answer({ zone: "UTC" });
    expect(opening.snapshot).toEqual({ phase: "confirm", names: ["/link.log"] });
  });
});

describe("files of a browser", () => {
  const bytes = new Uint8Array(UPLOAD_PIECE_BYTES + 10).map((_, at) => at % 251);
  const file = new File([bytes], "app.log");

  it("are sent whole, in order, piece by piece, and opened as one", async () => {
    const pieces: Buffer[] = [];
    const receivedBytes = () => pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { opening, opened, phases, inputs } = session({
      beginUpload: () => Promise.resolve({ upload: UPLOAD }),
      uploadPiece: ({ offset, base64 }) => {
        expect(offset).toBe(receivedBytes());
        pieces.push(Buffer.from(base64, "base64"));
        return Promise.resolve({ receivedBytes: receivedBytes() });
      },
      openUploads: () => Promise.resolve({ kind: "opened", archive: ARCHIVE }),
    });
    await opening.uploadAndOpen([file]);
    expect(pieces.map(({ length }) => length)).toEqual([UPLOAD_PIECE_BYTES, 10]);
    expect(Buffer.compare(Buffer.concat(pieces), Buffer.from(bytes))).toBe(0);
    expect(inputs("archives.beginUpload")).toEqual([{ name: "app.log", sizeBytes: bytes.length }]);
    expect(inputs("archives.openUploads")).toEqual([{ uploads: [UPLOAD], assumptions: {} }]);
    expect(inputs("archives.dropUpload")).toEqual([]);
    expect(opened).toEqual([ARCHIVE]);
    expect(phases.filter((phase) => phase === "uploading")).toHaveLength(3);
  });

  it("are dropped when the person gives up half way", async () => {
    const first = held<{ receivedBytes: number }>();
    const { opening, opened, inputs } = session({
      beginUpload: () => Promise.resolve({ upload: UPLOAD }),
      uploadPiece: () => first.promise,
      dropUpload: () => Promise.resolve({ dropped: true }),
    });
    const running = opening.uploadAndOpen([file]);
    await expect.poll(() => inputs("archives.uploadPiece").length).toBe(1);
    opening.cancel();
    first.answer({ receivedBytes: UPLOAD_PIECE_BYTES });
    await running;
    expect(inputs("archives.uploadPiece")).toHaveLength(1);
    expect(inputs("archives.dropUpload")).toEqual([{ upload: UPLOAD }]);
    expect(opened).toEqual([]);
    expect(opening.snapshot).toEqual({ phase: "idle" });
  });

  it("are dropped when their questions are not answered", async () => {
    const { opening, inputs } = session({
      beginUpload: () => Promise.resolve({ upload: UPLOAD }),
      uploadPiece: () => Promise.resolve({ receivedBytes: 1 }),
      openUploads: () => Promise.resolve({ kind: "questions", questions: [QUESTION] }),
      dropUpload: () => Promise.resolve({ dropped: true }),
    });
    await opening.uploadAndOpen([file]);
    expect(opening.snapshot.phase).toBe("questions");
    opening.cancel();
    expect(inputs("archives.dropUpload")).toEqual([{ upload: UPLOAD }]);
  });

  it("are sent again from the start when the sending failed and is tried again", async () => {
    let tries = 0;
    const { opening, opened, inputs } = session({
      beginUpload: () => Promise.resolve({ upload: UPLOAD }),
      uploadPiece: () => {
        tries += 1;
        return tries === 1
          ? Promise.reject(new RemoteError(wireError("files.disk-full", { file: "app.log" })))
          : Promise.resolve({ receivedBytes: 1 });
      },
      dropUpload: () => Promise.resolve({ dropped: true }),
      openUploads: () => Promise.resolve({ kind: "opened", archive: ARCHIVE }),
    });
    await opening.uploadAndOpen([file]);
    expect(opening.snapshot).toMatchObject({ phase: "failed", error: { code: "files.disk-full" } });
    expect(inputs("archives.dropUpload")).toEqual([{ upload: UPLOAD }]);
    await opening.retry();
    expect(opened).toEqual([ARCHIVE]);
  });
});
