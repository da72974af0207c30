import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, headlessConsole, PAGE_SCRIPT, signIn, type HeadlessSetup } from "../../builders/headless-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const SCRIPT = "/assets/main-AbCd1234.js";

let setup: HeadlessSetup;
let cookie: string;
beforeEach(async () => {
  setup = await headlessConsole();
  cookie = await signIn(setup.server.issueStartUrl());
});
afterEach(() => setup[Symbol.asyncDispose]());

const get = (path: string, headers: Record<string, string> = {}) =>
  ask(setup.server.origin, path, { cookie, ...headers });

describe("what the page may do", () => {
  test("its policy allows its own parts and the door, and no inline script or style", async () => {
    const { headers } = await get("/");
    const policy = new Map(
      String(headers["content-security-policy"])
        .split("; ")
        .map((directive) => {
          const [name = "", ...sources] = directive.split(" ");
          return [name, sources];
        }),
    );
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("script-src")).toEqual(["'self'"]);
    expect(policy.get("style-src")).toEqual(["'self'", expect.stringMatching(/^'nonce-[A-Za-z0-9+/=]{24}'$/)]);
    expect(policy.get("connect-src")).toEqual(["'self'", setup.server.origin.replace("http", "ws")]);
    expect(policy.get("img-src")).toEqual(["'self'", "data:", "blob:"]);
    for (const name of ["frame-ancestors", "base-uri", "form-action", "frame-src"]) {
      expect(policy.get(name), name).toEqual(["'none'"]);
    }
    expect(String(headers["content-security-policy"])).not.toContain("unsafe");
  });

  test("each loading has its own nonce, in the policy and in the page", async () => {
    const nonces = await Promise.all(
      [1, 2].map(async () => {
        const { headers, body } = await get("/");
        const nonce = /'nonce-([^']+)'/.exec(String(headers["content-security-policy"]))?.[1] ?? "";
        expect(body.toString()).toContain(`<meta property="csp-nonce" nonce="${nonce}" />`);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  test("every answer forbids guessing, framing, referring and other sites, whatever it is", async () => {
    const answers = [
      await get("/"),
      await get(SCRIPT),
      await get("/nothing-there"),
      await ask(setup.server.origin, "/"),
      await ask(setup.server.origin, "/", { host: "evil.example" }),
      await ask(setup.server.origin, "/login?token=x"),
      await ask(setup.server.origin, "/", {}, { method: "POST" }),
    ];
    for (const { headers, status } of answers) {
      expect(headers, String(status)).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "x-frame-options": "DENY",
      });
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["permissions-policy"]).toContain("camera=()");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
      expect(headers["x-powered-by"]).toBeUndefined();
    }
  });
});

describe("files", () => {
  test("have their types", async () => {
    expect((await get("/")).headers["content-type"]).toBe("text/html; charset=utf-8");
    expect((await get(SCRIPT)).headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect((await get("/icon.svg")).headers["content-type"]).toBe("image/svg+xml");
    expect((await get("/assets/inter-ZyXw9876.woff2")).headers["content-type"]).toBe("font/woff2");
  });

  test("hashed ones are kept for ever, the page never, others are asked for again", async () => {
    expect((await get(SCRIPT)).headers["cache-control"]).toBe("private, max-age=31536000, immutable");
    expect((await get("/")).headers["cache-control"]).toBe("no-store");
    const icon = await get("/icon.svg");
    expect(icon.headers["cache-control"]).toBe("private, no-cache");
    const again = await get("/icon.svg", { "if-none-match": String(icon.headers.etag) });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
  });

  test("one that changed is served anew", async () => {
    const before = await get("/icon.svg");
    writeFileSync(setup.page.file("icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>");
    const after = await get("/icon.svg", { "if-none-match": String(before.headers.etag) });
    expect(after.status).toBe(200);
    expect(after.body.toString()).toContain("<g/>");
  });

  test("are packed as the browser likes, with the same content", async () => {
    const plain = await get(SCRIPT);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.body.toString()).toBe(PAGE_SCRIPT);
    for (let round = 0; round < 2; round += 1) {
      const brotli = await get(SCRIPT, { "accept-encoding": "gzip, deflate, br;q=0.9" });
      expect(brotli.headers["content-encoding"]).toBe("br");
      expect(brotliDecompressSync(brotli.body).toString()).toBe(PAGE_SCRIPT);
      const gzipped = await get(SCRIPT, { "accept-encoding": "br;q=0, gzip" });
      expect(gzipped.headers["content-encoding"]).toBe("gzip");
      expect(gunzipSync(gzipped.body).toString()).toBe(PAGE_SCRIPT);
      expect(gzipped.headers.vary).toBe("accept-encoding");
      expect(Number(gzipped.headers["content-length"])).toBe(gzipped.body.length);
    }
  });

  test("answering HEAD sends no body", async () => {
    const { body, headers } = await ask(setup.server.origin, SCRIPT, { cookie }, { method: "HEAD" });
    expect(body).toHaveLength(0);
    expect(Number(headers["content-length"])).toBe(Buffer.byteLength(PAGE_SCRIPT));
  });
});

describe("nothing outside the page's folder", () => {
  test("by known tricks", async () => {
    using outside = temporaryDirectory();
    writeFileSync(outside.file("secret.js"), "secret");
    symlinkSync(outside.file("secret.js"), join(setup.page.path, "assets", "leak-AbCd1234.js"));
    symlinkSync(outside.path, join(setup.page.path, "out"));
    const paths = [
      "/../secret.js",
      "/..%2fsecret.js",
      "/%2e%2e/secret.js",
      "/assets/..%5c..%5csecret.js",
      "/assets/%252e%252e/index.html",
      "//etc/passwd",
      "/etc/passwd",
      "/assets/leak-AbCd1234.js",
      "/out/secret.js",
      "/.env",
      "/assets/.",
      "/assets",
      "/assets/",
      "/index.html/",
      "/index.html%00.js",
      "/%",
      `/${"a".repeat(5_000)}`,
      "/INDEX~1.HTM",
    ];
    for (const path of paths) {
      const { status, body } = await get(path);
      expect(status, path).toBe(404);
      expect(body.toString(), path).not.toMatch(/secret|SECRET|root:/);
    }
  });

  test("by any path there is", async () => {
    const hostile = fc.oneof(
      fc.array(fc.constantFrom("..", ".", "%2e%2e", "assets", "%2f", "%5c", "\\", "%00", "etc", "passwd", ".env"), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.array(fc.string({ minLength: 1, maxLength: 8 }).map(encodeURIComponent), { minLength: 1, maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (segments) => {
        const { status } = await get(`/${segments.join("/")}`);
        expect(status).toBe(404);
      }),
      { numRuns: 150 },
    );
  });
});
