import type { PlanStep } from "../../../../src-shared/model/health/operation.ts";
import { LEASE_KEY } from "../lease/lease-object.ts";
import { manifestKey } from "./batch-manifest.ts";

/** Texts are `storage.step.<key>`. */
export const SET_ASIDE_STEPS = [
  "take-lease",
  "ask-before",
  "read-objects",
  "write-manifest",
  "copy-aside",
  "remove-objects",
  "close-manifest",
  "ask-again",
] as const;
export const UNDO_STEPS = [
  "take-lease",
  "mark-undoing",
  "put-back",
  "remove-copies",
  "close-manifest",
  "ask-again",
] as const;
export type QuarantineStepKey = (typeof SET_ASIDE_STEPS)[number] | (typeof UNDO_STEPS)[number];

export function setAsideSteps(batch: string, objects: number, versioned: boolean): PlanStep[] {
  const put = `PUT ${manifestKey(batch)}`;
  return [
    { key: "take-lease", params: {}, kind: "act", request: `PUT ${LEASE_KEY} If-None-Match: *` },
    { key: "ask-before", params: {}, kind: "check", request: null },
    { key: "read-objects", params: { objects }, kind: "check", request: null },
    { key: "write-manifest", params: { batch }, kind: "act", request: put },
    { key: "copy-aside", params: { objects }, kind: "act", request: "COPY, then GET and SHA-256 of each copy" },
    {
      key: "remove-objects",
      params: { objects, way: versioned ? "marker" : "delete" },
      kind: "act",
      request: versioned ? "DELETE without a version: a delete marker" : "DELETE",
    },
    { key: "close-manifest", params: { batch }, kind: "act", request: put },
    { key: "ask-again", params: {}, kind: "verify", request: null },
  ];
}

export function undoSteps(batch: string, objects: number): PlanStep[] {
  const put = `PUT ${manifestKey(batch)}`;
  return [
    { key: "take-lease", params: {}, kind: "act", request: `PUT ${LEASE_KEY} If-None-Match: *` },
    { key: "mark-undoing", params: { batch }, kind: "act", request: put },
    { key: "put-back", params: { objects }, kind: "act", request: "COPY, then GET and SHA-256 of each object" },
    { key: "remove-copies", params: { objects }, kind: "act", request: "DELETE without a version" },
    { key: "close-manifest", params: { batch }, kind: "act", request: put },
    { key: "ask-again", params: {}, kind: "verify", request: null },
  ];
}
