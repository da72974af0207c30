/**
 * `kubectl auth can-i` sends its SelfSubjectAccessReview as protobuf and takes JSON for an answer. This reads the one message
 * that is sent so: the envelope `k8s\\0` + `runtime.Unknown` (raw bytes are field 2) around the review of
 * `authorization.k8s.io/v1` (`generated.proto` of the Kubernetes API).
 */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** The review as its JSON would be; `null` when it is not one. */
export function readProtobufReview(body: Buffer): unknown {
  if (!body.subarray(0, 4).equals(MAGIC)) return null;
  const raw = fieldsOf(body.subarray(4)).get(2);
  const spec = raw === undefined ? undefined : fieldsOf(raw).get(2);
  if (spec === undefined) return null;
  const [resource, nonResource] = [fieldsOf(spec).get(1), fieldsOf(spec).get(2)];
  return {
    spec: {
      ...(resource === undefined ? {} : { resourceAttributes: texts(resource, RESOURCE_FIELDS) }),
      ...(nonResource === undefined
        ? {}
        : { nonResourceAttributes: { path: "", verb: "", ...texts(nonResource, { path: 1, verb: 2 }) } }),
    },
  };
}

const RESOURCE_FIELDS = { namespace: 1, verb: 2, group: 3, version: 4, resource: 5, subresource: 6, name: 7 };

function texts(message: Buffer, names: Readonly<Record<string, number>>): Record<string, string> {
  const fields = fieldsOf(message);
  return Object.fromEntries(
    Object.entries(names).map(([name, number]) => [name, fields.get(number)?.toString() ?? ""]),
  );
}

/** The length-delimited fields of a message by number, the last of each; other kinds are skipped. */
function fieldsOf(message: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  while (at < message.length) {
    const tag = varint(message, at);
    const value = varint(message, tag.end);
    const kind = tag.value & 7;
    if (kind === 2) {
      fields.set(tag.value >>> 3, message.subarray(value.end, value.end + value.value));
      at = value.end + value.value;
    } else if (kind === 0) at = value.end;
    else if (kind === 1) at = tag.end + 8;
    else if (kind === 5) at = tag.end + 4;
    else return fields;
  }
  return fields;
}

function varint(message: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  let at = start;
  for (let scale = 1; at < message.length; scale *= 128) {
    const byte = message[at] ?? 0;
    at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 128) break;
  }
  return { value, end: at };
}
