import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { contextsOf, siteIdOf } from "../../../src-main/core/clusters/kubeconfig-contexts.ts";
import { parseKubeconfig } from "../../../src-main/core/clusters/kubeconfig-parse.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { kubeconfigText } from "../../builders/kubeconfig-builder.ts";

const FILE = "/home/sre/.kube/config";

function failure(text: string): AppError {
  try {
    parseKubeconfig(FILE, text);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("parsing a kubeconfig", () => {
  it("resolves a context with its cluster, user and namespace", () => {
    const text = kubeconfigText([{ name: "prod", namespace: "logging" }, { name: "test" }], "test");
    const contexts = contextsOf([parseKubeconfig(FILE, text)]);
    expect(contexts.map((c) => [c.name, c.namespace, c.current, c.problem])).toEqual([
      ["prod", "logging", false, null],
      ["test", null, true, null],
    ]);
    expect(contexts[0]?.cluster?.server.href).toBe("https://127.0.0.1:6443/");
    expect(contexts[0]?.user?.token).toBe("t");
  });

  it("says of an empty file, a comment and an empty document that there is nothing in it", () => {
    for (const text of ["", "# nothing\n", "---\n", "{}", "apiVersion: v1\nkind: Config\nclusters: []\n"]) {
      expect(failure(text).code).toBe("kubeconfig.empty");
    }
  });

  it("names the line of broken YAML and never quotes the file", () => {
    const error = failure("apiVersion: v1\nusers:\n- name: a\n  user: {token: hunter2\nclusters: []\n");
    expect(error.code).toBe("kubeconfig.unreadable");
    expect(JSON.stringify(error.toWire())).not.toContain("hunter2");
    expect(JSON.stringify(error.toWire())).toMatch(/line \d/);
  });

  it("refuses another kind of file and files that are no map", () => {
    expect(failure("kind: Pod\nclusters: [{name: a}]\n").code).toBe("kubeconfig.unreadable");
    expect(failure("- a\n- b\n").code).toBe("kubeconfig.unreadable");
    expect(failure("just text").code).toBe("kubeconfig.unreadable");
  });

  it("does not expand an alias bomb", () => {
    const lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"];
    for (let i = 1; i < 9; i += 1)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(",")}]`,
      );
    expect(failure(lines.join("\n")).code).toBe("kubeconfig.unreadable");
  });

  it("lists a broken context with its problem and keeps the others", () => {
    const text = `
clusters:
- {name: good, cluster: {server: "https://a:6443"}}
- {name: serverless, cluster: {}}
- {name: odd, cluster: {server: "ftp://a"}}
users:
- {name: u, user: {token: secret-value}}
- {name: bad-exec, user: {exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}}
- {name: tty, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}}
- {name: gone, user: {auth-provider: {name: gcp}}}
contexts:
- {name: ok, context: {cluster: good, user: u}}
- {name: no-user-named, context: {cluster: good}}
- {name: missing-cluster, context: {cluster: nope, user: u}}
- {name: missing-user, context: {cluster: good, user: nope}}
- {name: no-server, context: {cluster: serverless, user: u}}
- {name: odd-server, context: {cluster: odd, user: u}}
- {name: alpha, context: {cluster: good, user: bad-exec}}
- {name: terminal, context: {cluster: good, user: tty}}
- {name: removed, context: {cluster: good, user: gone}}
- {name: twice, context: {cluster: good, user: u}}
- {name: twice, context: {cluster: good, user: u}}
- {name: wrong, context: 7}
`;
    const contexts = contextsOf([parseKubeconfig(FILE, text)]);
    expect(contexts.filter((c) => c.problem === null).map((c) => c.name)).toEqual(["ok", "no-user-named"]);
    const problems = new Map(contexts.map((c) => [c.name, c.problem]));
    expect(problems.get("missing-cluster")).toBe('cluster "nope" is not defined');
    expect(problems.get("missing-user")).toBe('user "nope" is not defined');
    expect(problems.get("no-server")).toContain("no server");
    expect(problems.get("alpha")).toContain("v1alpha1");
    expect(problems.get("terminal")).toContain("terminal");
    expect(problems.get("removed")).toContain("gcp");
    expect(problems.get("twice")).toContain("twice");
    expect(problems.get("wrong")).toBeTruthy();
    expect([...problems.values()].join()).not.toContain("secret-value");
  });

  it("makes paths relative to the file that holds them, and leaves a bare command to the PATH", () => {
    const text = kubeconfigText([
      {
        name: "a",
        cluster: { server: "https://a", "certificate-authority": "pki/ca.crt" },
        user: {
          "client-certificate": "me.crt",
          "client-key": "/abs/me.key",
          tokenFile: "../token",
          exec: { apiVersion: "client.authentication.k8s.io/v1", command: "./bin/login" },
        },
      },
      { name: "b", user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "aws" } } },
    ]);
    const [a, b] = contextsOf([parseKubeconfig(FILE, text)]);
    expect(a?.cluster?.ca).toEqual({ kind: "file", path: "/home/sre/.kube/pki/ca.crt" });
    expect(a?.user?.clientCertificate).toEqual({ kind: "file", path: "/home/sre/.kube/me.crt" });
    expect(a?.user?.clientKey).toEqual({ kind: "file", path: "/abs/me.key" });
    expect(a?.user?.tokenFile).toBe("/home/sre/token");
    expect(a?.user?.exec?.command).toBe("/home/sre/.kube/bin/login");
    expect(b?.user?.exec?.command).toBe("aws");
  });
});

describe("contexts of several files", () => {
  it("keeps contexts of the same name apart, each with its own cluster", () => {
    const one = parseKubeconfig("/a", kubeconfigText([{ name: "prod", cluster: { server: "https://one" } }]));
    const two = parseKubeconfig("/b", kubeconfigText([{ name: "prod", cluster: { server: "https://two" } }]));
    const contexts = contextsOf([one, two]);
    expect(contexts.map((c) => [c.file, c.cluster?.server.host])).toEqual([
      ["/a", "one"],
      ["/b", "two"],
    ]);
    expect(new Set(contexts.map((c) => c.site)).size).toBe(2);
  });

  it("finds clusters and users in the other files, the first in the list winning", () => {
    const contextOnly = parseKubeconfig("/a", "contexts: [{name: c, context: {cluster: k, user: u}}]");
    const second = parseKubeconfig("/b", "clusters: [{name: k, cluster: {server: 'https://second'}}]");
    const third = parseKubeconfig(
      "/c",
      "clusters: [{name: k, cluster: {server: 'https://third'}}]\nusers: [{name: u, user: {token: x}}]",
    );
    const [context] = contextsOf([contextOnly, second, third]);
    expect(context?.problem).toBeNull();
    expect(context?.cluster?.server.host).toBe("second");
    expect(context?.user?.token).toBe("x");
  });

  it("makes a valid and stable site id of any file and context name", () => {
    assert(
      property(string({ unit: "binary", maxLength: 300 }), string({ unit: "binary", minLength: 1 }), (file, name) => {
        const id = siteIdOf(file, name);
        expect(siteIdSchema.safeParse(id).success).toBe(true);
        expect(siteIdOf(file, name)).toBe(id);
      }),
    );
    expect(siteIdOf("/a", "arn:aws:eks:x:1:cluster/p")).not.toBe(siteIdOf("/a", "arn:aws:eks:x:1:cluster-p"));
  });
});
