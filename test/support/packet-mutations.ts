// Takes a sequence of packets and a source of chance, gives the sequence with one packet altered, and what was done to it.
import type { Random } from "../../generator/random.ts";
import { innerEvents, sealed, transactionPayload } from "./event-packets.ts";

export interface Mutated {
  packets: Buffer[];
  what: string;
  /** No byte differs, and no packet is elsewhere. */
  unchanged: boolean;
  /** Only the order differs: each packet is as the server made it. */
  orderOnly: boolean;
}

/** One stretch of a log. `inner`: the events inside the payload that stands at `payloadAt`. */
export interface Recording {
  flavor: "mysql" | "mariadb";
  events: readonly Buffer[];
  payloadAt?: number;
  inner?: readonly Buffer[];
}

const markerBytes = 1;
const lengthAt = 9;
const extremes = [0, 1, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff];

type ByteMutation = (event: Buffer, random: Random) => Buffer;

const byteMutations: Record<string, ByteMutation> = {
  "bit flipped": (event, random) => {
    const at = random.int(0, event.length - 1);
    return changed(event, at, event[at]! ^ (1 << random.int(0, 7)));
  },
  "byte extreme": (event, random) =>
    changed(event, random.int(0, event.length - 1), extremes[random.int(0, extremes.length - 1)]!),
  "body byte extreme": (event, random) =>
    changed(
      event,
      random.int(Math.min(19, event.length - 1), event.length - 1),
      extremes[random.int(0, extremes.length - 1)]!,
    ),
  "four bytes extreme": (event, random) => {
    const copy = Buffer.from(event);
    const at = random.int(0, Math.max(0, event.length - 4));
    copy.fill(random.int(0, 1) === 0 ? 0 : 0xff, at, Math.min(event.length, at + 4));
    return copy;
  },
  cut: (event, random) => event.subarray(0, random.int(0, event.length - 1)),
  "repeated part": (event, random) => {
    const from = random.int(0, event.length - 1);
    return Buffer.concat([event, event.subarray(from, from + random.int(1, event.length))]);
  },
  "part left out": (event, random) => {
    const from = random.int(0, event.length - 1);
    return Buffer.concat([event.subarray(0, from), event.subarray(from + random.int(1, 8))]);
  },
  "length lies": (event, random) => {
    const copy = Buffer.from(event);
    const lies = [
      0,
      1,
      19,
      23,
      event.length - 1,
      event.length + 1,
      event.length + 100,
      0xffffffff,
      random.int(0, 2_000),
    ];
    if (copy.length >= lengthAt + 4) copy.writeUInt32LE(lies[random.int(0, lies.length - 1)]!, lengthAt);
    return copy;
  },
};

/** `truthful`: the checksum, and the length where only that would tell, are made right again after the mutation. */
export function mutate(recording: Recording, random: Random, truthful: boolean): Mutated {
  const { events } = recording;
  const names = Object.keys(byteMutations);
  const choice = random.int(0, names.length + 2);
  if (choice === names.length) return swapped(events, random);
  if (choice > names.length && recording.inner !== undefined) return damagedInside(recording, random, truthful);
  const name = names[choice % names.length]!;
  const at = random.int(0, events.length - 1);
  let event = byteMutations[name]!(events[at]!, random);
  if (truthful) event = withTrueLength(event, name, random);
  const packets = events.map((other, index) => marked(index === at ? (truthful ? sealed(event) : event) : other));
  // Now and then the marker itself, which no checksum covers.
  if (random.int(0, 40) === 0) packets[at]![0] = random.int(1, 255);
  const unchanged = packets[at]!.equals(marked(events[at]!));
  return { packets, what: `${name} of packet ${at} (type ${events[at]![4]})`, unchanged, orderOnly: false };
}

function withTrueLength(event: Buffer, name: string, random: Random): Buffer {
  if (event.length < lengthAt + 4 || name === "length lies" || random.int(0, 3) === 0) return event;
  const copy = Buffer.from(event);
  copy.writeUInt32LE(copy.length, lengthAt);
  return copy;
}

function swapped(events: readonly Buffer[], random: Random): Mutated {
  const order = [...events];
  const [one, other] = [random.int(0, order.length - 1), random.int(0, order.length - 1)];
  [order[one], order[other]] = [order[other]!, order[one]!];
  return {
    packets: order.map(marked),
    what: `packets ${one} and ${other} exchanged`,
    unchanged: one === other,
    orderOnly: true,
  };
}

/** The events inside are altered before they are compressed, or the compressed bytes are. */
function damagedInside({ events, inner = [], payloadAt = 0 }: Recording, random: Random, truthful: boolean): Mutated {
  const plain = innerEvents(inner);
  const names = Object.keys(byteMutations);
  const name = names[random.int(0, names.length - 1)]!;
  const damaged = byteMutations[name]!(plain, random);
  const packed = transactionPayload(damaged);
  // Untruthful: the outer checksum is still that of the undamaged payload.
  if (!truthful) events[payloadAt]!.copy(packed, packed.length - 4, events[payloadAt]!.length - 4);
  const packets = events.map((other, index) => marked(index === payloadAt ? packed : other));
  return { packets, what: `${name} inside the payload`, unchanged: damaged.equals(plain), orderOnly: false };
}

function changed(event: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(event);
  copy[at] = value;
  return copy;
}

/** As it comes over the wire: a marker, then the event. */
function marked(event: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(markerBytes), event]);
}
